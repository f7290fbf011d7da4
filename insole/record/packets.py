"""A session as JSON lines, for people and diffs, and JSON lines as a session again.

The first line names the format and holds the facts of the session; then come devices,
attachments, packets and link events in the order of arrival, and marks. The last line counts
them, so that a text that lost lines is not taken for a whole one.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections import Counter
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from hashlib import sha256
from types import NoneType
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from insole.errors import FormatError, StoreError
from insole.record.model import Device, Mark, SessionMeta
from insole.record.naming import parse_utc
from insole.record.replay import numbered_items
from insole.record.writer import Store
from insole.transport.base import LinkEvent, Notification

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from insole.record.reader import SessionFile

FORMAT = "insole.packets/1"

_NAME = "packets"
_Kind = TypeVar("_Kind", SessionMeta, Device, Mark, LinkEvent, Notification, "_Attachment")
Entry: TypeAlias = tuple[int, dict[str, Any]]
"""Number of the line, and its object."""


@dataclass(frozen=True, slots=True)
class _Attachment:
    name: str
    sha256: str
    base64: str


def lines(session: SessionFile) -> Iterator[str]:
    """Yield a session as JSON lines, without line ends.

    Parameters
    ----------
    session : SessionFile
        What is damaged in it is not there, and so is not in the lines.
    """
    counts: Counter[str] = Counter()
    yield json.dumps({"line": "session", "schema": FORMAT, "meta": asdict(session.meta)})
    for entry in _entries(session):
        counts[entry["line"]] += 1
        yield json.dumps(entry)
    yield json.dumps({"line": "end", "counts": dict(counts)})


def _entries(session: SessionFile) -> Iterator[dict[str, Any]]:
    for device in session.devices.values():
        yield {"line": "device", **asdict(device)}
    for name, content in session.attachments.items():
        digest, text = sha256(content).hexdigest(), b64encode(content).decode()
        yield {"line": "attachment", **asdict(_Attachment(name, digest, text))}
    for id_, item in numbered_items(session):
        yield _arrival(id_, item)
    for mark in session.marks:
        yield {"line": "mark", **asdict(mark)}


def _arrival(id_: int, item: Notification | LinkEvent) -> dict[str, Any]:
    if isinstance(item, LinkEvent):
        return {"line": "link_event", "id": id_, **asdict(item)}
    return {
        "line": "packet",
        "id": id_,
        "role": item.role,
        "channel": item.channel,
        "host_time_ns": item.host_time_ns,
        "payload": item.payload.hex(),
    }


def looks_like(head: bytes) -> bool:
    """Return True if a file that begins with `head` holds JSON lines of a session."""
    with suppress(ValueError, RecursionError):
        first = json.loads(head.split(b"\n", 1)[0])
        return isinstance(first, dict) and str(first.get("schema")).startswith("insole.packets/")
    return False


def restore(payload: bytes, path: Path) -> None:
    """Write JSON lines as a session file again, packet by packet the same.

    Parameters
    ----------
    payload : bytes
        What `lines` gave, joined by line ends.
    path : Path
        Where the session shall be; nothing is there yet.

    Raises
    ------
    FormatError
        If a line is not as it should be, or lines are missing; then no file is left.
    StoreError
        If the file exists or cannot be written.
    """
    entries = _read(payload)
    meta = _meta(*next(entries))
    store = Store.create(path, meta)
    try:
        with store:
            _refill(store, entries)
            store.close(meta.ended_at_utc)
    except BaseException:
        path.unlink()
        raise


def _read(payload: bytes) -> Iterator[Entry]:
    """Yield the lines with their numbers, 1-based; one that is no object is an error."""
    if not payload.strip():
        raise FormatError(_NAME, 0, "is empty; print the session again")
    for number, text in enumerate(payload.rstrip().split(b"\n"), 1):
        try:
            entry = json.loads(text)
        except (ValueError, RecursionError):
            raise FormatError(_NAME, number, "is no JSON; print the session again") from None
        if not isinstance(entry, dict):
            raise FormatError(_NAME, number, "is no JSON object; print the session again")
        yield number, entry


def _meta(number: int, entry: dict[str, Any]) -> SessionMeta:
    if entry.get("line") != "session" or entry.get("schema") != FORMAT:
        raise FormatError(_NAME, number, f"is not the head of {FORMAT}, the one format read here")
    facts = entry.get("meta")
    meta = _build(SessionMeta, number, facts if isinstance(facts, dict) else {})
    try:
        parse_utc(meta.started_at_utc)
    except ValueError as error:
        raise FormatError(_NAME, number, str(error)) from None
    return meta


def _refill(store: Store, entries: Iterator[Entry]) -> None:
    """Write all lines after the head; the last one has to count the others."""
    counts: Counter[str] = Counter()
    number, entry = 1, dict[str, Any]()
    for number, entry in entries:
        kind = str(entry.get("line"))
        if kind not in _WRITERS:
            break
        try:
            _WRITERS[kind](store, number, entry)
        except StoreError as error:
            raise FormatError(_NAME, number, error.problem) from None
        counts[kind] += 1
        if store.commit_is_due:
            store.commit()
    if entry.get("line") != "end":
        raise FormatError(_NAME, number, "is where the lines break off; print the session again")
    if entry.get("counts") != dict(counts):
        raise FormatError(_NAME, number, f"counts other lines than the {sum(counts.values())} here")
    for number, _ in entries:
        raise FormatError(_NAME, number, "follows the end; give one session a file")


def _add_device(store: Store, number: int, entry: dict[str, Any]) -> None:
    store.add_device(_build(Device, number, entry))


def _add_attachment(store: Store, number: int, entry: dict[str, Any]) -> None:
    attachment = _build(_Attachment, number, entry)
    try:
        content = b64decode(attachment.base64, validate=True)
    except ValueError:
        raise FormatError(_NAME, number, "base64 is no base64; print the session again") from None
    if sha256(content).hexdigest() != attachment.sha256:
        raise FormatError(_NAME, number, f"{attachment.name} was changed: its sha256 is another")
    store.attach(attachment.name, content)


def _add_packet(store: Store, number: int, entry: dict[str, Any]) -> None:
    try:
        payload = bytes.fromhex(entry["payload"])
    except (KeyError, TypeError, ValueError):
        raise FormatError(_NAME, number, "payload is no hex; print the session again") from None
    store.take(_build(Notification, number, entry | {"payload": payload}))


def _add_link_event(store: Store, number: int, entry: dict[str, Any]) -> None:
    store.take(_build(LinkEvent, number, entry))


def _add_mark(store: Store, number: int, entry: dict[str, Any]) -> None:
    store.mark(_build(Mark, number, entry))


_WRITERS = {
    "device": _add_device,
    "attachment": _add_attachment,
    "packet": _add_packet,
    "link_event": _add_link_event,
    "mark": _add_mark,
}

_TYPES: dict[str, tuple[type, ...]] = {
    "int": (int,),
    "int | None": (int, NoneType),
    "float | None": (float, int, NoneType),
    "bytes": (bytes,),
}
"""Type as a dataclass writes it → what JSON may give for it; all others are text."""


def _build(kind: type[_Kind], number: int, entry: dict[str, Any]) -> _Kind:
    """Return a value of a dataclass from a line, which has just its fields, of their types."""
    given = {key: value for key, value in entry.items() if key not in ("line", "id")}
    expected = {field.name: _TYPES.get(str(field.type), (str,)) for field in fields(kind)}
    if given.keys() != expected.keys():
        raise FormatError(_NAME, number, f"is to have just these keys: {', '.join(expected)}")
    for key, value in given.items():
        if type(value) not in expected[key] or not _can_be_stored(value):
            raise FormatError(_NAME, number, f"{key} is {value!r}, which cannot be")
    return kind(**given)


def _can_be_stored(value: Any) -> bool:
    if isinstance(value, int):
        return -(2**63) < value < 2**63
    try:
        return not isinstance(value, str) or bool(value.encode()) or not value
    except UnicodeEncodeError:
        return False
