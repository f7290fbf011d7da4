"""The device to connect to, and how."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from insole.spec.model import DeviceSpec
    from insole.transport.patience import Patience
    from insole.transport.radio import Radio


@dataclass(frozen=True, slots=True)
class Whom:
    """The device to connect to.

    Parameters
    ----------
    role : str
        Its role, for errors; its kind while the role is not known.
    side : str or None
        The side that it must be, if it tells one; None for either.
    tells_side : bool
        Whether it must tell its side.
    spec : DeviceSpec
        What it is.
    address : str
        Its address.
    radio : Radio
        The adapter.
    patience : Patience
        How long to wait for what.
    now : callable, returns datetime
        The time of day.
    """

    role: str
    side: str | None
    tells_side: bool
    spec: DeviceSpec
    address: str
    radio: Radio
    patience: Patience
    now: Callable[[], datetime]
