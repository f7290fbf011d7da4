"""What a session is: when, with what, on whom; the same words for text and page."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

from insole.report.phrase import counted, length, quantity, started
from insole.report.words import SIDES, because
from insole.units import G0

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from insole.capabilities import Capabilities
    from insole.measured import Measured
    from insole.report.model import SessionReport

_GROUND = {
    "step": "a step, to judge by heels that bear no load, though setup says floor; "
    "`insole setup --ground step` changes that",
    "floor": "the floor, to judge by the heels' load, though setup says step; heels that hang over "
    "its edge all the time are told best",
}
TOLD_DRIFT = 0.02
"""Smaller changes of quiet standing are not worth a line (our choice: people sway by as much)."""


def facts_of(report: SessionReport) -> list[tuple[str, str]]:
    """Return what is known of a session, each with its label; what is not known is left out.

    Parameters
    ----------
    report : SessionReport
        Of the session.
    """
    session = report.session
    facts = [
        ("Session", session.id),
        ("Recorded", f"{started(session)}, {length(session.duration_s)} long"),
        *(("Device", f"{role}: {_device(device)}") for role, device in session.devices.items()),
        ("Measured", _capabilities(report.capabilities)),
        ("Body weight", _body_weight(report.body_weight_n)),
    ]
    if calibration := _calibration(report.calibration):
        facts.append(("Calibration", calibration))
    if ground := _GROUND.get(report.calibration.get("ground", "")):
        facts.append(("Ground", ground))
    if session.note:
        facts.append(("Note", session.note))
    return facts


def _device(device: Any) -> str:
    name, spec_id, firmware = (device.get(key, "") for key in ("name", "spec_id", "firmware"))
    known_as = f"{name} ({spec_id})" if name and spec_id and name != spec_id else name or spec_id
    return f"{known_as}, firmware {firmware}" if firmware else known_as


def _capabilities(rig: Capabilities) -> str:
    sides = {**SIDES, "merged": "both feet in one number", "pull": "a pull"}[rig.sides]
    unit = {"N": "N", "bw": "body weights", "adc": "raw counts"}[rig.unit]
    rate = "no steady rate" if rig.rate_hz is None else f"{rig.rate_hz:g} Hz"
    parts = [f"{sides}, {rate}, load in {unit}"]
    parts.append(
        f"regions {', '.join(rig.regions).replace('_', ' ')}"
        if rig.regions
        else "no regions of the sole"
    )
    parts.append("motion sensor" if rig.imu else "no motion sensor")
    parts.append("centre of pressure" if rig.cop else "no centre of pressure")
    return "; ".join(parts)


def _body_weight(weight: Measured) -> str:
    if weight.value is None or weight.unit != "N":
        return quantity(weight)
    caution = f"; {because(weight.reasons)}" if weight.reasons else ""
    return f"{weight.value:.0f} N ({weight.value / G0:.1f} kg{caution})"


def _calibration(told: Mapping[str, Any]) -> str:
    """Return how the loads were corrected, or why they were not; "" if there is nothing to say."""
    parts = []
    match told.get("method"):
        case "guided":
            verdicts = told["verdicts"]
            accepted = sum(verdict["accepted"] for verdict in verdicts)
            parts.append(f"guided, {accepted} of {counted(len(verdicts), 'step')} accepted")
        case "earlier":
            parts.append(f"of {told['taken_at_utc'][:10] or 'another day'}, confirmed")
    if told.get("reason"):
        parts.append(told["reason"])
    if told.get("sides") == "exchanged":
        parts.append(
            "the soles were on the other feet than their names say, and are exchanged here"
        )
    if abs(told.get("drift", 0.0)) >= TOLD_DRIFT:
        parts.append(f"quiet standing read {100 * told['drift']:+.0f} % at the end")
    return "; ".join(parts)


def reason_words(part: Any) -> Iterator[str]:
    """Yield the reasons and flags of a report, or a part of it, in its order, however often.

    Parameters
    ----------
    part : SessionReport or any value in it
        Where to look.
    """
    if isinstance(part, tuple):
        for inner in part:
            yield from reason_words(inner)
    elif is_dataclass(part):
        yield from getattr(part, "reasons", ())
        yield from getattr(part, "flags", ())
        for field in fields(part):
            yield from reason_words(getattr(part, field.name))
    elif hasattr(part, "values"):
        yield from reason_words(tuple(part.values()))
