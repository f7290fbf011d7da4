"""What is known of a session just now, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from insole.measure.following import Following

StateWord: TypeAlias = Literal["waiting", "connected", "streaming", "stalled", "lost", "closed"]


@dataclass(frozen=True, slots=True)
class DeviceState:
    """One device just now.

    ``rate_hz`` counts packets of the last 2 s. ``loss_fraction`` is of the samples due since the
    first, None for a device whose samples carry no clock. ``age_s`` is the time since the last
    packet, None before the first. ``load``, in `unit`, and ``heel_up`` are None where nothing is
    known.
    """

    state: StateWord
    rate_hz: float
    loss_fraction: float | None
    battery_percent: float | None
    age_s: float | None
    packets: int
    decode_errors: int
    unit: str
    load: float | None
    heel_up: bool | None


@dataclass(frozen=True, slots=True)
class LiveState:
    """A session just now; times are s since the start of the recording.

    ``standing_since_s`` is where the present stretch of quiet standing began, None while nobody
    stands quietly; ``first_standing_s`` where the first one began. ``exercise_ended_s`` is the last
    moment of exercise seen, the present one while ``exercising``; None before the first, and always
    where the devices cannot see any (``sees_exercise`` is False). ``load`` is the sum over the
    feet, in `unit`, and ``left_share`` the left one's part of it. ``following`` is the exercise as
    a coach needs it; None where the devices do not see the heels.
    """

    time_s: float
    devices: Mapping[str, DeviceState]
    standing_since_s: float | None = None
    first_standing_s: float | None = None
    sees_exercise: bool = False
    exercising: bool = False
    exercise_ended_s: float | None = None
    unit: str = ""
    load: float | None = None
    left_share: float | None = None
    following: Following | None = None
