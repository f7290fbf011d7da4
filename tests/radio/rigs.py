"""Which rigs this computer can run, and why not the others; for tests that run on several."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

import private_bus
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from rig import RadioRig


def why_no_bumble() -> str:
    """Return why there is no Bumble rig; "" if there can be one."""
    return "" if find_spec("bumble") else 'needs bumble (pip install "insole[peripheral]")'


def why_no_bluez() -> str:
    """Return why there is no BlueZ rig; "" if there can be one."""
    if not find_spec("dbus_fast"):
        return "needs dbus-fast, which bleak brings on Linux"
    return private_bus.missing()


def bumble_rig(**options) -> RadioRig:
    from bumble_rig import BumbleRig

    return BumbleRig(**options)


def bluez_rig(**options) -> RadioRig:
    from bluez_rig import BluezRig

    return BluezRig(**options)


def parameter(make: Callable[..., RadioRig], why_not: str) -> pytest.param:
    marks = [pytest.mark.skip(reason=why_not)] if why_not else []
    return pytest.param(make, id=make.__name__, marks=marks)


REAL = [parameter(bumble_rig, why_no_bumble()), parameter(bluez_rig, why_no_bluez())]
"""Parameters for a test: functions that make a rig, skipped where it cannot run."""
