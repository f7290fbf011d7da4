"""What a detector is: a state machine fed with chunks, whose answer ignores how they were cut."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]

State = TypeVar("State")


@dataclass(frozen=True, slots=True)
class FootChunk:
    """Consecutive samples of one foot: total and heel load, (n,) each, in one unit of force.

    A missing sample is NaN.
    """

    total: Floats
    heel: Floats


@dataclass(frozen=True, slots=True)
class HeelUp:
    """The heel carried no load from sample ``start`` to sample ``end`` (half-open).

    ``base`` and ``floor`` are the levels, in the unit of force, that the decision rested on:
    heel load in quiet standing and with the heel up. ``closed`` is False if the recording ended
    before the heel came down. ``flat_s`` is how long the foot had stood flat and quiet before.
    """

    start: int
    end: int
    base: float
    floor: float
    flat_s: float
    closed: bool


class Detector(Protocol[State]):
    """Start, step once for each chunk, finish; the state is a value and never changed in place."""

    def start(self) -> State:
        """Return the state before the first sample."""

    def step(self, state: State, chunk: FootChunk) -> tuple[State, list[HeelUp]]:
        """Return the state after `chunk`, and the regions that ended for certain within it."""

    def finish(self, state: State) -> list[HeelUp]:
        """Return the regions still open when the samples end."""


def run(detector: Detector[State], chunks: Iterable[FootChunk]) -> list[HeelUp]:
    """Return the regions that `detector` finds in all `chunks` together.

    Parameters
    ----------
    detector : Detector
        What to run.
    chunks : iterable of FootChunk
        Consecutive chunks of any length, loads in one unit of force.
    """
    state = detector.start()
    found: list[HeelUp] = []
    for chunk in chunks:
        state, regions = detector.step(state, chunk)
        found += regions
    return found + detector.finish(state)
