"""A session while it is recorded: packets in, what is known just now out; no I/O, no clock."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from insole import tables
from insole.align.follow import Follower
from insole.align.session_clock import TickClock
from insole.align.stream import Stream, joined, latency_s
from insole.align.tally import Tally
from insole.codec import Decoder, table
from insole.codec.block import Block
from insole.codec.columns import message_of
from insole.detect.activity import BLOCK_S
from insole.detect.watch import Watch, Watched
from insole.errors import DecodeError, SpecError
from insole.filter.load import FootLoads
from insole.spec.rhythm import packet_period_s, sample_period_s
from insole.transport.base import LinkEvent, Notification
from insole.transport.facts import battery_fields, battery_told
from insole.transport.patience import Patience
from insole.units import SUFFIX

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from insole.align.stream import Chunk
    from insole.codec.dialect import Frame
    from insole.detect.base import HeelUp
    from insole.spec.model import DeviceSpec, MessageSpec

    Floats: TypeAlias = NDArray[np.float64]

StateWord: TypeAlias = Literal["waiting", "connected", "streaming", "stalled", "lost", "closed"]
_AFTER: Mapping[str, StateWord] = {
    "connected": "connected", "reconnected": "connected", "stalled": "stalled", "lost": "lost",
    "closed": "closed",
}  # fmt: skip

RATE_OVER_S = 2.0
"""Packets are counted over so much of the past, s."""

FLUSH_S = 1.0
"""How much is gathered at most before it is worked through at once, s (our choice: many packets
together cost little more than one, and whoever looks has them worked through before)."""


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
    feet, in `unit`, and ``left_share`` the left one's part of it.
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


class Live:
    """Follows a session from its packets alone.

    Parameters
    ----------
    devices : mapping of role to DeviceSpec
        The devices of the session.

    Attributes
    ----------
    latency_s : float
        How far what is found stays behind the arrivals, s.

    Notes
    -----
    What it finds depends on the packets and not on when somebody looks. Samples are placed by the
    arrivals so far; the report of the finished session knows all of them, may differ by a few ms,
    and has the last word. Packets that do not fit their spec are counted and never an error: the
    recording has them.
    """

    def __init__(self, devices: Mapping[str, DeviceSpec]) -> None:
        self._devices = {role: _Device(role, spec) for role, spec in devices.items()}
        measuring = [device for device in self._devices.values() if device.unit]
        periods_s = {each.role: each.period_s for each in measuring}
        steady_s = [period_s for period_s in periods_s.values() if 0.0 < period_s <= BLOCK_S]
        rate_hz = 1.0 / min(steady_s, default=BLOCK_S)
        self.latency_s = latency_s([each.packet_s for each in measuring])
        self._stream = Stream(periods_s, 2, rate_hz, self.latency_s)
        self._watch = Watch(_watched(measuring), rate_hz)
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
            settled += self._stream.feed(each.role, each.host_s, each.time_s, each.values)
        settled += self._stream.advance(now_ns / 1e9)
        if settled:
            whole = joined(settled)
            self._watch.feed(whole.start, whole.samples)


@dataclass(frozen=True, slots=True)
class _Packet:
    """Samples placed in session time: ``values`` (n, 2) are total and heel load."""

    number: int
    role: str
    host_s: float
    time_s: Floats
    values: Floats


class _Device:
    """One device: how it does, and its samples that nobody has looked at yet."""

    def __init__(self, role: str, spec: DeviceSpec) -> None:
        self.role, self.spec, self.unit = role, spec, _unit(spec)
        telling = [message for message in spec.messages if _tells_force(message)]
        self._telling = {message.name for message in telling}
        periods_s = [sample_period_s(spec, message) for message in telling]
        self.period_s = min(filter(None, periods_s), default=0.0)
        self.packet_s = packet_period_s(spec)
        self._stall_s = Patience().stall_s(self.packet_s)
        self._battery_fields = battery_fields(spec)
        self._word: StateWord = "waiting"
        self._arrivals: deque[int] = deque()
        self._battery: float | None = None
        self._packets = self._errors = 0
        self._frames: list[tuple[int, Frame]] = []
        self._placed: list[_Packet] = []
        self._tallies: dict[float, Tally] = {}
        self._reader: tuple[object, FootLoads] | None = None
        self._connect()

    def change(self, event: LinkEvent) -> None:
        self._word = _AFTER.get(event.kind, self._word)
        if event.kind in {"connected", "reconnected"}:
            # what came before belongs to the old connection's clock
            self._placed = self.packets()
            self._connect()

    def take(self, item: Notification, number: int) -> None:
        self._word = "streaming"
        self._packets += 1
        self._arrivals.append(item.host_time_ns)
        while self._arrivals[0] < item.host_time_ns - RATE_OVER_S * 1e9:
            self._arrivals.popleft()
        try:
            frames = self._decoder.feed(item.channel, item.payload, item.host_time_ns)
        except DecodeError as error:
            self._errors += 1
            frames = list(error.frames)
        charge = battery_told(frames, self._battery_fields)
        self._battery = self._battery if charge is None else charge
        for frame in frames:
            if frame.message in self._telling and frame.samples:
                self._frames.append((number, frame))

    def packets(self) -> list[_Packet]:
        """Return, once, what came since the last call."""
        frames, self._frames = self._frames, []
        placed, self._placed = self._placed, []
        for _, run in groupby(frames, key=lambda each: _shape(each[1])):
            placed += self._place(list(run))
        return placed

    def state(self, now_s: float, load: float | None, heel_up: bool | None) -> DeviceState:
        age_s = now_s - self._arrivals[-1] / 1e9 if self._arrivals else None
        word = self._word
        if word == "streaming" and self._stall_s and age_s is not None and age_s > self._stall_s:
            word = "stalled"
        recent = sum(arrival / 1e9 > now_s - RATE_OVER_S for arrival in self._arrivals)
        came = sum(tally.came for tally in self._tallies.values())
        missing = sum(tally.missing for tally in self._tallies.values())
        return DeviceState(
            state=word,
            rate_hz=recent / RATE_OVER_S,
            loss_fraction=missing / (missing + came) if came else None,
            battery_percent=self._battery,
            age_s=age_s,
            packets=self._packets,
            decode_errors=self._errors,
            unit=self.unit,
            load=load,
            heel_up=heel_up,
        )

    def _connect(self) -> None:
        """Start anew, as each connection does."""
        self._decoder = Decoder(self.spec)
        self._followers: dict[float, Follower] = {}

    def _place(self, run: Sequence[tuple[int, Frame]]) -> Iterator[_Packet]:
        """Yield the packets of messages of one shape, in session time, repeated ones once."""
        spec = self._decoder.spec
        period_s = sample_period_s(spec, message_of(spec, run[0][1].message))
        rows = table.sample_rows(spec, _block([frame for _, frame in run]))
        values = self._loads(spec, rows)
        host_s = rows["host_time_s"].to_numpy()
        number = np.searchsorted([frame.host_time_ns / 1e9 for _, frame in run], host_s)
        ticks = rows["device_ticks"].tolist() if "device_ticks" in rows else None
        follower = self._follower(spec, period_s)
        tally = self._tallies.setdefault(period_s, Tally(period_s)) if ticks and period_s else None
        first = np.flatnonzero(rows["sample"].to_numpy() == 0).tolist()
        for start, end in pairwise([*first, len(rows)]):
            arrival_s, tick = float(host_s[start]), ticks[start] if ticks else None
            begin_s = follower.place(arrival_s, tick, end - start)
            if tally is None or tally.is_new(follower, begin_s, end - start):
                known = np.isfinite(values[start:end, 0])
                time_s = begin_s + np.arange(end - start, dtype=np.float64) * period_s
                which = run[int(number[start])][0]
                yield _Packet(which, self.role, arrival_s, time_s[known], values[start:end][known])

    def _follower(self, spec: DeviceSpec, period_s: float) -> Follower:
        if period_s not in self._followers:
            clock = spec.clock
            ticks = TickClock(clock.modulus, clock.tick_s, period_s, clock.stamp == "last")
            self._followers[period_s] = Follower(ticks)
        return self._followers[period_s]

    def _loads(self, spec: DeviceSpec, rows: pd.DataFrame) -> Floats:
        """Return total and heel load of each row, (n, 2), as far as the device has told so far."""
        known = spec.sensors, tuple(rows.columns)
        if self._reader is None or self._reader[0] != known:
            sole = tables.sensor_map()
            if self.role in tables.SIDES:
                cells = sum(name.startswith("cell_") for name in rows.columns)
                sole = table.sensor_map(_placed(spec), self.role, cells)
                sole = sole[sole["column"].isin(rows.columns)].reset_index(drop=True)
            self._reader = known, FootLoads(sole, self.unit)
        return self._reader[1].of(rows)


def _placed(spec: DeviceSpec) -> DeviceSpec:
    """Return the spec without the places of sensors of which nobody knows which way up they lie."""
    return spec if spec.measures.oriented else replace(spec, sensors=())


def _watched(devices: Sequence[_Device]) -> dict[str, Watched]:
    """Return what to watch: a person stands on two soles or on one plate, not on both."""
    feet = [each.role for each in devices if each.role in tables.SIDES]
    bearing = feet or [each.role for each in devices[:1]]
    return {
        each.role: Watched(
            unit=each.unit,
            heel=each.role in tables.SIDES
            and any(sensor.region == "heel" for sensor in _placed(each.spec).sensors),
            bears=each.role in bearing,
            pulls=each.spec.kind == "dynamometer",
        )
        for each in devices
    }


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


def _tells_force(message: MessageSpec) -> bool:
    return any(field.role in {"load", "total"} for field in message.every_field)


def _unit(spec: DeviceSpec) -> str:
    """Return the suffix of the unit of force; "" for a device that measures none."""
    try:
        return SUFFIX[table.capabilities(spec, "merged").unit]
    except SpecError:
        return ""


def _shape(frame: Frame) -> tuple[Any, ...]:
    samples = tuple((name, value.shape) for name, value in frame.samples.items())
    return frame.message, samples, tuple(frame.header)


def _block(frames: Sequence[Frame]) -> Block:
    """Return messages of one shape as the block that a whole recording would give."""
    first = frames[0]
    samples = {name: np.stack([f.samples[name] for f in frames]) for name in first.samples}
    count = len(next(iter(first.samples.values())))
    return Block(
        first.message,
        np.arange(len(frames)),
        np.array([frame.host_time_ns for frame in frames]),
        np.full(len(frames), count),
        {name: np.array([frame.header[name] for frame in frames]) for name in first.header},
        samples,
    )
