"""Whatever bleak raises becomes a sentence that says what to do."""

import pytest
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakDBusError,
    BleakDeviceNotFoundError,
    BleakError,
    BleakGATTProtocolError,
)

from insole.errors import LinkError
from insole.transport.trouble import (
    HopelessError,
    NoBluetoothError,
    device_error,
    no_bluetooth,
    radio_error,
)

NOWHERE = [
    (FileNotFoundError(2, "No such file or directory"), "D-Bus is not running"),
    (ConnectionRefusedError(111, "Connection refused"), "D-Bus is not running"),
    (BleakDBusError("org.freedesktop.DBus.Error.ServiceUnknown", ["x"]), "systemctl start"),
    (BleakDBusError("org.freedesktop.DBus.Error.Spawn.ExecFailed", ["x"]), "systemctl start"),
    (BleakDBusError("org.freedesktop.DBus.Error.AccessDenied", ["x"]), "group bluetooth"),
    (PermissionError(13, "Permission denied"), "group bluetooth"),
    (BleakDBusError("org.bluez.Error.NotReady", ["Resource Not Ready"]), "switch it on"),
    *(
        (BleakBluetoothNotAvailableError("No adapter", reason), words)
        for reason, words in zip(
            BleakBluetoothNotAvailableReason,
            ("plug one in", "use another", "switch it on", "allow it", "ask who", "allow it",
             "off and on"),
            strict=True,
        )
    ),
]  # fmt: skip


@pytest.mark.parametrize(("error", "words"), NOWHERE, ids=lambda one: str(one)[:40])
def test_without_bluetooth_it_is_said_why_and_what_to_do(error, words):
    for made in (radio_error(error), device_error("left", "connecting", error)):
        assert isinstance(made, NoBluetoothError)
        assert words in str(made)
        assert "insole doctor" in str(made)


UNPAIRED = [
    *(BleakGATTProtocolError(code) for code in (0x05, 0x08, 0x0C, 0x0F)),
    BleakDBusError("org.bluez.Error.NotPermitted", ["Not paired"]),
    BleakDBusError("org.bluez.Error.AuthenticationFailed", ["Authentication Failed"]),
    BleakDBusError("org.bluez.Error.Failed", ["ATT error: 0x0f"]),
    BleakError("Could not start notify: Access Denied"),
    BleakError("Failed to update the notification status: Encryption is insufficient."),
]


@pytest.mark.parametrize("error", UNPAIRED, ids=str)
def test_want_of_pairing_is_recognised(error):
    made = device_error("left", "subscribing to frames", error)
    assert isinstance(made, HopelessError)
    assert not isinstance(made, NoBluetoothError)
    assert "subscribing to frames was refused for want of pairing" in str(made)
    assert "pair it in the system's Bluetooth settings" in str(made)


OTHERS = [
    (TimeoutError(), "connecting took too long; move closer"),
    (BleakError("Service Discovery has not been performed yet"), "link was lost while connecting"),
    (BleakError("Not connected"), "link was lost while connecting"),
    (BleakDeviceNotFoundError("C0", "device 'x' not found"), "failed (device 'x' not found)"),
    (BleakGATTProtocolError(0x03), "failed (GATT Protocol Error: Write Not Permitted)"),
    (BleakDBusError("org.bluez.Error.Failed", ["le-connection-abort-by-local"]), "abort-by-local"),
    (AssertionError(), "failed (AssertionError)"),
    (KeyError("org.bluez.GattService1"), "org.bluez.GattService1"),
    (EOFError(), "failed (EOFError)"),
    (BleakError("two\n  lines."), "failed (two lines)"),
]


@pytest.mark.parametrize(("error", "words"), OTHERS, ids=lambda one: str(one)[:40])
def test_all_else_may_be_tried_again(error, words):
    made = device_error("left", "connecting", error)
    assert type(made) is LinkError
    assert words in str(made)
    assert "\n" not in str(made)
    assert no_bluetooth(error) is None


def test_an_error_of_ours_stays_what_it_is():
    error = HopelessError("left", "is hopeless")
    assert device_error("right", "connecting", error) is error


def test_a_scan_that_fails_otherwise_is_a_sentence():
    made = radio_error(BleakError("Operation already in progress"))
    assert str(made) == (
        "radio: cannot scan (Operation already in progress); switch Bluetooth off and on again"
    )
