"""Small sessions to write and to take apart."""

import shutil

import numpy as np

from insole.record.replay import numbered_items
from insole.record.store import Device, Mark, SessionMeta, Store
from insole.transport.base import LinkEvent, Notification

META = SessionMeta(
    "2026-04-12T06:30:00Z",
    session_id="5" * 32,
    utc_offset_s=7200,
    body_mass_kg=70.5,
    exercise="isometric_hold",
    note="Fersen, müde",
    seed=3,
)
PERIOD_NS = 20_000_000
"""Between two packets, first left, then right."""


def items(packets=60, length=40, seed=1):
    """Return what two links send: a packet each in turn, and events at the seams."""
    rng = np.random.default_rng(seed)
    sent = [LinkEvent("left", 0, "connected"), LinkEvent("right", 0, "connected")]
    for number in range(packets):
        role = ("left", "right")[number % 2]
        channel = "battery" if number % 20 == 0 else "stream"
        payload = rng.bytes(rng.integers(length + 1))
        sent.append(Notification(role, channel, number * PERIOD_NS, payload))
    sent.append(LinkEvent("left", packets * PERIOD_NS, "lost", "out of reach"))
    return sent


def write_session(path, sent=None, *, block=10, meta=META, close=True):
    """Write a session with a commit after each `block` items; return the store."""
    store = Store.create(path, meta, clock=lambda: 0.0)
    for role in ("left", "right"):
        store.add_device(Device(role, "sim_insole", spec_toml="x = 1\n" * 20, name=f"The {role}"))
    store.attach("walk.txt", bytes(range(256)) * 40)
    for number, item in enumerate(items() if sent is None else sent, 1):
        store.append(item)
        if number % block == 0:
            store.commit()
    store.mark(Mark(10**9, "pain", '{"score": 3}'))
    store.mark(Mark(2 * 10**9, "user"))
    store.commit()
    if close:
        store.close()
    return store


def content(session):
    """Return all that a session gives, in values that compare."""
    streams = {
        stream: (p.id.tolist(), p.host_time_ns.tolist(), p.lengths.tolist(), p.payload)
        for stream, p in session._streams.items()
    }
    return {
        "meta": session.meta,
        "devices": dict(session.devices),
        "marks": session.marks,
        "attachments": dict(session.attachments),
        "link_events": session.numbered_link_events(),
        "streams": streams,
    }


def packet_set(session):
    """Return every packet with all its columns."""
    return {
        (role, channel, id_, time_ns, payload)
        for (role, channel), p in session._streams.items()
        for id_, time_ns, payload in zip(
            p.id.tolist(), p.host_time_ns.tolist(), payloads(p), strict=True
        )
    }


def payloads(packets):
    """Return the payloads one by one."""
    ends = packets.lengths.cumsum().tolist()
    return [
        packets.payload[end - length : end]
        for end, length in zip(ends, packets.lengths.tolist(), strict=True)
    ]


def beside(path):
    """Return the names of all files in the folder of `path`."""
    return sorted(file.name for file in path.parent.iterdir())


def copied(path, folder):
    """Copy a session and what lies beside it, as a disk would have it after a power cut."""
    folder.mkdir()
    for file in path.parent.glob(f"{path.name}*"):
        shutil.copy(file, folder)
    return folder / path.name


def taken(session):
    """Return packets and link events of a session in the order in which they were taken."""
    return [item for _, item in numbered_items(session)]
