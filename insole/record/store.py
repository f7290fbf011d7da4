"""The session file: one SQLite file ``*.insole`` with everything that the devices sent.

Written by `Store`, read by `open_session`; `recover` finishes a file whose recording was cut off,
`open_whole` finishes and reads, `add_mark` adds to a closed one. The schema stands in
`insole.record.schema`.

Every row is sealed by a SHA-256 in the transaction that writes it: packets in blocks, one for each
device, channel and thousand packets at most, all other rows one by one. Reading compares all with
its seal, gives what is whole and names the rest as `Damage`.
"""

from __future__ import annotations

from insole.record.model import Damage, Device, Mark, Packets, SessionMeta
from insole.record.naming import session_path
from insole.record.reader import SessionFile, open_session
from insole.record.recovery import add_mark, open_whole, recover
from insole.record.writer import Store

__all__ = [
    "Damage",
    "Device",
    "Mark",
    "Packets",
    "SessionFile",
    "SessionMeta",
    "Store",
    "add_mark",
    "open_session",
    "open_whole",
    "recover",
    "session_path",
]
