"""One look back: what it looks at, and who works it out meanwhile."""

from __future__ import annotations

from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, ParamSpec, TypeAlias, TypeVar

from insole.filter.calibrate import apply_gains
from insole.live.finished import finished
from insole.measure.finding import find
from insole.report.build import summarise

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from insole.filter.calibrate import Gains
    from insole.live.finished import Finished
    from insole.measure.finding import Findings
    from insole.measure.params import Params
    from insole.report.build import Known

    Judged: TypeAlias = tuple[Findings, Finished]

SOONEST_S, WINDOW_PER_LOOK = 0.3, 100.0
"""A heel-up that moves is looked at again after so long, s, or after this part of what is looked
at, or half of that when its heels have met the floor or left it; so long ones cost no more (our
choice; a look takes about 0.5 ms for each second of it)."""
STEADY_S = 1.5
"""…and after so long while it is held, while no height is seen, and after it has ended (our
choice)."""

_P = ParamSpec("_P")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Look:
    """A look back that was begun at sample ``end``, at the samples from ``start`` on.

    ``changed`` is where the heels had last left the floor or met it, ``settles`` whether all
    samples are judged together.
    """

    start: int
    end: int
    changed: int
    settles: bool
    result: Future[Judged]


class AtOnce(Executor):
    """Works everything out while it is waited for."""

    def submit(self, fn: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> Future[_T]:
        """Return the result of a call, or raise its error."""
        future: Future[_T] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


def soonest_s(window_s: float) -> float:
    """Return how long after a look at so much, s, heels that moved can be looked at again, s."""
    return 0.5 * window_s / WINDOW_PER_LOOK


def pace_s(window_s: float, *, steady: bool) -> float:
    """Return how long after a look at so much, s, another one is due, s."""
    return max(SOONEST_S, STEADY_S if steady else 0.0, window_s / WINDOW_PER_LOOK)


def judge(
    force: pd.DataFrame,
    gains: Gains | None,
    known: Known,
    params: Params,
    begins_s: float,
    *,
    provisional: bool,
) -> Judged:
    """Return what the report finds in a table, and its rows in session time.

    Parameters
    ----------
    force : ForceTable, (n,) rows
        Loads as they were measured.
    gains : Gains or None
        What makes the soles comparable, if it is known already.
    known : Known
        Facts of the session.
    params : Params
        Settings of the analysis.
    begins_s : float
        When the table begins, s.
    provisional : bool
        True while more samples may change it.
    """
    force = apply_gains(force, gains)
    found = find(force, params, calibrated=gains is not None)
    report = summarise(force, known, params, found)
    return found, finished(report, begins_s, provisional=provisional)
