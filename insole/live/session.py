"""Follows a session from its packets alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from insole import measured, tables
from insole.align.stream import Stream, joined, latency_s
from insole.capabilities import Capabilities
from insole.codec import table
from insole.detect.activity import BLOCK_S
from insole.detect.watch import Watch, Watched
from insole.live.device import LiveDevice, placed
from insole.live.exercise import ExerciseWatch
from insole.live.history import History
from insole.live.reading import COLUMNS, FORCE, HEEL, MOTION, TOTAL
from insole.live.state import LiveState
from insole.measure.params import Params
from insole.measure.quality import clocks_apart
from insole.transport.base import LinkEvent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from concurrent.futures import Executor

    from numpy.typing import NDArray

    from insole.align.stream import Chunk
    from insole.detect.base import HeelUp
    from insole.live.state import DeviceState
    from insole.measure.kind import Exercise
    from insole.measured import Measured
    from insole.spec.model import DeviceSpec
    from insole.transport.base import Notification

    Floats: TypeAlias = NDArray[np.float64]

FLUSH_S = 1.0
"""How much is gathered at most before it is worked through at once, s (our choice: many packets
together cost little more than one, and whoever looks has them worked through before)."""

_MOTION = " motion"
"""What the samples of an inertial sensor are called beside those of the loads of a role."""


class Live:
    """Follows a session from its packets alone.

    Parameters
    ----------
    devices : mapping of role to DeviceSpec
        The devices of the session.
    exercise : {"isometric_hold", "eccentric_raise"}, optional
        What is going to be done, if somebody says so; it decides, as it does in the report.
    params : Params, optional
        Settings of the analysis.
    executor : Executor, optional
        Who works out looks back at the exercise, so that what the last samples tell need not wait
        for them; if it is not given, each is waited for.

    Attributes
    ----------
    latency_s : float
        How far what is found stays behind the arrivals, s.

    Notes
    -----
    What it finds depends on the packets and not on when somebody looks; with an executor, what it
    finds by looking back comes when that is done. Samples are placed by the
    arrivals so far; the report of the finished session knows all of them, may differ by a few ms,
    and has the last word. Packets that do not fit their spec are counted and never an error: the
    recording has them.
    """

    def __init__(
        self,
        devices: Mapping[str, DeviceSpec],
        *,
        exercise: Exercise | None = None,
        params: Params | None = None,
        executor: Executor | None = None,
    ) -> None:
        self._devices = {role: LiveDevice(role, spec) for role, spec in devices.items()}
        self._measuring = [device for device in self._devices.values() if device.unit]
        periods_s = {each.role: each.period_s for each in self._measuring}
        steady_s = [period_s for period_s in periods_s.values() if 0.0 < period_s <= BLOCK_S]
        rate_hz = 1.0 / min(steady_s, default=BLOCK_S)
        periods_s |= {
            each.role + _MOTION: each.motion_period_s for each in self._measuring if each.has_motion
        }
        self.latency_s = latency_s([each.packet_s for each in self._measuring])
        self._stream = Stream(periods_s, len(FORCE), rate_hz, self.latency_s)
        self._watch = Watch(_watched(self._measuring), rate_hz)
        self._width = max(1, round(BLOCK_S * rate_hz))
        self._rate_hz = rate_hz
        self._first: int | None = None
        self._seen = 0
        unit = self._measuring[0].unit if self._measuring else ""
        self._history = History([d.role for d in self._measuring], COLUMNS, unit, rate_hz)
        self._said, self._params, self._executor = exercise, params or Params(), executor
        self._exercise: ExerciseWatch | None = None
        self._number = self._newest_ns = self._flushed_ns = 0

    def take(self, item: Notification | LinkEvent) -> None:
        """Take what a link has sent, in order of arrival; usable as a tap of the recorder."""
        device = self._devices.get(item.role)
        if device is None:
            return
        if isinstance(item, LinkEvent):
            device.change(item)
            return
        self._number += 1
        self._newest_ns = max(self._newest_ns, item.host_time_ns)
        device.take(item, self._number)
        if item.host_time_ns - self._flushed_ns >= FLUSH_S * 1e9:
            self._flush(item.host_time_ns)

    def look(self, now_ns: int) -> LiveState:
        """Return what is known at a time on the recording's clock, ns."""
        self._flush(now_ns)
        if self._exercise:
            self._exercise.gather()
        now_s, watch = now_ns / 1e9, self._watch
        states = {
            role: device.state(now_s, watch.loads.get(role), watch.heels.get(role))
            for role, device in self._devices.items()
        }
        activity = watch.activity
        if activity is None:
            return LiveState(now_s, states)
        load, left_share = _sum(states, watch.feet)
        return LiveState(
            now_s,
            states,
            standing_since_s=watch.seconds(activity.standing_since),
            first_standing_s=watch.seconds(activity.first_standing),
            sees_exercise=watch.sees_exercise,
            exercising=activity.working,
            exercise_ended_s=watch.seconds(activity.worked_until),
            unit=activity.unit,
            load=load,
            left_share=left_share,
            following=self._exercise.following() if self._exercise else None,
        )

    def found(self, role: str) -> tuple[HeelUp, ...]:
        """Return the heel-ups of a foot that have ended, in samples of the grid since time 0."""
        self._flush(self._newest_ns)
        return tuple(self._watch.found.get(role, ()))

    def _flush(self, now_ns: int) -> None:
        self._flushed_ns = max(self._flushed_ns, now_ns)
        packets = [packet for device in self._devices.values() for packet in device.packets()]
        packets.sort(key=lambda packet: packet.number)
        settled: list[Chunk] = []
        for each in packets:
            name = each.role + _MOTION if each.motion else each.role
            settled += self._stream.feed(name, each.host_s, each.time_s, each.values)
        settled += self._stream.advance(now_ns / 1e9)
        if settled:
            self._append(joined(settled))

    def _append(self, chunk: Chunk) -> None:
        """Keep what has settled, and look at each block of it by itself."""
        if self._first is None:
            self._begin(chunk.start)
        values = {device.role: _together(chunk, device) for device in self._measuring}
        ok = {device.role: chunk.ok[device.role] for device in self._measuring}
        self._history.append(values, ok)
        while self._seen + self._width <= self._history.end:
            self._block(self._seen, self._seen + self._width)

    def _begin(self, first: int) -> None:
        self._first = first
        if _sees_heels(self._measuring):
            self._exercise = ExerciseWatch(
                self._history,
                self._watch,
                _capabilities(self._measuring, self._rate_hz),
                rate_hz=self._rate_hz,
                first_s=first / self._rate_hz,
                exercise=self._said,
                params=self._params,
                executor=self._executor,
            )

    def _block(self, start: int, end: int) -> None:
        loads = {
            device.role: self._history.part(device.role, start, end)[[TOTAL, HEEL]].T
            for device in self._measuring
        }
        self._watch.feed((self._first or 0) + start, loads)
        self._seen = end
        if self._exercise is None:
            self._history.drop_before(end)
        else:
            known = {device.role: device.known for device in self._measuring}
            self._exercise.step(end, known, self._sync)

    def _sync(self) -> Measured:
        """Return how far apart the clocks of the devices may be, as far as is known, ms."""
        return clocks_apart([_residual(device) for device in self._measuring], one_clock=False)


