"""A stored session played again as if its device were sending."""

from __future__ import annotations

import asyncio
from heapq import merge
from operator import itemgetter
from typing import TYPE_CHECKING

from insole.errors import LinkError
from insole.transport.base import Notification

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from insole.record.reader import SessionFile
    from insole.transport.rig import Item


class ReplayLink:
    """A link to one device of a stored session.

    Parameters
    ----------
    session : SessionFile
        The session.
    role : str
        Which of its devices.
    speed : float, optional
        1 for real time, 2 for twice as fast; by default as fast as it is read.
    """

    def __init__(self, session: SessionFile, role: str, *, speed: float | None = None) -> None:
        if role not in session.devices:
            known = ", ".join(session.devices) or "none"
            raise LinkError(role, f"{session.path} has no such device; it has: {known}")
        if speed is not None and not speed > 0:
            raise LinkError(role, f"cannot be replayed at a speed of {speed}; give more than 0")
        self._session = session
        self._role = role
        self._speed = speed
        self._open = self._closed = False

    @property
    def role(self) -> str:
        """Which device of the session this is."""
        return self._role

    async def open(self) -> None:
        """Make ready to play."""
        if self._closed:
            raise LinkError(self._role, "is closed; make a new link")
        self._open = True

    async def close(self) -> None:
        """Stop playing; final, and safe to call twice."""
        self._open, self._closed = False, True

    async def read(self, channel: str) -> bytes:
        """Return what the device last said on a channel when it was recorded."""
        packets = self._session.packets(self._role, channel)
        if not len(packets):
            raise LinkError(self._role, f"channel {channel} was not recorded")
        return packets.payload[len(packets.payload) - int(packets.lengths[-1]) :]

    async def write(self, channel: str, payload: bytes, *, response: bool) -> None:  # noqa: ARG002 - the protocol's
        """Refuse: what was recorded cannot be told anything."""
        raise LinkError(self._role, f"a replay takes no writes to {channel}")

    async def notifications(self) -> AsyncIterator[Item]:
        """Yield what was recorded, in the order of arrival, until the end or until closed."""
        if not self._open:
            raise LinkError(self._role, "is not open; open it first")
        start_s = asyncio.get_running_loop().time()
        for item in items(self._session, self._role):
            await self._wait_until_due(item, start_s)
            if self._closed:
                return
            yield item

    async def _wait_until_due(self, item: Item, start_s: float) -> None:
        if self._speed is not None:
            due_s = start_s + item.host_time_ns / 1e9 / self._speed
            await asyncio.sleep(max(0.0, due_s - asyncio.get_running_loop().time()))


def items(session: SessionFile, role: str) -> Iterator[Item]:
    """Yield the packets and link events of one device in the order of arrival."""
    return (item for _, item in numbered_items(session) if item.role == role)


def numbered_items(session: SessionFile) -> Iterator[tuple[int, Item]]:
    """Yield the packets and link events of all devices, each with its place in that order."""
    streams = (_notifications(session, *stream) for stream in session.streams())
    return merge(session.numbered_link_events(), *streams, key=itemgetter(0))


def _notifications(
    session: SessionFile, role: str, channel: str
) -> Iterator[tuple[int, Notification]]:
    packets = session.packets(role, channel)
    start = 0
    columns = (packets.id.tolist(), packets.host_time_ns.tolist(), packets.lengths.tolist())
    for id_, host_time_ns, length in zip(*columns, strict=True):
        payload = packets.payload[start : start + length]
        start += length
        yield id_, Notification(role, channel, host_time_ns, payload)
