"""Calf raises measured with Bluetooth pressure insoles and force sensors.

>>> import insole
>>> s = insole.load("session.insole")  # doctest: +SKIP
>>> s.holds, s.raises, s.report()  # doctest: +SKIP

Public names are resolved when first used, so that ``import insole`` stays light.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from insole import plot
    from insole.errors import (
        AlignError,
        DecodeError,
        FormatError,
        InsoleError,
        LinkError,
        SpecError,
        StoreError,
        TableError,
    )
    from insole.recording.whole import record_session, record_session_blocking
    from insole.session import Session, load
    from insole.spec import load_spec

__version__ = version("insole")

_HOME = {
    "AlignError": "insole.errors",
    "DecodeError": "insole.errors",
    "FormatError": "insole.errors",
    "InsoleError": "insole.errors",
    "LinkError": "insole.errors",
    "Session": "insole.session",
    "SpecError": "insole.errors",
    "StoreError": "insole.errors",
    "TableError": "insole.errors",
    "load": "insole.session",
    "load_spec": "insole.spec",
    "record_session": "insole.recording.whole",
    "record_session_blocking": "insole.recording.whole",
}

__all__ = [
    "AlignError",
    "DecodeError",
    "FormatError",
    "InsoleError",
    "LinkError",
    "Session",
    "SpecError",
    "StoreError",
    "TableError",
    "__version__",
    "load",
    "load_spec",
    "plot",
    "record_session",
    "record_session_blocking",
]


def __getattr__(name: str) -> Any:
    if name == "plot":
        return import_module("insole.plot")
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'insole' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
