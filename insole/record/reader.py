"""Reading a session: opened without trust, checked against its seals, never changed."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass, fields, replace
from math import nan
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, cast

import numpy as np

from insole.errors import StoreError
from insole.record.model import Damage, Device, Mark, Packets, SessionMeta
from insole.record.pages import read_pages
from insole.record.schema import (
    Header,
    check_closed,
    connect,
    has_our_tables,
    read_header,
)
from insole.record.seal import Seal
from insole.record.source import PageSource, SqlSource
from insole.record.verify import stray_packets, whole_blocks, whole_rows
from insole.transport.base import LinkEvent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

    from insole.record.model import DamageKind
    from insole.record.seal import Row
    from insole.record.source import Source

_NOTHING = np.zeros(0, np.int64)
_NO_PACKETS = Packets(_NOTHING, _NOTHING, _NOTHING, b"")


@dataclass(frozen=True, slots=True)
class SessionFile:
    """A session as read: whatever is here matches its seal, the rest is named in `damage`.

    Everything is in memory and the file is closed; ``with`` is accepted for the look of it.

    Parameters
    ----------
    path : Path
        Where it was read from.
    meta : SessionMeta
        The facts of the session.
    devices : mapping of role to Device
        In the order in which they were added.
    marks : tuple of Mark
        In the order in which they were set.
    attachments : mapping of name to bytes
        Imported files, byte for byte.
    damage : tuple of Damage
        Empty for a sound file.
    """

    path: Path
    meta: SessionMeta
    devices: Mapping[str, Device]
    marks: tuple[Mark, ...]
    attachments: Mapping[str, bytes]
    damage: tuple[Damage, ...]
    _streams: Mapping[tuple[str, str], Packets]
    _link_events: tuple[tuple[int, LinkEvent], ...]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        """Do nothing: the file was closed when it had been read."""

    def packets(self, role: str, channel: str) -> Packets:
        """Return the packets of a device on a channel; none if there is no such thing."""
        return self._streams.get((role, channel), _NO_PACKETS)

    def channels(self, role: str) -> tuple[str, ...]:
        """Return the channels on which a device sent anything."""
        return tuple(channel for device, channel in self._streams if device == role)

    def streams(self) -> tuple[tuple[str, str], ...]:
        """Return device and channel of all packets, also where the device itself is damaged."""
        return tuple(self._streams)

    def link_events(self, role: str) -> tuple[LinkEvent, ...]:
        """Return the changes of a device's connection, in order."""
        return tuple(event for _, event in self._link_events if event.role == role)

    def with_roles(self, names: Mapping[str, str]) -> Self:
        """Return the same session with other roles for its devices.

        Parameters
        ----------
        names : mapping of role to role
            One for another; a role that is not there stays.
        """

        def new(role: str) -> str:
            return names.get(role, role)

        renamed = {new(role): replace(d, role=new(role)) for role, d in self.devices.items()}
        order = dict.fromkeys([*self.devices, *renamed])
        return replace(
            self,
            devices={role: renamed[role] for role in order if role in renamed},
            _streams={(new(role), channel): p for (role, channel), p in self._streams.items()},
            _link_events=tuple(
                (id_, replace(event, role=new(event.role))) for id_, event in self._link_events
            ),
        )

    def numbered_link_events(self) -> tuple[tuple[int, LinkEvent], ...]:
        """Return all link events with their place in the order of arrival."""
        return self._link_events


def open_session(path: str | Path) -> SessionFile:
    """Read a session file, whole, and compare it with its seals.

    Parameters
    ----------
    path : str or Path
        A closed ``.insole`` file; nothing is written to it nor beside it.

    Returns
    -------
    SessionFile
        What is whole; `damage` names what is not.

    Raises
    ------
    StoreError
        If the file is missing, of another kind, of a newer schema, still open for recording or
        cut off while recording, or so damaged that its tables cannot be found.
    """
    path = Path(path)
    header = read_header(path)
    check_closed(path, header)
    session = None if header.cut_off else _open_with_sql(path)
    if session is None or session.damage:
        rescued = _open_by_pages(path, header)
        session = rescued if session is None or _extent(rescued) > _extent(session) else session
    if session.damage and not _extent(session):
        raise StoreError(str(path), "is damaged, and nothing in it is whole; take it from a backup")
    return session


def _open_with_sql(path: Path) -> SessionFile | None:
    """Return the session as SQLite reads it; None if it meets damage that stops it."""
    try:
        with closing(connect(path, "ro")) as connection:
            connection.execute("BEGIN")  # one state of the file for all queries
            return _assemble(path, SqlSource(connection)) if has_our_tables(connection) else None
    except sqlite3.OperationalError as error:
        raise StoreError(
            str(path), f"cannot be read now: {error}; close what uses it, and check its disk"
        ) from error
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        return None


