"""A session while it is recorded: packets in, what is known just now out; no I/O, no clock."""

from insole.live.session import Live
from insole.live.state import DeviceState, LiveState

__all__ = ["DeviceState", "Live", "LiveState"]
