"""What no device file can say: a class for one device, named in its file.

A dialect lives as long as its connection and keeps nothing beyond it. What it knows it has learnt
from messages that are recorded, so that a replay teaches it the same again.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, ClassVar

from insole.errors import SpecError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from insole.codec.script import Action
    from insole.spec.model import DeviceSpec

_PACKAGE = "insole.codec.dialects"


@dataclass(frozen=True, slots=True)
class Frame:
    """One decoded message.

    Parameters
    ----------
    message : str
        Its name in the spec.
    host_time_ns : int
        Arrival, ns since the start of the recording.
    header : mapping of str to int, float or str
        Raw value of a whole field, else in the field's unit, NaN if missing. Fields that a flag
        leaves out are not there.
    samples : mapping of str to ndarray, (n,) or (n, k)
        n samples, the oldest first, of one or k elements in the field's unit, NaN where missing.
        Items that a message leaves out are not there.
    """

    message: str
    host_time_ns: int
    header: Mapping[str, Any]
    samples: Mapping[str, Any]


class Dialect:
    """The base of every dialect: does nothing.

    Parameters
    ----------
    spec : DeviceSpec
        What the device's file says.

    Notes
    -----
    ``translate`` and ``untranslate`` see frames of many packets at once when a recording is
    decoded: header values then are (p,), samples (p, n) or (p, n, k). So they are written for any
    number of leading axes, and whether they return None depends on the message alone.
    """

    learns: ClassVar[frozenset[str]] = frozenset()
    """Messages that `translate` builds on; of a recording `on_frame` sees only these."""

    def __init__(self, spec: DeviceSpec) -> None:
        self.spec = spec

    def on_frame(self, frame: Frame) -> list[Action]:
        """Take note of a message as it came; return what to say to the device next."""
        del frame
        return []

    def translate(self, frame: Frame) -> Frame | None:
        """Return a message in the spec's units, by what was learnt; None for one to leave out."""
        return frame

    def untranslate(self, frame: Frame) -> Frame:
        """Return a message as the device sends it: the opposite of `translate`, for encoding."""
        return frame

    def learnt(self) -> DeviceSpec:
        """Return the spec with what the device has told of itself, such as its sensors' places."""
        return self.spec


def dialect_for(spec: DeviceSpec) -> Dialect | None:
    """Return a new dialect for a connection; None if the spec names none.

    Raises
    ------
    SpecError
        If there is no such dialect.
    """
    if not spec.dialect:
        return None
    module = f"{_PACKAGE}.{spec.dialect}"
    if find_spec(module) is None:
        problem = f"{spec.dialect!r} is no file in insole/codec/dialects; leave it out or add it"
        raise SpecError(spec.path, "dialect", problem)
    dialect: Dialect = import_module(module).Dialect(spec)
    return dialect
