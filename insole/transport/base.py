"""What a device is to the rest: a handful of calls, and an ordered stream of what it sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

LinkKind: TypeAlias = Literal["connected", "lost", "stalled", "reconnected", "closed"]


@dataclass(frozen=True, slots=True)
class Notification:
    """One notification as the device sent it.

    ``host_time_ns`` counts from the start of the recording on a monotonic clock.
    """

    role: str
    channel: str
    host_time_ns: int
    payload: bytes


@dataclass(frozen=True, slots=True)
class LinkEvent:
    """A change of the connection; it marks a seam between two stretches of packets."""

    role: str
    host_time_ns: int
    kind: LinkKind
    reason: str = ""


class Link(Protocol):
    """One connection to one device, real, simulated or replayed."""

    @property
    def role(self) -> str:
        """Which device of the rig this is: ``left``, ``right``, ``plate`` and so on."""

    async def open(self) -> None:
        """Connect and run the spec's connect script."""

    async def close(self) -> None:
        """Stop and disconnect; final, and safe to call twice."""

    async def read(self, channel: str) -> bytes:
        """Return the value of a readable channel."""

    async def write(self, channel: str, payload: bytes, *, response: bool) -> None:
        """Write to a channel."""

    def notifications(self) -> AsyncIterator[Notification | LinkEvent]:
        """Yield what the device sends, in order, until the link is closed or ends."""


@runtime_checkable
class Hoarding(Protocol):
    """A link to what does not wait: what arrives and is not taken at once, it keeps."""

    def arrived(self) -> list[Notification | LinkEvent]:
        """Take at once all that has arrived and was not yielded yet."""
