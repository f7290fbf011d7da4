"""From a session file to the samples of each device: packets decoded, vendors' files read again."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from insole import capabilities as rig
from insole import codec, importers, tables
from insole.align.sequence import ARRIVED, in_sequence
from insole.align.session_clock import TickClock, to_session_time
from insole.codec import table as codec_table
from insole.errors import FormatError, StoreError
from insole.spec import parse
from insole.spec.rhythm import measures, sample_period_s

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from insole.align.clock import ClockFit
    from insole.capabilities import Capabilities
    from insole.codec.block import Block
    from insole.record.store import Device, SessionFile
    from insole.spec.model import DeviceSpec

SHORTEST_S = 0.001
"""Least spacing of samples that is believed of a device that states none, s (our choice)."""
COLUMN_MAP = "columns.toml"
"""Name of the attachment that holds the column map of an imported table."""


@dataclass(frozen=True, slots=True)
class DeviceSamples:
    """What one device of the session gave; without rows in `samples`, nothing."""

    samples: pd.DataFrame
    sensors: pd.DataFrame
    capabilities: Capabilities
    fits: tuple[ClockFit, ...] = ()
    """The clock of each connection; empty if the device has none of its own."""
    errors: int = 0
    """Packets that do not fit its spec."""
    doubts: tuple[str, ...] = ()
    """Flags of its quality that the samples do not show: ``gap`` where the device says that it has
    lost some itself, ``unoriented`` where its sensors' places are withheld."""
    steady: bool = True
    """True if it sends all the time and at a known rate, so that what is missing can be counted."""
    one_clock: bool = False
    """True if its times are those of a file, shared by all devices of it."""
    typical_s: float = 1.0
    """Median spacing of its samples, s; 1 if there are fewer than two."""

    @property
    def period_s(self) -> float:
        """Spacing of its samples, s: as its spec says, else as they came."""
        rate_hz = self.capabilities.rate_hz
        return 1.0 / rate_hz if rate_hz else self.typical_s


def device_samples(file: SessionFile) -> Iterator[tuple[str, DeviceSamples]]:
    """Yield what each device of a session gave, though it be nothing, one after the other.

    The samples of an hour take more memory than all that is computed from them; whoever lets go of
    one device before asking for the next needs half of it.

    Parameters
    ----------
    file : SessionFile
        The session as read.

    Raises
    ------
    StoreError, SpecError, FormatError
        If the file has lost what its packets or attachments are read by.
    """
    imports: dict[str, importers.Imported] = {}
    for role, device in file.devices.items():
        if device.spec_toml:
            yield role, _decoded(file, device)
        else:
            yield role, _imported(file, device, imports)


def info_of(file: SessionFile, device: Device) -> dict[str, Any]:
    """Return what was noted of a device when it was added."""
    try:
        return dict(json.loads(device.info_json or "{}"))
    except (TypeError, ValueError):
        problem = f"has notes on {device.role} that are no JSON object; record or import again"
        raise StoreError(str(file.path), problem) from None


def _decoded(file: SessionFile, device: Device) -> DeviceSamples:
    """Decode the packets of one device with the spec that lies in the session itself."""
    seams_ns = [
        event.host_time_ns for event in file.link_events(device.role) if event.kind == "reconnected"
    ]
    decoded, spec = codec.decode_channels(
        parse(device.spec_toml, f"{file.path}: spec of {device.role}"),
        {channel: file.packets(device.role, channel) for channel in file.channels(device.role)},
        seams_ns,
    )
    came = {name: block for found in decoded.values() for name, block in found.blocks.items()}
    side: rig.Sides = "left" if device.role == "left" else "right"
    sole = device.role in tables.SIDES
    under: rig.Sides = "pull" if spec.kind == "dynamometer" else "merged"
    samples, fits = _on_session_clock(spec, came, [ns / 1e9 for ns in seams_ns])
    doubts = ["gap"] if any(m.loss and m.name in came for m in spec.messages) else []
    if spec.sensors and not (spec.measures.oriented or info_of(file, device).get("oriented")):
        spec = replace(spec, sensors=())
        doubts.append("unoriented")
    capabilities = codec_table.capabilities(spec, side if sole else under, came)
    return DeviceSamples(
        samples,
        _sensors(spec, side, samples) if sole else tables.sensor_map(),
        capabilities,
        fits,
        errors=sum(found.errors for found in decoded.values()),
        doubts=tuple(doubts),
        steady=spec.measures.continuous and capabilities.rate_hz is not None,
        typical_s=_typical_s(samples),
    )