def _residual(device: LiveDevice) -> Measured:
    known = [fit.residual_ms for fit in device.fits if np.isfinite(fit.residual_ms)]
    if not known:
        return measured.not_observable("ms", "earliest_above_line", "gap")
    return measured.ok(max(known), "ms", "earliest_above_line")


def _together(chunk: Chunk, device: LiveDevice) -> Floats:
    """Return loads and motion of a device side by side, (n, 16), NaN where it has none."""
    force = chunk.samples[device.role]
    motion = np.full((len(force), len(MOTION)), np.nan)
    if device.has_motion:
        motion = chunk.samples[device.role + _MOTION][:, : len(MOTION)]
    return np.hstack([force, motion])


def _watched(devices: Sequence[LiveDevice]) -> dict[str, Watched]:
    """Return what to watch: a person stands on two soles or on one plate, not on both."""
    feet = [each.role for each in devices if each.role in tables.SIDES]
    bearing = feet or [each.role for each in devices[:1]]
    return {
        each.role: Watched(
            unit=each.unit,
            heel=each.sees_heel,
            bears=each.role in bearing,
            pulls=each.spec.kind == "dynamometer",
        )
        for each in devices
    }


def _sees_heels(devices: Sequence[LiveDevice]) -> bool:
    """Tell whether all devices are soles that know their heels, and measure in one unit."""
    one_unit = len({device.unit for device in devices}) == 1
    return one_unit and all(device.sees_heel for device in devices)


def _capabilities(devices: Sequence[LiveDevice], rate_hz: float) -> Capabilities:
    """Return what the soles of a session sense together."""
    each = [table.capabilities(placed(device.spec), "merged") for device in devices]
    common = set.intersection(*(set(one.regions) for one in each))
    return Capabilities(
        regions=tuple(region for region in tables.REGIONS if region in common),
        imu=all(one.imu for one in each),
        cop=all(one.cop for one in each),
        rate_hz=rate_hz,
        sides="both" if len(devices) > 1 else "left" if devices[0].role == "left" else "right",
        unit=each[0].unit,
    )


def _sum(
    devices: Mapping[str, DeviceState], feet: Sequence[str]
) -> tuple[float | None, float | None]:
    """Return the load of all feet, and the left one's part; None where one is not known."""
    loads = {role: load for role in feet if (load := devices[role].load) is not None}
    if len(loads) < len(feet):
        return None, None
    whole = sum(loads.values())
    both = loads.keys() == set(tables.SIDES) and whole > 0.0
    return whole, loads["left"] / whole if both else None
