"""A hundred inventions with their inventors, and a stand-in for a language model that remembers some of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

DATA = Path(__file__).with_name("inventions.json")

REMEMBERED = {
    "Analytical Engine": "Charles Babbage",
    "Bakelite": "Leo Baekeland",
    "Computer mouse": "Douglas Engelbart",
    "Cotton gin": "Eli Whitney",
    "Dynamite": "Alfred Nobel",
    "Ethernet": "Robert Metcalfe",
    "Kevlar": "Stephanie Kwolek",
    "Lightning rod": "Benjamin Franklin",
    "Linotype machine": "Ottmar Mergenthaler",
    "Mercury barometer": "Evangelista Torricelli",
    "Nylon": "Wallace Carothers",
    "Phonograph": "Thomas Edison",
    "Piano": "Bartolomeo Cristofori",
    "Reflecting telescope": "Isaac Newton",
    "Safety elevator": "Elisha Otis",
    "Saxophone": "Adolphe Sax",
    "Steel plough": "John Deere",
    "Stethoscope": "René Laennec",
    "Telephone": "Alexander Graham Bell",
    "Voltaic pile": "Alessandro Volta",
    "World Wide Web": "Tim Berners-Lee",
    "Xerography": "Chester Carlson",
}


def load() -> list[dict[str, Any]]:
    """Return the hundred examples: invention, inventor, year and field."""
    examples: list[dict[str, Any]] = json.loads(DATA.read_text("utf-8"))
    return examples


def recall(invention: str) -> str:
    """Answer who invented something, right or wrong, always sure of itself.

    No language model is asked: this looks into a table of 22 inventors, and where the table ends it guesses.
    """
    return f"{REMEMBERED.get(invention, 'Thomas Edison')} invented it."
