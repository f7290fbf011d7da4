"""The forms in which devices are told the time, a closed list by name."""

from __future__ import annotations

import struct
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from insole.spec.model import Now


def now_octets(name: Now, now: datetime) -> bytes:
    """Return the time in one of the forms.

    Parameters
    ----------
    name : str
        The form.
    now : datetime
        The time with its zone; forms with an hour in them take it as it stands there.
    """
    return _FORMS[name][0](now)


def size(name: Now) -> int:
    """Return how many bytes a form has."""
    return _FORMS[name][1]


def _date_time(now: datetime) -> bytes:
    date = now.year, now.month, now.day, now.hour, now.minute, now.second
    return struct.pack("<H5B", *date)


def _hundredths(now: datetime) -> bytes:
    date = now.year - 2000, now.month, now.day, now.hour, now.minute, now.second
    return bytes((*date, now.microsecond // 10_000))


def _current_time(now: datetime) -> bytes:
    parts_of_256 = now.microsecond * 256 // 1_000_000
    return _date_time(now) + bytes((now.isoweekday(), parts_of_256, 0))


_FORMS: Mapping[Now, tuple[Callable[[datetime], bytes], int]] = MappingProxyType(
    {
        "unix_s_u32": (lambda now: int(now.timestamp()).to_bytes(4, "little"), 4),
        "unix_ms_u64": (lambda now: int(now.timestamp() * 1000).to_bytes(8, "little"), 8),
        "text_19": (lambda now: now.strftime("%Y/%m/%d %H:%M:%S").encode(), 19),
        "ymdhms_hundredths": (_hundredths, 7),
        "date_time": (_date_time, 7),
        "current_time": (_current_time, 10),
    }
)
