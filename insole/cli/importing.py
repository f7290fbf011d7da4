"""From a file that another program wrote to a session that keeps it byte for byte."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from insole.errors import FormatError, SpecError
from insole.importers import HEAD_BYTES, by_name, identify
from insole.record import packets
from insole.record.store import Device, Store, session_path
from insole.recording.file import session_meta

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from insole.importers import Imported

COLUMNS = "columns"
COLUMNS_ATTACHMENT = "columns.toml"
"""Name under which a session keeps the column map that its file was read by."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was read and found good; nothing has been written for it yet.

    ``imported`` is None for the JSON lines of ``insole packets``; ``columns`` is the TOML text of
    the column map, or None, and ``columns_path`` where it was read.
    """

    path: Path
    payload: bytes
    imported: Imported | None
    columns: str | None = None
    columns_path: str = ""

    @property
    def damage(self) -> list[str]:
        """How the file is not as its maker's program wrote it; the rest is used."""
        facts = self.imported.facts if self.imported else {}
        words = {"last_row": "the last row is", "missing_rows": "the time has holes:"}
        found = [f"{words[key]} {facts[key]}" for key in words if key in facts]
        if self.imported and mixed_line_ends(self.payload):
            found.append("its lines end in different ways, so it was changed or is damaged")
        return found

    @property
    def left_aside(self) -> list[str]:
        """What the file holds, or should hold, that the session does not use; sentences."""
        facts = self.imported.facts if self.imported else {}
        words = {key: key.replace("_", " ") for key in facts if key.startswith("empty_")}
        words |= {"not_read": "columns that were not read"}
        return [f"{self.path}: {words[key]}: {facts[key]}" for key in words if key in facts]


def read_source(path: Path, *, name: str | None = None, columns_path: Path | None = None) -> Source:
    """Read a file and check that it can be imported.

    Parameters
    ----------
    path : Path
        A vendor's export, a table of numbers, or the JSON lines of ``insole packets``.
    name : str, optional
        The importer; found by content if not given.
    columns_path : Path, optional
        A column map in TOML, for a table of numbers.

    Raises
    ------
    FormatError
        If the file is of no known format, or broken.
    SpecError
        If the column map is wrong.
    """
    for each in filter(None, (path, columns_path)):
        if each.is_char_device() or each.is_block_device():  # some have no end
            raise FormatError(str(each), 0, "is a device of the system and no file; name a file")
    columns = _text(columns_path) if columns_path else None
    payload = path.read_bytes()
    if name is None and columns is None and packets.looks_like(payload[:HEAD_BYTES]):
        return Source(path, payload, None)
    name = name or (COLUMNS if columns is not None else None)
    importer = by_name(name) if name else identify(payload[:HEAD_BYTES], str(path))
    options = {} if columns is None else {"columns": columns, "columns_path": str(columns_path)}
    try:
        imported = importer.decode(payload, options)
    except FormatError as error:
        raise FormatError(f"{path}, as {importer.name}", error.line, error.problem) from error
    return Source(path, payload, imported, columns, str(columns_path or ""))


def create_session(source: Source, place: Path, exercise: str = "") -> Path:
    """Write a session that holds the file as it is; return its path.

    Parameters
    ----------
    source : Source
        What `read_source` returned.
    place : Path
        Where the session shall be: a file that does not exist, or a folder, where a free name is
        taken.
    exercise : str
        What was done, if it shall be told to the analysis.

    Raises
    ------
    StoreError
        If the file exists or cannot be written; then no file of ours is left.
    FormatError
        If JSON lines of packets are broken; likewise.

    Notes
    -----
    The session has a device for each side, whose ``spec_id`` is the importer's name. Its
    ``info_json`` holds ``attachment`` (the name under which the file is kept), ``options`` (for
    reading it again; the text of a column map is the attachment ``columns.toml``), ``facts`` (what
    the file says of itself) and ``start_known`` (False: ``started_at_utc`` is the time of import).
    """
    if source.imported is None:
        return _restore(source, place)
    facts = source.imported.facts
    note = "; ".join((_note(source.path, facts), *source.damage))
    meta = session_meta(exercise=exercise, note=note)
    if told := facts.get("started_at_utc"):
        meta = replace(meta, started_at_utc=told, utc_offset_s=0)
    word = exercise or source.path.stem
    store = Store.create_in(place, meta, word) if place.is_dir() else Store.create(place, meta)
    try:
        with store:
            store.attach(source.path.name, source.payload)
            if source.columns is not None:
                store.attach(COLUMNS_ATTACHMENT, source.columns.encode())
            for role in source.imported.samples:
                store.add_device(_device(role, source, source.imported))
            store.close("")  # when the recording ended is for the analysis to say
    except BaseException:
        store.path.unlink(missing_ok=True)
        raise
    return store.path


def _note(path: Path, facts: Mapping[str, str]) -> str:
    local = facts.get("started_at_local")
    is_vague = local is not None and "started_at_utc" not in facts
    begun = f"; begun {local} by a clock of unknown zone" if is_vague else ""
    return f"imported from {path.name}{begun}"


def _device(role: str, source: Source, imported: Imported) -> Device:
    info = {
        "attachment": source.path.name,
        "options": {"columns_path": source.columns_path} if source.columns_path else {},
        "facts": dict(imported.facts),
        "start_known": "started_at_utc" in imported.facts,
    }
    name = imported.facts.get(f"serial_{role}", "")
    return Device(role, imported.importer, name=name, info_json=json.dumps(info))


def _restore(source: Source, place: Path) -> Path:
    path = place
    if place.is_dir():
        path = session_path(place, session_meta().started_at_utc, source.path.stem)
    packets.restore(source.payload, path)
    return path


def mixed_line_ends(payload: bytes) -> bool:
    """Return True if the lines of a text do not all end alike."""
    both = payload.count(b"\r\n")
    line_feeds, returns = payload.count(b"\n") - both, payload.count(b"\r") - both
    return sum(count > 0 for count in (both, line_feeds, returns)) > 1


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except UnicodeDecodeError:
        raise SpecError(str(path), "", "is not UTF-8 text; save it as such") from None
