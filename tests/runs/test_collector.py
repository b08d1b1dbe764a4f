"""How a run treats the garbage collector of its process."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest

from arize_async.runs.collector import PATIENCE, PatientCollector

if TYPE_CHECKING:
    from collections.abc import Generator


@pytest.fixture(autouse=True)
def _threshold() -> Generator[None]:
    """Leave the collector as it was."""
    before = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield
    gc.set_threshold(*before)


def test_it_looks_less_often_during_a_run_and_as_often_as_before_afterwards() -> None:
    """Only the first number changes, and only for the time of the run."""
    with PatientCollector().patient():
        assert gc.get_threshold() == (PATIENCE, 10, 10)
    assert gc.get_threshold() == (700, 10, 10)


def test_the_last_of_several_runs_gives_it_back() -> None:
    """Runs overlap in any order."""
    collector = PatientCollector()
    first, second = collector.patient(), collector.patient()
    with first:
        second.__enter__()
    assert gc.get_threshold() == (PATIENCE, 10, 10)
    second.__exit__(None, None, None)
    assert gc.get_threshold() == (700, 10, 10)


@pytest.mark.parametrize("own", [(0, 10, 10), (PATIENCE + 1, 5, 5)])
def test_an_application_that_is_more_patient_is_left_alone(own: tuple[int, int, int]) -> None:
    """0 turns the collector off."""
    gc.set_threshold(*own)
    with PatientCollector().patient():
        assert gc.get_threshold() == own
    assert gc.get_threshold() == own


def test_what_the_application_sets_meanwhile_stays() -> None:
    """A run gives back only what it has taken."""
    with PatientCollector().patient():
        gc.set_threshold(1000, 20, 20)
    assert gc.get_threshold() == (1000, 20, 20)


def test_it_is_given_back_when_the_run_fails() -> None:
    """Whatever ends the run."""
    with pytest.raises(RuntimeError), PatientCollector().patient():
        raise RuntimeError
    assert gc.get_threshold() == (700, 10, 10)
