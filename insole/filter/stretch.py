"""Stretches of a recording: means of blocks, windows that pass a test, runs of a mask."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bools: TypeAlias = NDArray[np.bool_]
    Floats: TypeAlias = NDArray[np.float64]


def block_means(values: Floats, width: int) -> Floats:
    """Return the means of consecutive blocks; samples that fill no block are left out.

    Parameters
    ----------
    values : (n,) array
        Samples, any unit; a block with a NaN is NaN.
    width : int
        Samples in a block.

    Returns
    -------
    (n // width,) array
        Means, in the unit of `values`.
    """
    whole = len(values) // width * width
    return np.asarray(values[:whole].reshape(-1, width).mean(axis=1))


def in_windows(passed: Bools, length: int) -> Bools:
    """Tell which places lie in a window that passed a test.

    Parameters
    ----------
    passed : (n,) bool array
        For each window, by its first place, as `sliding_window_view` orders them.
    length : int
        Places in a window.

    Returns
    -------
    (n + length − 1,) bool array
        True where any window that passed covers the place.
    """
    return np.convolve(passed, np.ones(length, dtype=np.int64)) > 0


def joined(mask: Bools, longest: int, *, never: Bools | None = None) -> list[tuple[int, int]]:
    """Return the half-open runs of `mask`, those at most `longest` samples apart made one.

    Parameters
    ----------
    mask : (n,) bool array
        True where something holds.
    longest : int
        Longest gap to join, in samples.
    never : (n,) bool array, optional
        Where no gap is joined.
    """
    edge = np.flatnonzero(np.diff(np.r_[False, mask, False].astype(np.int8))).tolist()
    runs: list[tuple[int, int]] = []
    for start, end in zip(edge[::2], edge[1::2], strict=True):
        gap = slice(runs[-1][1], start) if runs else slice(0)
        if runs and start - gap.start <= longest and (never is None or not never[gap].any()):
            runs[-1] = runs[-1][0], end
        else:
            runs.append((start, end))
    return runs
