"""The events of a session, per foot and for the exercise as a whole, in order of time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insole.measure.model import Event

if TYPE_CHECKING:
    from collections.abc import Iterator

    from insole.measure.finding import Findings


def event_rows(findings: Findings) -> list[Event]:
    """Return all events: heel-off and contact of each foot, top and lowering onset of each raise.

    Parameters
    ----------
    findings : Findings
        What was found, in samples.
    """
    return sorted(_events(findings), key=lambda event: (event.time_s, event.side))


def _events(findings: Findings) -> Iterator[Event]:
    rate_hz = findings.rate_hz
    seen: set[tuple[str, float]] = set()
    for time in findings.times:
        for side, up in time.feet.items():
            if (side, up.off) in seen:
                continue  # this foot stayed up while the other touched
            seen.add((side, up.off))
            yield Event("heel_off", side, up.off / rate_hz, up.off_method)
            if up.contact is not None:
                yield Event("heel_contact", side, up.contact / rate_hz, up.contact_method)
        if time.top is not None and time.onset is not None:
            yield Event("top_reached", time.pair.side, time.top / rate_hz, "imu_speed")
            yield Event("lowering_onset", time.pair.side, time.onset / rate_hz, "imu_power_law")
