"""What goes wrong with radios, in sentences that say what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insole.errors import LinkError

if TYPE_CHECKING:
    from bleak.exc import BleakBluetoothNotAvailableError, BleakDBusError

RADIO = "radio"
"""The role in errors that concern the adapter and no device."""

WAKE = "step on it to wake it, close the maker's app, charge it"
"""What helps against a device that does not answer."""

CLOSER = f"move closer, or {WAKE}"
"""What helps against a link that is lost."""

_PAIR = "pair it in the system's Bluetooth settings"
_DOCTOR = "`insole doctor` checks the rest"
_NOT_AVAILABLE = {
    "NO_BLUETOOTH": "this computer has no Bluetooth adapter; plug one in",
    "NO_BLE_CENTRAL_ROLE": "this adapter cannot connect to Bluetooth LE devices; use another one",
    "POWERED_OFF": "Bluetooth is switched off; switch it on",
    "DENIED_BY_USER": "this program may not use Bluetooth; allow it to the terminal in the "
    "system's settings, under privacy",
    "DENIED_BY_SYSTEM": "a policy of this system forbids Bluetooth; ask who looks after it",
    "DENIED_BY_UNKNOWN": "this program may not use Bluetooth; allow it to the terminal in the "
    "system's settings, under privacy",
    "UNKNOWN": "Bluetooth cannot be used; switch it off and on again",
}
_NO_BUS = "D-Bus is not running, through which Linux gives access to Bluetooth; start it"
_NO_SERVICE = (
    "the Bluetooth service is not running; install bluez and start it "
    "(sudo systemctl start bluetooth)"
)
_NO_RIGHT = (
    "the system forbids this user to use Bluetooth; add the user to the group bluetooth and log "
    "in again"
)
_DBUS = {
    "org.freedesktop.DBus.Error.ServiceUnknown": _NO_SERVICE,
    "org.freedesktop.DBus.Error.NameHasNoOwner": _NO_SERVICE,
    "org.freedesktop.DBus.Error.AccessDenied": _NO_RIGHT,
    "org.bluez.Error.NotReady": _NOT_AVAILABLE["POWERED_OFF"],
}
_UNPAIRED_CODES = {0x05, 0x08, 0x0C, 0x0F}
"""Insufficient authentication, authorization, key size, encryption (Core 5.4, vol. 3, part F,
3.4.1.1)."""
_UNLIKELY = 0x0E
_UNPAIRED_WORDS = (
    "not paired",
    "authenticat",
    "authoriz",
    "encrypt",
    "pairing",
    "bonding",
    "access denied",
)
_GONE_WORDS = ("service discovery has not been performed", "not connected", "disconnected")


class HopelessError(LinkError):
    """An error that another attempt would not cure."""


class NoBluetoothError(HopelessError):
    """There is no Bluetooth on this computer; in the middle of a recording it may come back."""


def radio_error(error: Exception) -> LinkError:
    """Return what to say when scanning failed.

    Parameters
    ----------
    error : Exception
        Whatever bleak raised.
    """
    if problem := no_bluetooth(error):
        return NoBluetoothError(RADIO, f"{problem}; {_DOCTOR}")
    return LinkError(RADIO, f"cannot scan ({_text(error)}); switch Bluetooth off and on again")


def device_error(role: str, doing: str, error: Exception) -> LinkError:
    """Return what to say when something failed with a device.

    Parameters
    ----------
    role : str
        Of the device.
    doing : str
        What was tried, such as ``connecting``.
    error : Exception
        Whatever bleak raised.
    """
    if isinstance(error, LinkError):
        return error
    if problem := no_bluetooth(error):
        return NoBluetoothError(role, f"{problem}; {_DOCTOR}")
    text = _text(error)
    if _is_unpaired(error):
        problem = f"{doing} was refused for want of pairing ({text}); {_PAIR}"
        return HopelessError(role, f"{problem}, or remove it there and pair it anew")
    if isinstance(error, TimeoutError):
        problem = f"{doing} took too long; {CLOSER}"
    elif any(words in text.lower() for words in _GONE_WORDS):
        problem = f"the link was lost while {doing}; {CLOSER}"
    elif _may_be_unpaired(error):
        problem = f"{doing} failed ({text}); {_PAIR} if it wants that, else switch it off and on"
    else:
        problem = f"{doing} failed ({text}); switch the device off and on again"
    return LinkError(role, problem)


def no_bluetooth(error: Exception) -> str | None:
    """Return what is wrong with Bluetooth on this computer; None if the error is another's.

    Parameters
    ----------
    error : Exception
        Whatever bleak raised.

    Notes
    -----
    It shows in three ways: no system bus is an `OSError`, no Bluetooth service a D-Bus error, and
    no adapter, or one that is off or forbidden, an error of its own.
    """
    from bleak.exc import (  # noqa: PLC0415 - bleak takes time to import; who got its error has it
        BleakBluetoothNotAvailableError,
        BleakDBusError,
    )

    if isinstance(error, BleakBluetoothNotAvailableError):
        return _not_available(error)
    if isinstance(error, BleakDBusError):
        return _dbus(error)
    if isinstance(error, PermissionError):
        return _NO_RIGHT
    if isinstance(error, FileNotFoundError | ConnectionRefusedError):
        return _NO_BUS
    return None


def _not_available(error: BleakBluetoothNotAvailableError) -> str:
    return _NOT_AVAILABLE.get(error.reason.name, _NOT_AVAILABLE["UNKNOWN"])


def _dbus(error: BleakDBusError) -> str | None:
    name = error.dbus_error
    if name.startswith("org.freedesktop.DBus.Error.Spawn."):
        return _NO_SERVICE
    return _DBUS.get(name)


def _is_unpaired(error: Exception) -> bool:
    from bleak.exc import BleakGATTProtocolError  # noqa: PLC0415 - as above

    if isinstance(error, BleakGATTProtocolError):
        return int(error.code) in _UNPAIRED_CODES
    text = str(error).lower()
    return any(word in text for word in _UNPAIRED_WORDS)


def _may_be_unpaired(error: Exception) -> bool:
    """Return whether BlueZ may have failed to pair: it says so with a code that says nothing."""
    from bleak.exc import BleakGATTProtocolError  # noqa: PLC0415 - as above

    return isinstance(error, BleakGATTProtocolError) and int(error.code) == _UNLIKELY


def _text(error: Exception) -> str:
    """Return an error's own words on one line, or its kind if it has none."""
    words = error.args[-1] if error.args and isinstance(error.args[-1], str) else str(error)
    return " ".join(words.split()).rstrip(".") or type(error).__name__
