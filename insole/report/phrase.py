"""Numbers, times and quantities as a reader wants them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from insole.report.words import because

if TYPE_CHECKING:
    from collections.abc import Sequence

    from insole.measured import Measured
    from insole.report.model import SessionFacts

TO = " \N{EN DASH} "
"""Between the two ends of a range."""

MISSING = "n/o"
"""In a table: could not be observed."""

_DIGITS = {
    "1": 0, "s": 1, "mm": 0, "N": 0, "ms": 0, "ppm": 0, "%": 0, "N/s": 1, "J": 0, "mm/s": 0,
    "s/rep": 2,
}  # fmt: skip


def number(measured: Measured, *, signed: bool = False, digits: int | None = None) -> str:
    """Return the value alone, rounded as its unit deserves; a fraction comes in percent."""
    if measured.value is None:
        return MISSING
    value = 100 * measured.value if measured.unit == "1" else measured.value
    digits = _DIGITS.get(measured.unit, 1) if digits is None else digits
    text = f"{value:z.{digits}f}"
    return f"+{text}" if signed and float(text) > 0 else text


def quantity(measured: Measured) -> str:
    """Return value and unit with the caution it needs, or why there is none."""
    if measured.value is None:
        return f"not observable ({because(measured.reasons)})"
    unit = "%" if measured.unit == "1" else measured.unit
    caution = f" ({because(measured.reasons)})" if measured.reasons else ""
    return f"{number(measured)} {unit}{caution}"


def clock(time_s: float) -> str:
    """Return a time of the session as minutes and seconds, ``1:02.4``."""
    tenths = round(time_s * 10)
    sign = "-" if tenths < 0 else ""
    minutes, rest = divmod(abs(tenths), 600)
    return f"{sign}{minutes}:{rest // 10:02d}.{rest % 10}"


def whole_clock(time_s: float) -> str:
    """Return a time of the session as minutes and whole seconds, ``1:02``."""
    return clock(round(time_s)).removesuffix(".0")


def length(duration_s: float) -> str:
    """Return a duration in words, ``2 min 5 s``."""
    minutes, seconds = divmod(round(duration_s), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(hours, "h"), (minutes, "min"), (seconds, "s")]
    return " ".join(f"{n} {unit}" for n, unit in parts if n) or "0 s"


def started(session: SessionFacts) -> str:
    """Return when the session began, by the clock of the place where it was recorded."""
    if session.started_at_utc is None:
        return "at a time the file does not state"
    utc = datetime.fromisoformat(session.started_at_utc)
    if session.utc_offset_s is None:
        return f"{utc:%Y-%m-%d %H:%M} UTC"
    hours, minutes = divmod(abs(session.utc_offset_s) // 60, 60)
    sign = "-" if session.utc_offset_s < 0 else "+"
    local = utc + timedelta(seconds=session.utc_offset_s)
    return f"{local:%Y-%m-%d %H:%M} (UTC{sign}{hours}:{minutes:02d})"


def counted(count: int, noun: str) -> str:
    """Return a count with its noun in the plural it needs."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def span(times: Sequence[Measured]) -> str:
    """Return up to five times one by one, more as the shortest and the longest; in s."""
    if len(times) <= 5:
        return f"{_listed([number(time) for time in times])} s"
    ordered = sorted(times, key=lambda time: time.value or 0.0)
    return f"{number(ordered[0])} to {number(ordered[-1])} s"


def _listed(texts: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(texts[:-1]), texts[-1])))
