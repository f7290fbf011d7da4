"""A device's clock as the fields tell it, and as the fields that tell it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from insole.codec.number import Numbers
    from insole.spec.model import ClockSpec


def ticks_of(clock: ClockSpec, header: Mapping[str, Numbers]) -> npt.NDArray[np.int64] | None:
    """Return the ticks that headers tell, (p,); None if they do not hold the clock.

    Parameters
    ----------
    clock : ClockSpec
        Of the spec.
    header : mapping of str to ndarray, (p,)
        Header fields, whole ones raw.
    """
    if clock.field and clock.field in header:
        return np.asarray(header[clock.field], np.int64)
    if not clock.fields or not clock.fields.keys() <= header.keys():
        return None
    parts = [np.asarray(header[name], np.int64) * ticks for name, ticks in clock.fields.items()]
    return np.asarray(np.sum(parts, axis=0), np.int64)


def fields_of(clock: ClockSpec, ticks: npt.NDArray[np.int64]) -> dict[str, npt.NDArray[np.int64]]:
    """Return the fields that tell some ticks, (p,), each as large as it can be; wrapped ones.

    Parameters
    ----------
    clock : ClockSpec
        Of the spec.
    ticks : ndarray of int64, (p,)
        The clock in ticks.
    """
    if not clock.modulus:
        return {}
    rest = np.asarray(ticks, np.int64) % clock.modulus
    if clock.field:
        return {clock.field: rest}
    told: dict[str, npt.NDArray[np.int64]] = {}
    for name, each in sorted(clock.fields.items(), key=lambda item: -item[1]):
        told[name], rest = np.divmod(rest, each)
    return told
