"""What `insole doctor` looks at: each check says what it found, and what to do about it."""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from platformdirs import user_config_path

from insole.cli.talk import DATA_ERROR, DEVICE_ERROR
from insole.errors import InsoleError
from insole.record.folder import sessions_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Verdict: TypeAlias = Literal["ok", "note", "fault"]

SCAN_S = 4.0
BYTES_AN_HOUR = 50e6
"""What two insoles at 100 Hz take (measured with `sim_insole`: 41 MB)."""
LEAST_BYTES = 20e6
"""With less free, no recording begins: finishing one may take that much (`record.disk`)."""
FEW_HOURS = 4.0
"""Room for less than so many hours is worth a word (our choice)."""
OLDEST_BLUEZ, OLDEST_MACOS, OLDEST_WINDOWS = (5, 55), (12, 3), 16299
"""Oldest BlueZ, macOS and build of Windows that can do what is needed (documentation of bleak)."""
STEP = "step on your insoles to wake them, close the maker's app, charge them"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    Parameters
    ----------
    name : str
        What.
    verdict : str
        ``ok``; ``note`` for what need not be wrong; ``fault`` for what keeps `insole` from working.
    finding : str
        What was found.
    advice : str
        What to do about it; "" for nothing.
    exit_code : int
        What the command ends with if this is a fault.
    """

    name: str
    verdict: Verdict
    finding: str
    advice: str = ""
    exit_code: int = DATA_ERROR


def all_checks(folder: Path | None, spec_folder: Path | None) -> list[Check]:
    """Return every check that makes sense on this system.

    Parameters
    ----------
    folder, spec_folder : Path, optional
        Where sessions, and specs, are looked for instead of the usual places.
    """
    radio = scan(scan_command(spec_folder))
    linux = [adapter(), service(os.environ)] if sys.platform == "linux" else []
    if radio.verdict == "ok":  # whatever they miss, it works without
        linux = [replace(check, verdict="note") if check.advice else check for check in linux]
    place = sessions_folder(folder)
    return [
        program(),
        system(platform.system(), platform.release(), platform.version(), platform.mac_ver()[0]),
        *linux,
        radio,
        specs(spec_folder),
        sessions(place),
        room(place),
        address_key(user_config_path("insole")),
        terminal(),
    ]


def program() -> Check:
    """Say which program this is, and under which Python."""
    place = Path(__file__).parents[1]
    finding = f"insole {version('insole')}, Python {platform.python_version()}, in {place}"
    return Check("program", "ok", finding)


def system(name: str, release: str, build: str, mac: str) -> Check:
    """Judge the operating system by what `platform` says of it."""
    if name == "Darwin":
        is_old = tuple(map(int, re.findall(r"\d+", mac)))[:2] < OLDEST_MACOS
        advice = "devices that state no service stay unseen; update it" if is_old else ""
        return Check("system", "note" if is_old else "ok", f"macOS {mac}", advice)
    if name == "Windows":
        found = re.search(r"\d+\.\d+\.(\d+)", build)
        old = found is not None and int(found[1]) < OLDEST_WINDOWS
        advice = "Bluetooth LE needs Windows 10, version 1709 or newer; update it" if old else ""
        return Check("system", "fault" if old else "ok", f"Windows {build}", advice, DEVICE_ERROR)
    if name == "Linux":
        return Check("system", "ok", f"Linux {release}")
    return Check("system", "note", f"{name} {release}", "Bluetooth was never tried on it")


def adapter(tree: Path = Path("/sys/class")) -> Check:
    """Look for a Bluetooth adapter, and whether it is blocked; Linux.

    Parameters
    ----------
    tree : Path
        Where Linux shows its devices.
    """
    names = sorted(path.name for path in tree.glob("bluetooth/hci*") if ":" not in path.name)
    if not names:
        advice = "plug one in; in a virtual machine or container, pass it through"
        return Check("adapter", "fault", "none is known to Linux", advice, DEVICE_ERROR)
    for switch in sorted(tree.glob("rfkill/rfkill*")):
        if _text(switch / "type") == "bluetooth":
            if _text(switch / "hard") == "1":
                advice = "switch it on by its key or in the firmware's settings"
                return Check("adapter", "fault", "blocked by a switch", advice, DEVICE_ERROR)
            if _text(switch / "soft") == "1":
                advice = "switch Bluetooth on (rfkill unblock bluetooth)"
                return Check("adapter", "fault", "blocked by software", advice, DEVICE_ERROR)
    return Check("adapter", "ok", ", ".join(names))


def service(environ: Mapping[str, str], ask: Callable[[], str] | None = None) -> Check:
    """Look for D-Bus and BlueZ, through which Linux gives access to Bluetooth.

    Parameters
    ----------
    environ : mapping
        Environment variables.
    ask : callable, optional
        Returns what `bluetoothctl --version` says.
    """
    address = environ.get("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/run/dbus/system_bus_socket")
    socket = re.search(r"unix:path=([^,;]+)", address)
    if socket and not Path(socket[1]).exists():
        advice = "install dbus and bluez, and start them (sudo systemctl start dbus bluetooth)"
        finding = f"D-Bus is not running ({socket[1]} is missing)"
        return Check("service", "fault", finding, advice, DEVICE_ERROR)
    said = (ask or _bluez_version)()
    found = re.search(r"(\d+)\.(\d+)", said)
    if not found:
        return Check("service", "note", "D-Bus runs; BlueZ does not tell its version")
    is_old = (int(found[1]), int(found[2])) < OLDEST_BLUEZ
    advice = f"too old; {'.'.join(map(str, OLDEST_BLUEZ))} or newer is needed" if is_old else ""
    return Check("service", "note" if is_old else "ok", f"D-Bus runs; BlueZ {found[0]}", advice)


def _bluez_version() -> str:
    command = shutil.which("bluetoothctl")
    if not command:
        return ""
    try:
        done = subprocess.run(  # noqa: S603 - a program of the system, by its full path
            [command, "--version"], capture_output=True, text=True, timeout=5, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout


def scan_command(spec_folder: Path | None) -> list[str]:
    """Return the command that listens for devices for a moment."""
    command = [sys.executable, "-m", "insole", "scan", "--json", "--timeout", f"{SCAN_S:g}"]
    return [*command, "--spec-folder", str(spec_folder)] if spec_folder else command


def scan(command: Sequence[str]) -> Check:
    """Listen for devices, in a process of its own: macOS kills one that may not use Bluetooth.

    Parameters
    ----------
    command : sequence of str
        What to run; see `scan_command`.
    """
    try:
        done = subprocess.run(  # noqa: S603 - our own program
            command, capture_output=True, text=True, timeout=SCAN_S + 60, check=False
        )
    except subprocess.TimeoutExpired:
        advice = "switch Bluetooth off and on again"
        return Check("scan", "fault", "does not come to an end", advice, DEVICE_ERROR)
    if done.returncode < 0:
        advice = "allow Bluetooth to the terminal in the system's settings, under privacy"
        finding = f"the system stopped it (signal {-done.returncode})"
        return Check("scan", "fault", finding, advice, DEVICE_ERROR)
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["failed without a word"])[-1]
        problem, _, advice = said.removeprefix("insole: radio: ").partition("; ")
        advice = advice.partition("; `insole doctor`")[0]
        return Check("scan", "fault", problem, advice, done.returncode)
    heard = [json.loads(line) for line in done.stdout.splitlines()]
    known = sum(one["spec"] is not None for one in heard)
    finding = f"works; {len(heard)} devices in reach, {known} of them known"
    advice = (
        "" if known else "step on your insoles to wake them, close the maker's app, charge them"
    )
    return Check("scan", "ok", finding, advice)


def specs(folder: Path | None) -> Check:
    """See that the device files can be read.

    Parameters
    ----------
    folder : Path, optional
        Where they are looked for first.
    """
    from insole.spec import list_specs  # noqa: PLC0415 - imports numpy and pandas

    try:
        return Check("devices", "ok", f"{len(list_specs(folder))} kinds are known")
    except InsoleError as error:
        return Check(
            "devices", "fault", str(error), "mend that file; `insole spec check` says more"
        )


def sessions(place: Path) -> Check:
    """See that sessions can be written.

    Parameters
    ----------
    place : Path
        The sessions folder, which need not be there yet.
    """
    there = _nearest(place)
    try:
        with tempfile.NamedTemporaryFile(dir=there):
            pass
    except OSError as error:
        advice = "check its rights, or name another with --folder or INSOLE_SESSIONS"
        reason = (error.strerror or str(error)).lower()
        return Check("sessions", "fault", f"{place} cannot be written to: {reason}", advice)
    count = sum(1 for _ in place.glob("*.insole")) if place.is_dir() else 0
    return Check("sessions", "ok", f"{count} in {place}")


def room(place: Path) -> Check:
    """See how much fits on the disk.

    Parameters
    ----------
    place : Path
        The sessions folder, which need not be there yet.
    """
    try:
        free = shutil.disk_usage(_nearest(place)).free
    except OSError as error:
        return Check("disk", "note", f"its free space cannot be told: {error.strerror}")
    hours = free / BYTES_AN_HOUR
    finding = f"{free / 1e9:.1f} GB free, room for about {hours:.0f} h of two insoles"
    if hours < FEW_HOURS:
        verdict: Verdict = "fault" if free < LEAST_BYTES else "note"
        return Check("disk", verdict, finding, "free some space")
    return Check("disk", "ok", finding)


def address_key(folder: Path) -> Check:
    """See that devices can be recognised again without their address being kept.

    Parameters
    ----------
    folder : Path
        Where the key lies.
    """
    from insole.record.address import address_hash  # noqa: PLC0415 - only here

    if not any(folder.glob("*.key")):
        return Check("key", "ok", "none yet; the first recording makes it")
    try:
        address_hash("00:00:00:00:00:00", folder)
    except InsoleError as error:
        problem, _, advice = str(error).partition("; ")
        return Check("key", "note", problem, advice)
    return Check("key", "ok", "devices are recognised again by a hash of their address")


def terminal() -> Check:
    """Say what the terminal can do."""
    encoding = (sys.stdout.encoding or "unknown").lower()
    if not (sys.stdout.isatty() and sys.stdin and sys.stdin.isatty()):
        return Check("terminal", "ok", f"none here; lines are plain, {encoding}")
    columns, rows = shutil.get_terminal_size()
    finding = f"{columns} columns, {rows} lines, {encoding}"
    if os.environ.get("TERM") == "dumb":
        return Check("terminal", "note", f"{finding}, dumb", "no line can be written over there")
    return Check("terminal", "ok", finding)


def _nearest(place: Path) -> Path:
    """Return a folder, or the nearest one above it that is there."""
    return next((path for path in (place, *place.absolute().parents) if path.is_dir()), Path())


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""
