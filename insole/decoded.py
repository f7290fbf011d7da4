"""From a session file to the samples of each device: packets decoded, vendors' files read again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from insole import capabilities as rig
from insole import codec, importers, tables
from insole.align.session_clock import TickClock, to_session_time
from insole.codec import table as codec_table
from insole.errors import FormatError, StoreError
from insole.spec import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from insole.align.clock import ClockFit
    from insole.capabilities import Capabilities
    from insole.record.store import Device, SessionFile
    from insole.spec.model import DeviceSpec

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
    one_clock: bool = False
    """True if its times are those of a file, shared by all devices of it."""

    @property
    def period_s(self) -> float:
        """Nominal spacing of its samples, s."""
        return 1.0 / self.capabilities.rate_hz


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
    errors = sum(found.errors for found in decoded.values())
    rows = [
        codec_table.sample_rows(spec, block)
        for found in decoded.values()
        for block in found.blocks.values()
        if block.samples
    ]
    side: rig.Sides = "left" if device.role == "left" else "right"
    sole = device.role in tables.SIDES
    samples, fits = _on_session_clock(spec, rows, [ns / 1e9 for ns in seams_ns])
    return DeviceSamples(
        samples,
        codec_table.sensor_map(spec, side) if sole else tables.sensor_map(),
        codec_table.capabilities(spec, side if sole else "merged"),
        fits,
        errors,
    )


def _on_session_clock(
    spec: DeviceSpec, rows: list[pd.DataFrame], seams_s: list[float]
) -> tuple[pd.DataFrame, tuple[ClockFit, ...]]:
    """Return the samples of all messages together in session time, and how their clock fits."""
    if not rows:
        return pd.DataFrame(), ()
    together = rows[0]
    if len(rows) > 1:
        # messages of one device take turns: what they say belongs in the order of its arrival
        together = pd.concat(rows, ignore_index=True)
        together = together.sort_values("host_time_s", kind="stable", ignore_index=True)
    clock = TickClock(
        spec.clock.modulus,
        spec.clock.tick_s,
        spec.clock.sample_period_s,
        spec.clock.stamp == "last",
    )
    return to_session_time(together, clock, seams_s)


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
