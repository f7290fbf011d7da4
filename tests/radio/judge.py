"""Compare a recording with what the devices handed to their radios: ``judge.py SESSION SENT_JSON``.

Packets that were on the way when a link was lost may be missing; any other that is missing,
doubled, changed or out of order makes it fail.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from insole.record.reader import open_session

if TYPE_CHECKING:
    from insole.record.reader import SessionFile

SEAMS = ("lost", "stalled", "reconnected")


@dataclass(frozen=True)
class Hole:
    """Packets in a row that were sent and are not in the file; None: no packet before, or after."""

    count: int
    from_ns: int | None
    to_ns: int | None

    @property
    def at_an_end(self) -> bool:
        return self.from_ns is None or self.to_ns is None


def main(path: str, sent_path: str) -> int:
    session = open_session(path)
    sent = json.loads(Path(sent_path).read_text(encoding="utf-8"))
    return max([judged(session, role, sent[role]) for role in session.devices], default=1)


def judged(session: SessionFile, role: str, sent: list[list[str]]) -> int:
    """Say how one device was recorded; return 0 if as it should be."""
    say(f"{role}: {link_history(session, role)}")
    status = 0
    for channel in sorted({name for name, _ in sent}):
        recorded = payloads(session, role, channel)
        handed = [bytes.fromhex(octets) for name, octets in sent if name == channel]
        found, strangers = holes(recorded, handed)
        seams = [one.host_time_ns for one in session.link_events(role) if one.kind in SEAMS]
        bad = [hole for hole in found if not at_a_seam(hole, seams)]
        ends = [hole for hole in found if hole.at_an_end]
        span_s = (recorded[-1][0] - recorded[0][0]) / 1e9 if recorded else 0.0
        say(
            f"{role} {channel}: {len(recorded)} packets in {span_s:.1f} s "
            f"({len(recorded) / span_s if span_s else 0:.1f}/s), {len(handed)} sent; "
            f"{total(found) - total(ends) - total(bad)} on the way at a loss, "
            f"{total(ends)} before or after the recording, {total(bad)} lost otherwise, "
            f"{strangers} not as sent; "
            f"longest gaps {gaps_s(recorded)} s"
        )
        status |= bool(bad or strangers or not recorded)
    return int(status)


def payloads(session: SessionFile, role: str, channel: str) -> list[tuple[int, bytes]]:
    """Return arrival and payload of each packet."""
    packets = session.packets(role, channel)
    ends = packets.lengths.cumsum().tolist()
    starts = [0, *ends[:-1]]
    cut = [packets.payload[start:end] for start, end in zip(starts, ends, strict=False)]
    return list(zip(packets.host_time_ns.tolist(), cut, strict=True))


def holes(recorded: list[tuple[int, bytes]], sent: list[bytes]) -> tuple[list[Hole], int]:
    """Return what is missing, and how many recorded packets do not follow the order of sending."""
    found, at, last_ns, strangers = [], 0, None, 0
    for time_ns, payload in recorded:
        try:
            place = sent.index(payload, at)
        except ValueError:
            strangers += 1
            continue
        if place > at:
            found.append(Hole(place - at, last_ns, time_ns))
        at, last_ns = place + 1, time_ns
    if at < len(sent):
        found.append(Hole(len(sent) - at, last_ns, None))
    return found, strangers


def at_a_seam(hole: Hole, seams: list[int]) -> bool:
    """Return whether a link was lost there, or it lies before the first or after the last."""
    return hole.at_an_end or any(hole.from_ns <= seam_ns <= hole.to_ns for seam_ns in seams)


def total(found: list[Hole]) -> int:
    return sum(hole.count for hole in found)


def gaps_s(recorded: list[tuple[int, bytes]], most: int = 4) -> str:
    times = [time_ns for time_ns, _ in recorded]
    gaps = sorted((later - earlier for earlier, later in pairwise(times)), reverse=True)
    return ", ".join(f"{gap / 1e9:.2f}" for gap in gaps[:most])


def link_history(session: SessionFile, role: str) -> str:
    told = (
        f"{event.host_time_ns / 1e9:.1f} s {event.kind} {event.reason}".strip()
        for event in session.link_events(role)
    )
    return "; ".join(told)


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
