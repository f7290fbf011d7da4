"""The events of a session, per foot and for the exercise as a whole, in order of time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insole import tables
from insole.measure.model import Event

if TYPE_CHECKING:
    from collections.abc import Iterator

    from insole.measure.finding import Findings
    from insole.measure.transfer import Transfer


def event_rows(findings: Findings) -> list[Event]:
    """Return all events: of each heel, of a load that moves to one foot, and top and onset.

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
            # one device under both feet has no side of its own
            foot = side if side in tables.SIDES else "both"
            yield Event("heel_off", foot, up.off / rate_hz, up.off_method)
            if up.contact is not None:
                yield Event("heel_contact", foot, up.contact / rate_hz, up.contact_method)
        if time.transfer is not None:
            yield from _transferred(time.transfer, rate_hz, seen)
        if time.top is not None and time.onset is not None:
            yield Event("top_reached", time.pair.side, time.top / rate_hz, "imu_speed")
            yield Event("lowering_onset", time.pair.side, time.onset / rate_hz, "imu_power_law")


def _transferred(
    transfer: Transfer, rate_hz: float, seen: set[tuple[str, float]]
) -> Iterator[Event]:
    """Yield the events of the foot that goes up with the other and is lifted then."""
    side, risen = transfer.lifted, transfer.heel_up
    if risen is not None and (side, risen.off) not in seen:
        seen.add((side, risen.off))
        yield Event("heel_off", side, risen.off / rate_hz, risen.off_method)
    yield Event("transfer_start", "both", transfer.start / rate_hz, "share_10_to_90")
    yield Event("transfer_end", "both", transfer.end / rate_hz, "share_10_to_90")
    if transfer.foot_off is not None:
        yield Event("foot_off", side, transfer.foot_off / rate_hz, "load_threshold")
    if transfer.foot_on is not None:
        yield Event("foot_on", side, transfer.foot_on / rate_hz, "load_threshold")
