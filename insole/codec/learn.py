"""A dialect over a whole recording: taught message by message, applied to all in between."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from insole.codec.dialect import Frame
from insole.codec.merge import Rows, merge

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from insole.codec.dialect import Dialect
    from insole.codec.group import Gathered, Lesson

    Ints = npt.NDArray[np.int64]
    Told = tuple[int, Lesson]


@dataclass(frozen=True, slots=True)
class Heard:
    """What came on one channel.

    Parameters
    ----------
    gathered : Gathered
        Its messages as they were sent.
    packet_id : ndarray of int64, (p,)
        Of each packet; rises over all channels in order of arrival.
    host_time_ns : ndarray of int64, (p,)
        Arrival of each packet, ns.
    """

    gathered: Gathered
    packet_id: Ints
    host_time_ns: Ints


def translate(dialect: Dialect, heard: Sequence[Heard]) -> None:
    """Put messages into the spec's units, each by what the dialect had learnt when it came.

    Parameters
    ----------
    dialect : Dialect
        New; knows in the end all that the recording teaches.
    heard : sequence of Heard
        All channels; their messages are replaced.
    """
    done: dict[tuple[int, str], list[Rows]] = {}
    begun: dict[tuple[int, str], int] = {}
    for told in (*_in_order(heard), None):
        for channel, name, rows in _messages(heard):
            end = len(rows.packet) if told is None else _before(rows, heard, channel, told)
            start = begun.get((channel, name), 0)
            begun[channel, name] = end
            if end > start:
                part = _translated(dialect, name, rows.part(start, end), heard[channel])
                done.setdefault((channel, name), []).extend(part)
        if told:
            dialect.on_frame(_frame(told, heard))
    for channel, each in enumerate(heard):
        each.gathered.messages = {
            name: merge(done[channel, name])
            for name in each.gathered.messages
            if done.get((channel, name))
        }


def _messages(heard: Sequence[Heard]) -> Iterator[tuple[int, str, Rows]]:
    for channel, each in enumerate(heard):
        for name, rows in each.gathered.messages.items():
            yield channel, name, rows


def _in_order(heard: Sequence[Heard]) -> list[Told]:
    """Return all lessons with the channel that each came on, in order of arrival."""
    told = [(channel, one) for channel, each in enumerate(heard) for one in each.gathered.lessons]
    return sorted(told, key=lambda one: (_packet_id(one, heard), one[1].sequence))


def _packet_id(told: Told, heard: Sequence[Heard]) -> int:
    channel, lesson = told
    return int(heard[channel].packet_id[lesson.packet])


def _before(rows: Rows, heard: Sequence[Heard], channel: int, told: Told) -> int:
    """Return how many messages came before a lesson."""
    if channel == told[0]:
        return int(np.searchsorted(rows.sequence, told[1].sequence))
    packet_id = heard[channel].packet_id[rows.packet]
    return int(np.searchsorted(packet_id, _packet_id(told, heard)))


def _frame(told: Told, heard: Sequence[Heard]) -> Frame:
    channel, lesson = told
    host_time_ns = int(heard[channel].host_time_ns[lesson.packet])
    return Frame(lesson.message, host_time_ns, lesson.header, lesson.samples)


def _translated(dialect: Dialect, name: str, rows: Rows, each: Heard) -> list[Rows]:
    frames = Frame(name, each.host_time_ns[rows.packet], rows.header, rows.samples)  # type: ignore[arg-type]  # many at once
    translated = dialect.translate(frames)
    if translated is None:
        return []
    return [replace(rows, header=translated.header, samples=translated.samples)]
