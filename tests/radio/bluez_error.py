"""What calls to the stand-in for bluetoothd are refused with."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dbus_fast import Message


class BluezError(Exception):
    """What a call is refused with: the name after ``org.bluez.Error.``, and a text."""

    def __init__(self, name: str, text: str) -> None:
        self.name, self.text = f"org.bluez.Error.{name}", text
        super().__init__(text)


class UnknownObjectError(BluezError):
    """No such object, as the bus library of bluetoothd says it."""

    def __init__(self, message: Message) -> None:
        super().__init__("", f'Method "{message.member}" does not exist at {message.path}')
        self.name = "org.freedesktop.DBus.Error.UnknownObject"
