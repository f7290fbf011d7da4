"""What is known of a recording just now, worked out beside it so that no packet waits for it.

Decoding and filtering take some ms at a time. In the event loop that receives the packets, these
would delay their stamps. So a thread works on what has arrived, and the loop only fetches the
newest finished state. Looks back at the exercise, which take a tenth of a second and more, are for
yet another thread (see `Live`): what the last samples tell does not wait for them.
"""

from __future__ import annotations

import gc
import logging
import sys
import time
from collections import deque
from contextlib import contextmanager, suppress
from dataclasses import replace
from threading import Event, Thread
from typing import TYPE_CHECKING, Protocol

from insole.transport.base import LinkEvent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from insole.live import Live, LiveState
    from insole.transport.rig import Item

PACE_S = 0.1
"""How often what has arrived is worked through, s (our choice: all at once, it costs less)."""
AT_ONCE = 500
"""How many items are worked through between two looks at the clock (our choice)."""
STATE_EVERY_S = 0.25
"""How often there is a new state, s (our choice: so often are the lines on the screen written)."""
MOST_WAITING = 20_000
"""Items that may wait to be worked through: five seconds of twenty devices that send 200 a second
each (our choice). The packets among them are left out then; the file has them all the same."""
LEAVE_AFTER_S = 1.0
"""How long the thread is waited for at the end, s; one that hangs dies with the program."""
SWITCH_S = 0.0005
"""How long a thread may compute while the event loop waits for its turn, s (our choice; Python's
own 5 ms would be added to the arrival of packets)."""

_GAP = None
_log = logging.getLogger(__name__)


class View(Protocol):
    """Somebody who takes what arrives, and says what is known."""

    def take(self, item: Item) -> None:
        """Take what a link has sent, in order of arrival."""

    def look(self, now_ns: int) -> LiveState | None:
        """Return what is known; None if that is nothing yet, or the view has failed."""

    def close(self) -> None:
        """Take nothing more."""


class InStep:
    """A view that is up to date at each packet; for devices that wait until it is.

    Parameters
    ----------
    make : callable
        Returns what works on the items.
    """

    def __init__(self, make: Callable[[], Live]) -> None:
        self._live: Live | None = None
        with self._without_it_if_it_fails():
            self._live = make()

    def take(self, item: Item) -> None:
        """Work on an item."""
        if self._live:
            with self._without_it_if_it_fails():
                self._live.take(item)

    def look(self, now_ns: int) -> LiveState | None:
        """Return what is known at a time on the recording's clock, ns."""
        if self._live:
            with self._without_it_if_it_fails():
                return self._live.look(now_ns)
        return None

    def close(self) -> None:
        """Do nothing: there is no thread."""

    @contextmanager
    def _without_it_if_it_fails(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # noqa: BLE001 - a fault in the view may not cost a recording
            self._live = None
            _say_failed(error)


class Beside:
    """A view in a thread of its own, that never holds up who asks it.

    Parameters
    ----------
    make : callable
        Returns what works on the items; called in the thread, as all of it is.
    clock_ns : callable, returns ns
        The clock of the recording.
    most_waiting : int
        How many items may wait.
    state_every_s : float
        How often there is a new state, s.

    Notes
    -----
    Until it has caught up, a state is that of the last item worked through: what follows from it
    depends on the packets, and comes as late as the view is behind.
    """

    def __init__(
        self,
        make: Callable[[], Live],
        clock_ns: Callable[[], int],
        *,
        most_waiting: int = MOST_WAITING,
        state_every_s: float = STATE_EVERY_S,
    ) -> None:
        self._state_every_s = state_every_s
        self._pace_s = min(PACE_S, state_every_s)
        self._make, self._clock_ns, self._most_waiting = make, clock_ns, most_waiting
        self._items: deque[Item | None] = deque()
        self._state: LiveState | None = None
        self._failed = self._left_out = self._ending = False
        self._seen_ns: dict[str, int] = {}
        self._wake = Event()
        self._thread = Thread(target=self._run, name="insole-view", daemon=True)
        self._thread.start()

    def take(self, item: Item) -> None:
        """Put an item where the thread finds it."""
        if self._failed:
            return
        if len(self._items) >= self._most_waiting:
            self._leave_out()
        self._items.append(item)

    def look(self, now_ns: int) -> LiveState | None:  # noqa: ARG002 - the protocol's
        """Return the newest state that is finished, at once."""
        return self._state

    def close(self) -> None:
        """End the thread after what it is just doing."""
        self._ending = True
        self._wake.set()
        self._thread.join(LEAVE_AFTER_S)

    def _leave_out(self) -> None:
        """Forget the packets that wait; what became of the links is still to be told."""
        self._items = deque([_GAP, *(i for i in self._items if isinstance(i, LinkEvent))])
        if not self._left_out:
            _log.warning("the live view is behind and leaves out packets; the recording has them")
        self._left_out = True

    def _run(self) -> None:
        try:
            self._follow(self._make())
        except Exception as error:  # noqa: BLE001 - a fault in the view may not cost a recording
            self._failed, self._state = True, None
            self._items.clear()
            _say_failed(error)

    def _follow(self, live: Live) -> None:
        due_s = 0.0
        while not self._ending:
            self._work_on_some(live)
            if time.monotonic() >= due_s:
                self._state = self._look(live)
                due_s = time.monotonic() + self._state_every_s
            if not self._items:
                self._wake.wait(self._pace_s)

    def _work_on_some(self, live: Live) -> None:
        with suppress(IndexError):  # there are no more
            for _ in range(AT_ONCE):
                if (item := self._items.popleft()) is _GAP:
                    self._begin_anew(live)
                else:
                    live.take(item)
                    self._seen_ns[item.role] = item.host_time_ns

    def _begin_anew(self, live: Live) -> None:
        """Let decoders and clocks not connect what came before a gap with what comes after it."""
        for role, seen_ns in self._seen_ns.items():
            live.take(LinkEvent(role, seen_ns, "reconnected"))

    def _look(self, live: Live) -> LiveState:
        """Return the present state; as long as items wait, that of the last one worked on."""
        newest_ns = max(self._seen_ns.values(), default=0)
        state = live.look(newest_ns if self._items else max(newest_ns, self._clock_ns()))
        return _without_loss(state) if self._left_out else state


def _without_loss(state: LiveState) -> LiveState:
    """Return a state that claims no loss: what was left out here was none."""
    devices = {role: replace(device, loss_fraction=None) for role, device in state.devices.items()}
    return replace(state, devices=devices)


def _say_failed(error: Exception) -> None:
    _log.warning("the live view has failed (%r); the recording goes on without it", error)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Let no other thread, and no search for garbage, keep the event loop waiting for long.

    What was imported is not looked through any more: with pandas and scipy there, that took 0.1 s
    and more at a time.
    """
    switch_s = sys.getswitchinterval()
    gc.collect()
    gc.freeze()
    sys.setswitchinterval(SWITCH_S)
    try:
        yield
    finally:
        sys.setswitchinterval(switch_s)
        gc.unfreeze()