def _open_by_pages(path: Path, header: Header) -> SessionFile:
    """Return the session from whatever pages hold rows of it."""
    try:
        found = read_pages(path.read_bytes(), header.page_length, header.reserved)
    except OSError as error:
        raise StoreError(str(path), f"cannot be read: {error.strerror}; check its disk") from None
    session = _assemble(path, PageSource(found))
    return replace(session, damage=(_file_damage(header), *session.damage))


def _extent(session: SessionFile) -> int:
    """Return how much of a session is there: rows, and bytes of packets."""
    packets = sum(len(packets) for packets in session._streams.values())  # noqa: SLF001 - same module
    few = (session.devices, session.marks, session.attachments, session._link_events)  # noqa: SLF001
    return packets + sum(map(len, few))


def _assemble(path: Path, source: Source) -> SessionFile:
    """Compare everything with its seal and return what is whole."""
    seals, damage = _read_seals(source)

    def rows(table: DamageKind) -> list[Row]:
        whole, problems = whole_rows(table, source.rows(table), seals.get(table, []))
        damage.extend(problems)
        return whole

    meta = _meta(path, dict(_text(row) for row in rows("meta")))
    devices = [Device(*_text(row)) for row in rows("device")]
    attachments = {_text(row[:2])[0]: cast("bytes", row[2]) for row in rows("attachment")}
    events = tuple((cast("int", id_), LinkEvent(*_text(row))) for id_, *row in rows("link_event"))
    marks = tuple(Mark(*_text(row[1:])) for row in rows("mark"))
    streams, problems = _read_streams(source, seals.get("packet", []))
    damage.extend(problems)
    by_role = {device.role: device for device in devices}
    return SessionFile(path, meta, by_role, marks, attachments, tuple(damage), streams, events)


def _read_seals(source: Source) -> tuple[dict[str, list[Seal]], list[Damage]]:
    """Return the seals by table, and what cannot be one."""
    seals: dict[str, list[Seal]] = {}
    damage = []
    for row in source.rows("seal"):
        if seal := _seal(row):
            seals.setdefault(seal.kind, []).append(seal)
        else:
            damage.append(Damage("seal", "", 0, 0, nan, nan, "changed since it was written"))
    return seals, damage


def _seal(row: Row) -> Seal | None:
    _, kind, subject, channel, *numbers, digest = cast("Any", row)
    if {*map(type, numbers)} != {int}:
        return None
    try:
        return Seal._make([kind.decode(), subject.decode(), channel.decode(), *numbers, digest])
    except (AttributeError, UnicodeDecodeError):
        return None


def _read_streams(
    source: Source, seals: Sequence[Seal]
) -> tuple[dict[tuple[str, str], Packets], list[Damage]]:
    """Return the packets by device and channel, and the damage to them."""
    by_stream: dict[tuple[str, str], list[Seal]] = {}
    for seal in seals:
        by_stream.setdefault((seal.subject, seal.channel), []).append(seal)
    number = source.number_of_packets()
    found = {stream: source.packets(*stream, _ids(its)) for stream, its in by_stream.items()}
    if sum(map(len, found.values())) < number:
        # some lie where no seal of their stream says: look for them in all of the file
        found = {stream: source.packets(*stream) for stream in by_stream}
    others = number - sum(map(len, found.values()))
    streams: dict[tuple[str, str], Packets] = {}
    damage: list[Damage] = []
    for stream, packets in found.items():
        streams[stream], problems = whole_blocks(packets, by_stream[stream])
        damage += problems
    return streams, [*damage, stray_packets(others)] if others else damage


def _ids(seals: Sequence[Seal]) -> tuple[int, int]:
    """Return the first and the last id of some seals; a stream of few packets needs few pages."""
    return min(seal.first_id for seal in seals), max(seal.last_id for seal in seals)


def _text(row: Sequence[Any]) -> list[Any]:
    """Return a row that matched its seal with text instead of bytes."""
    return [value.decode() if isinstance(value, bytes) else value for value in row]


def _meta(path: Path, written: Mapping[str, str]) -> SessionMeta:
    numbers = {"utc_offset_s": int, "body_mass_kg": float, "seed": int}
    known = {field.name for field in fields(SessionMeta)}
    absent = {"session_id": "", "started_at_utc": ""}
    try:
        facts = {key: numbers.get(key, str)(written[key]) for key in known & written.keys()}
    except ValueError as error:
        raise StoreError(str(path), f"has a meta row that is no number: {error}") from None
    return SessionMeta(**(absent | facts))


def _file_damage(header: Header) -> Damage:
    problem = "parts of the file are out of reach; rows were taken from its pages one by one"
    if header.cut_off:
        lost = header.expected_length - header.length
        problem = f"the last {lost} of {header.expected_length} bytes of the file are missing"
    return Damage("file", "", 0, 0, nan, nan, problem)
