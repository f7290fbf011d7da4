"""One device of a session while it is recorded: how it does, and its samples in session time."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from insole import tables
from insole.align.follow import Follower
from insole.align.session_clock import TickClock
from insole.align.tally import Tally
from insole.codec import Decoder, table
from insole.codec.block import Block
from insole.codec.columns import message_of
from insole.errors import DecodeError, SpecError
from insole.live.reading import FORCE, MOTION, Reader
from insole.live.state import DeviceState
from insole.spec.rhythm import packet_period_s, sample_period_s
from insole.transport.facts import battery_fields, battery_told
from insole.transport.patience import Patience
from insole.units import SUFFIX

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from insole.align.clock import ClockFit
    from insole.codec.dialect import Frame
    from insole.live.reading import Rows
    from insole.live.state import StateWord
    from insole.spec.model import DeviceSpec, MessageSpec
    from insole.transport.base import LinkEvent, Notification

    Floats: TypeAlias = NDArray[np.float64]

_AFTER: Mapping[str, StateWord] = {
    "connected": "connected", "reconnected": "connected", "stalled": "stalled", "lost": "lost",
    "closed": "closed",
}  # fmt: skip

RATE_OVER_S = 2.0
"""Packets are counted over so much of the past, s."""

FORCES, INERTIAL = frozenset({"load", "total"}), frozenset({"acc", "gyro"})
"""Roles of the fields that messages tell."""


@dataclass(frozen=True, slots=True)
class Packet:
    """Samples placed in session time.

    ``values`` (n, k) are loads and centre of pressure in the order of `FORCE`; with ``motion``
    they are those of an inertial sensor in the order of `MOTION`, as wide as the others.
    """

    number: int
    role: str
    host_s: float
    time_s: Floats
    values: Floats
    motion: bool


class LiveDevice:
    """One device: how it does, and its samples that nobody has looked at yet.

    Parameters
    ----------
    role : str
        ``left``, ``right``, ``plate``.
    spec : DeviceSpec
        What it is.

    Attributes
    ----------
    unit : str
        Suffix of the unit of its loads; empty if it measures none.
    period_s, motion_period_s : float
        Spacing of its loads and of its inertial samples, s; 0 without a steady rhythm.
    packet_s : float or None
        How far apart its packets are at most, s.
    has_motion : bool
        True if it has an inertial sensor of a foot.
    known : frozenset of str
        Which of `live.reading.COLUMNS` it has told so far.
    """

    def __init__(self, role: str, spec: DeviceSpec) -> None:
        self.role, self.spec, self.unit = role, spec, _unit(spec)
        forces, motions = _telling(spec, FORCES), _telling(spec, INERTIAL)
        self.has_motion = bool(self.unit and motions and role in tables.SIDES)
        telling = [*forces, *(motions if self.has_motion else ())]
        self._telling = {message.name for message in telling}
        self._bare = {message.name for message in telling if not message.fields}
        self._of_force = {message.name for message in forces}
        self.period_s, self.motion_period_s = (
            min(filter(None, (sample_period_s(spec, message) for message in some)), default=0.0)
            for some in (forces, motions)
        )
        self.packet_s = packet_period_s(spec)
        self.known: frozenset[str] = frozenset()
        self._stall_s = Patience().stall_s(self.packet_s)
        self._battery_fields = battery_fields(spec)
        self._word: StateWord = "waiting"
        self._arrivals: deque[int] = deque()
        self._battery: float | None = None
        self._packets = self._errors = 0
        self._frames: list[tuple[int, Frame]] = []
        self._placed: list[Packet] = []
        self._tallies: dict[tuple[float, bool], Tally] = {}
        self._reader: tuple[object, Reader] | None = None
        self._connect()

    @property
    def sees_heel(self) -> bool:
        """True if it tells the load of a heel."""
        sensors = placed(self.spec).sensors
        return self.role in tables.SIDES and any(sensor.region == "heel" for sensor in sensors)

    @property
    def fits(self) -> tuple[ClockFit, ...]:
        """The clock of its present connection, by each spacing of samples."""
        return tuple(follower.fit for follower in self._followers.values())

    def change(self, event: LinkEvent) -> None:
        """Note what has happened to its link."""
        self._word = _AFTER.get(event.kind, self._word)
        if event.kind in {"connected", "reconnected"}:
            # what came before belongs to the old connection's clock
            self._placed = self.packets()
            self._connect()

    def take(self, item: Notification, number: int) -> None:
        """Take a packet, the how many-th of all."""
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
            if frame.message in self._telling and (frame.samples or frame.message in self._bare):
                self._frames.append((number, frame))

    def packets(self) -> list[Packet]:
        """Return, once, what came since the last call."""
        frames, self._frames = self._frames, []
        before, self._placed = self._placed, []
        for _, run in groupby(frames, key=lambda each: _shape(each[1])):
            before += self._place(list(run))
        return before

    def state(self, now_s: float, load: float | None, heel_up: bool | None) -> DeviceState:
        """Return how it does at a time, s, given its last load, in its unit, and its heel."""
        age_s = now_s - self._arrivals[-1] / 1e9 if self._arrivals else None
        word = self._word
        if word == "streaming" and self._stall_s and age_s is not None and age_s > self._stall_s:
            word = "stalled"
        recent = sum(arrival / 1e9 > now_s - RATE_OVER_S for arrival in self._arrivals)
        tallies = [tally for (_, of_force), tally in self._tallies.items() if of_force]
        came, missing = (sum(getattr(t, name) for t in tallies) for name in ("came", "missing"))
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
        self._followers: dict[tuple[float, bool], Follower] = {}

    def _place(self, run: Sequence[tuple[int, Frame]]) -> Iterator[Packet]:
        """Yield the packets of messages of one shape, in session time, repeated ones once."""
        spec, name = self._decoder.spec, run[0][1].message
        period_s = sample_period_s(spec, message_of(spec, name))
        rows = _columns(spec, _block([frame for _, frame in run]))
        values = self._values(spec, rows)
        host_s = rows["host_time_s"]
        number = np.searchsorted([frame.host_time_ns / 1e9 for _, frame in run], host_s)
        ticks = rows["device_ticks"].tolist() if "device_ticks" in rows else None
        # messages of their own may tell motion at the times at which others tell force
        kind = period_s, name in self._of_force
        follower = self._follower(spec, kind)
        tally = self._tallies.setdefault(kind, Tally(period_s)) if ticks and period_s else None
        first = np.flatnonzero(rows["sample"] == 0).tolist()
        for start, end in pairwise([*first, len(host_s)]):
            arrival_s, tick = float(host_s[start]), ticks[start] if ticks else None
            begin_s = follower.place(arrival_s, tick, end - start)
            if tally is None or tally.is_new(follower, begin_s, end - start):
                time_s = begin_s + np.arange(end - start, dtype=np.float64) * period_s
                which = run[int(number[start])][0]
                yield from self._cut(which, arrival_s, time_s, values[start:end])

    def _cut(self, number: int, host_s: float, time_s: Floats, values: Floats) -> Iterator[Packet]:
        """Yield loads and motion of a packet apart: each has samples of its own to lose."""
        for motion in (False, True) if self.has_motion else (False,):
            part = values[:, len(FORCE) :] if motion else values[:, : len(FORCE)]
            there = np.isfinite(part[:, 0])
            if motion:
                part = np.pad(part, ((0, 0), (0, len(FORCE) - len(MOTION))))
            if there.any():
                yield Packet(number, self.role, host_s, time_s[there], part[there], motion)

    def _follower(self, spec: DeviceSpec, kind: tuple[float, bool]) -> Follower:
        if kind not in self._followers:
            clock = spec.clock
            ticks = TickClock(clock.modulus, clock.tick_s, kind[0], clock.stamp == "last")
            self._followers[kind] = Follower(ticks)
        return self._followers[kind]

    def _values(self, spec: DeviceSpec, rows: Rows) -> Floats:
        """Return what each row tells, (n, 16), as far as the device has told so far."""
        known = spec.sensors, tuple(rows)
        if self._reader is None or self._reader[0] != known:
            sole = tables.sensor_map()
            if self.role in tables.SIDES:
                cells = sum(name.startswith("cell_") for name in rows)
                sole = table.sensor_map(placed(spec), self.role, cells)
                sole = sole[sole["column"].isin(list(rows))].reset_index(drop=True)
            self._reader = known, Reader(sole, self.unit, known[1])
            self.known |= self._reader[1].known
        return self._reader[1].of(rows)


def placed(spec: DeviceSpec) -> DeviceSpec:
    """Return the spec without the places of sensors of which nobody knows which way up they lie."""
    return spec if spec.measures.oriented else replace(spec, sensors=())


def _telling(spec: DeviceSpec, roles: frozenset[str]) -> list[MessageSpec]:
    return [m for m in spec.messages if any(field.role in roles for field in m.every_field)]


def _unit(spec: DeviceSpec) -> str:
    """Return the suffix of the unit of force; "" for a device that measures none."""
    try:
        return SUFFIX[table.capabilities(spec, "merged").unit]
    except SpecError:
        return ""


def _columns(spec: DeviceSpec, block: Block) -> Rows:
    """Return the columns of a block's samples, without the cost of a table where it can be."""
    if not message_of(spec, block.message).items:
        return table.sample_columns(spec, block)
    rows = table.sample_rows(spec, block)
    return {str(name): rows[name].to_numpy() for name in rows}


def _shape(frame: Frame) -> tuple[Any, ...]:
    samples = tuple((name, value.shape) for name, value in frame.samples.items())
    return frame.message, samples, tuple(frame.header)


def _block(frames: Sequence[Frame]) -> Block:
    """Return messages of one shape as the block that a whole recording would give."""
    first = frames[0]
    samples = {name: np.stack([f.samples[name] for f in frames]) for name in first.samples}
    count = len(next(iter(first.samples.values()), (0,)))
    return Block(
        first.message,
        np.arange(len(frames)),
        np.array([frame.host_time_ns for frame in frames]),
        np.full(len(frames), count),
        {name: np.array([frame.header[name] for frame in frames]) for name in first.header},
        samples,
    )
