"""What the spans of a run hold, what they cost and how they travel."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, cast

from attrs import Attribute, field, frozen, validators

Redact = Callable[[str, object], object]
"""Takes the name of an attribute and its value; returns what is sent in its place, or None for nothing."""
_MOST = 1e9  # dollars for a million tokens


def _dollars(_: object, attribute: Attribute[float], value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < _MOST:
        raise ValueError(f"{attribute.name} is a price in US dollars for a million tokens, got {value!r}")


@frozen
class Price:
    """What a model costs, in US dollars for a million tokens.

    Attributes:
        input: Tokens of the prompt.
        output: Tokens of the completion.
        cached_input: Tokens of the prompt that the provider had cached; by default they cost as much as others.
    """

    input: float = field(validator=_dollars)
    output: float = field(validator=_dollars)
    cached_input: float | None = field(default=None, validator=validators.optional(_dollars))


def _prices(prices: object) -> Mapping[str, Price]:
    if not isinstance(prices, Mapping):
        raise TypeError(f"prices is a mapping of names of models to prices, got {type(prices).__name__}")
    found = cast("Mapping[object, object]", prices)
    for model, price in found.items():
        if not isinstance(model, str) or not isinstance(price, Price):
            raise TypeError(f"prices maps names of models to Price objects, got {model!r}: {price!r}")
    return dict(cast("Mapping[str, Price]", prices))


@frozen(kw_only=True, eq=False)
class Tracing:
    """How a run is traced.

    What is left out or redacted is missing in spans only: results, journal and upload are complete.

    Attributes:
        inputs: Whether spans hold inputs: of tasks and evaluators, prompts and messages to models.
        outputs: Whether spans hold outputs: of tasks, explanations of evaluators, completions of models.
        redact: Called with the name and the value of every attribute of a span and of its events before it is sent,
            with ``status.description`` for the text of an error; what it returns is sent, None for nothing. It runs
            in a thread. Where it raises, or returns what no attribute can hold, nothing of the attribute is sent.
        protocol: ``"grpc"`` or ``"http"``: OTLP by gRPC, or as protobuf by HTTP.
        prices: What LLM calls cost whose spans do not say it, by model. A price counts for dated versions of its model
            too: that of ``"gpt-4o"`` for ``"gpt-4o-2024-08-06"``, and not for ``"gpt-4o-mini"``.
    """

    inputs: bool = field(default=True, validator=validators.instance_of(bool))
    outputs: bool = field(default=True, validator=validators.instance_of(bool))
    redact: Redact | None = field(default=None, validator=validators.optional(validators.is_callable()))
    protocol: Literal["grpc", "http"] = field(default="grpc", validator=validators.in_(("grpc", "http")))
    prices: Mapping[str, Price] = field(factory=dict, converter=_prices)