def _sensors(spec: DeviceSpec, side: str, samples: pd.DataFrame) -> pd.DataFrame:
    """Return where those sensors lie that gave anything."""
    cells = sum(str(column).startswith("cell_") for column in samples)
    every = codec_table.sensor_map(spec, side, cells)
    return every[every["column"].isin(samples.columns)].reset_index(drop=True)


def _typical_s(samples: pd.DataFrame) -> float:
    if len(samples) < 2:
        return 1.0
    return max(float(np.median(np.diff(samples["time_s"]))), SHORTEST_S)


def _on_session_clock(
    spec: DeviceSpec, came: Mapping[str, Block], seams_s: list[float]
) -> tuple[pd.DataFrame, tuple[ClockFit, ...]]:
    """Return the samples of all messages together in session time, and how their clock fits.

    Messages of different modes, whose samples are spaced differently, each have their own fit.
    """
    by_period: dict[float, list[pd.DataFrame]] = {}
    for message in filter(measures, spec.messages):
        if message.name in came:
            rows = codec_table.sample_rows(spec, came[message.name])
            by_period.setdefault(sample_period_s(spec, message), []).append(rows)
    placed = [
        _placed(spec, _in_order_of_arrival(rows), period_s, seams_s)
        for period_s, rows in by_period.items()
    ]
    if not placed:
        return pd.DataFrame(), ()
    fits = tuple(fit for _, of_period in placed for fit in of_period)
    if len(placed) == 1:
        return placed[0][0], fits
    together = pd.concat([samples for samples, _ in placed], ignore_index=True)
    return together.sort_values("time_s", kind="stable", ignore_index=True), fits


def _placed(
    spec: DeviceSpec, rows: pd.DataFrame, period_s: float, seams_s: list[float]
) -> tuple[pd.DataFrame, tuple[ClockFit, ...]]:
    """Return samples of one spacing in session time."""
    clock = spec.clock
    ticks = TickClock(clock.modulus, clock.tick_s, period_s, clock.stamp == "last")
    if "counter" in rows:
        rows = in_sequence(rows, _counter_modulus(spec), seams_s)
    samples, fits = to_session_time(rows, ticks, seams_s)
    if ARRIVED in samples:
        samples["host_time_s"] = samples.pop(ARRIVED)
    return samples, fits


def _counter_modulus(spec: DeviceSpec) -> int:
    if spec.clock.kind == "counter":
        return spec.clock.modulus
    counters = [f for message in spec.messages for f in message.header if f.role == "counter"]
    return min(int(field.number.high) for field in counters) + 1


def _in_order_of_arrival(rows: list[pd.DataFrame]) -> pd.DataFrame:
    """Return what messages of one device, which take turns, say in the order of its arrival."""
    if len(rows) == 1:
        return rows[0]
    together = pd.concat(rows, ignore_index=True)
    return together.sort_values("host_time_s", kind="stable", ignore_index=True)


def _imported(
    file: SessionFile, device: Device, imports: dict[str, importers.Imported]
) -> DeviceSamples:
    """Read the vendor's file that lies in the session, as it was when it was imported."""
    info = info_of(file, device)
    name = info.get("attachment") or next((n for n in file.attachments if n != COLUMN_MAP), "")
    if name not in file.attachments:
        raise StoreError(str(file.path), "has lost the imported file; import it again")
    if name not in imports:
        imports[name] = _import(file, device, name, dict(info.get("options", {})))
    found = imports[name]
    if device.role not in found.samples:
        problem = f"the file in {file.path} has no {device.role} side; import it again"
        raise FormatError(device.spec_id, 0, problem)
    samples = found.samples[device.role]
    return DeviceSamples(
        samples.assign(time_s=samples["device_time_s"]),
        found.sensors[device.role],
        found.capabilities,
        one_clock=True,
    )


def _import(
    file: SessionFile, device: Device, name: str, options: dict[str, str]
) -> importers.Imported:
    if COLUMN_MAP in file.attachments:
        try:
            options["columns"] = file.attachments[COLUMN_MAP].decode()
        except UnicodeDecodeError:
            problem = "holds a column map that is no UTF-8 text; import the file again"
            raise StoreError(str(file.path), problem) from None
    return importers.decode(file.attachments[name], name=device.spec_id, options=options)
