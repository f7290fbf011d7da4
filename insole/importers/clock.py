"""Time stamps of the rows of a file, and dates in its header."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from insole.errors import FormatError

if TYPE_CHECKING:
    from numpy.typing import NDArray


_SHORTEST_STEP_S = 1e-6
"""Our choice: a thousand times finer than any device here; shorter steps are rounding."""


def estimate_rate_hz(time_s: NDArray[np.float64]) -> float:
    """Estimate the rate of samples in Hz; NaN if the stamps never advance.

    Parameters
    ----------
    time_s : ndarray, (n,)
        Time stamps in s; may repeat, jump by a few samples, or be rounded.

    Notes
    -----
    The mean of those steps that lie within half and one and a half of the median step: rounding
    averages out, while holes, repeated stamps and stamps of broken rows stay out. A rate within
    0.1 % of a whole number of Hz is that number (both our choice): stamps keep their own drift.
    """
    steps_s = np.diff(time_s)
    steps_s = np.sort(steps_s[np.isfinite(steps_s) & (steps_s > _SHORTEST_STEP_S)])
    if not steps_s.size:
        return float("nan")
    median_s = steps_s[(len(steps_s) - 1) // 2]  # one that occurs, so that some step is usual
    usual_s = steps_s[(steps_s > 0.5 * median_s) & (steps_s < 1.5 * median_s)]
    rate_hz = 1.0 / float(usual_s.mean())
    whole_hz = round(rate_hz)
    return float(whole_hz) if abs(rate_hz - whole_hz) < 1e-3 * rate_hz else round(rate_hz, 3)


def checked_rate_hz(importer: str, time_s: NDArray[np.float64], lines: NDArray[np.int64]) -> float:
    """Return the rate in Hz of a file whose stamps are taken as they stand.

    Parameters
    ----------
    importer : str
        Name for errors.
    time_s : ndarray, (n,)
        Time stamps in s.
    lines : ndarray of int, (n,)
        Line of the file for each row.

    Raises
    ------
    FormatError
        If a stamp is missing, runs backwards, or none advances.
    """
    if (missing := np.flatnonzero(np.isnan(time_s))).size:
        problem = "has no time stamp; mend or remove the row"
        raise FormatError(importer, int(lines[missing[0]]), problem)
    if (back := np.flatnonzero(np.diff(time_s) < 0)).size:
        problem = "time runs backwards; remove the rows before it, or read it with rate_hz"
        raise FormatError(importer, int(lines[back[0] + 1]), problem)
    rate_hz = estimate_rate_hz(time_s)
    if not np.isfinite(rate_hz) or rate_hz <= 0.0:
        problem = "time does not advance by a usable step; read it with rate_hz in a column map"
        raise FormatError(importer, 0, problem)
    return rate_hz


def is_moment(text: str) -> bool:
    """Return True if `text` is a date and time in ISO 8601 that exists."""
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
