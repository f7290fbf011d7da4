"""What is shown of a recording while it runs, as lines of text that fit the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from insole.live import DeviceState, LiveState

WIDE = 72
"""From so many columns on, columns have names in full and the load is shown."""
BEHIND_S = 2.0
"""From so much on, s, it is said that what is shown is old (our choice)."""
UNKNOWN = "-"
UNITS = {"n": "N", "bw": "of body weight", "adc": "counts"}

_STYLE_OF = {"streaming": "", "connected": "", "waiting": "dim", "closed": "dim"}
TROUBLE = "bold red"


class Line(NamedTuple):
    """A line and how it looks, in rich's words."""

    text: str
    style: str = ""


class Progress(NamedTuple):
    """How far a recording is.

    ``elapsed_s`` is how long it has been running and ``size_bytes`` how much of it is on disk, None
    where nothing is kept; ``behind_s`` is how much older than that what is known of it is.
    """

    elapsed_s: float
    size_bytes: int | None = None
    behind_s: float = 0.0


class _Cell(NamedTuple):
    head: str
    short: str
    text: str


def status(state: LiveState | None, progress: Progress, hint: str, width: int) -> list[Line]:
    """Return a heading, a line for each device, one for the whole, and the hint.

    Parameters
    ----------
    state : LiveState or None
        What is known just now; None for nothing, and then only the whole and the hint are shown.
    progress : Progress
        How far it is.
    hint : str
        What may be done.
    width : int
        Columns of the terminal.
    """
    rows = _rows(state, is_wide=width >= WIDE) if state else []
    lines = [*rows, Line(_whole(state, progress)), Line(hint, "dim")]
    return [Line(text[:width].rstrip(), style) for text, style in lines]


def summary(state: LiveState | None, progress: Progress) -> str:
    """Return all of it in one sentence, for where no line can be written over."""
    rows = _in_order(state) if state else []
    devices = [f"{role} {_in_words(device)}" for role, device in rows]
    return "; ".join([_whole(state, progress), *devices])


def minutes(time_s: float) -> str:
    """Return a time as minutes and seconds, or hours, minutes and seconds."""
    whole_minutes, seconds = divmod(int(time_s), 60)
    hours, rest = divmod(whole_minutes, 60)
    return f"{hours}:{rest:02d}:{seconds:02d}" if hours else f"{rest}:{seconds:02d}"


def size(size_bytes: int) -> str:
    """Return a size of a file in kB or MB."""
    return f"{size_bytes / 1e6:.1f} MB" if size_bytes >= 1e6 else f"{size_bytes / 1e3:.0f} kB"


def size_on_disk(path: Path) -> int:
    """Return how many bytes a recording takes at the moment, with what SQLite has beside it."""
    files = (path, path.with_name(f"{path.name}-wal"))
    return sum(file.stat().st_size for file in files if file.exists())


def _rows(state: LiveState, *, is_wide: bool) -> list[Line]:
    """Return the heading and a line for each device."""
    rows = {role: _cells(device, is_wide=is_wide) for role, device in _in_order(state)}
    first = max(map(len, rows), default=0)
    heads = _heads(rows, is_wide=is_wide)
    widths = [
        max(len(head), *(len(cells[n].text) for cells in rows.values()))
        for n, head in enumerate(heads)
    ]
    gap = "  " if is_wide else " "
    lines = [Line(" " * first + _joined(heads, widths, gap), "dim")]
    for role, cells in rows.items():
        device = state.devices[role]
        text = f"{role:<{first}}" + _joined([cell.text for cell in cells], widths, gap)
        lines.append(Line(text + _trouble(device, gap), _STYLE_OF.get(device.state, TROUBLE)))
    return lines


def _cells(device: DeviceState, *, is_wide: bool) -> list[_Cell]:
    rate = f"{device.rate_hz:.{1 if is_wide else 0}f}"
    cells = [
        _Cell("packets/s", "pkt/s", rate),
        _Cell("lost", "lost", _loss(device)),
        _Cell("battery", "batt", _battery(device)),
        _Cell("last packet", "last", _age(device)),
    ]
    return [*cells, _Cell("load", "load", _load(device))] if is_wide else cells


def _in_order(state: LiveState) -> list[tuple[str, DeviceState]]:
    """Return the devices by role, the left one before the right one."""
    return sorted(state.devices.items())


def _heads(rows: Mapping[str, Sequence[_Cell]], *, is_wide: bool) -> list[str]:
    cells = next(iter(rows.values()), [])
    return [cell.head if is_wide else cell.short for cell in cells]


def _joined(texts: Sequence[str], widths: Sequence[int], gap: str) -> str:
    return "".join(f"{gap}{text:>{width}}" for text, width in zip(texts, widths, strict=True))


def _trouble(device: DeviceState, gap: str) -> str:
    return "" if device.state == "streaming" else f"{gap}{device.state}"


def _in_words(device: DeviceState) -> str:
    if device.state != "streaming":
        return device.state
    battery = "" if device.battery_percent is None else f", battery {_battery(device)}"
    return f"{device.rate_hz:.0f}/s, {_loss(device)} lost{battery}"


def _loss(device: DeviceState) -> str:
    return UNKNOWN if device.loss_fraction is None else f"{100 * device.loss_fraction:.1f}%"


def _battery(device: DeviceState) -> str:
    return UNKNOWN if device.battery_percent is None else f"{device.battery_percent:.0f}%"


def _age(device: DeviceState) -> str:
    return UNKNOWN if device.age_s is None else f"{device.age_s:.1f} s"


def _load(device: DeviceState) -> str:
    if device.load is None:
        return UNKNOWN
    digits = 2 if device.unit == "bw" else 0
    return f"{device.load:.{digits}f} {UNITS.get(device.unit, device.unit)}"


def _whole(state: LiveState | None, progress: Progress) -> str:
    parts = [minutes(progress.elapsed_s)]
    if progress.size_bytes is not None:
        parts = [f"recording {parts[0]}", size(progress.size_bytes)]
    if state and state.exercising:
        parts.append("exercise")
    elif state and state.standing_since_s is not None:
        parts.append("standing still")
    if progress.behind_s >= BEHIND_S:
        parts.append(f"this view is {progress.behind_s:.0f} s behind")
    return ", ".join(parts)
