"""Simulated time, shared by links, so that what they send comes out in order."""

from __future__ import annotations

import asyncio


class SimClock:
    """Simulated time shared by links, so that what they send comes out in order of time.

    Each open link waits here for its next packet's time. When all wait, the earliest goes on; so
    every open link must be listened to. Nothing waits for real time unless `pace` says so.

    Parameters
    ----------
    pace : float
        Real seconds for each simulated second; 0 for as fast as possible, 1 for real time.
    """

    def __init__(self, pace: float = 0.0) -> None:
        self._pace = pace
        self._links: set[str] = set()
        self._waiting: dict[str, tuple[int, asyncio.Future[None]]] = {}
        self._start_s: float | None = None

    def join(self, role: str) -> None:
        """Let a link take part."""
        self._links.add(role)

    def leave(self, role: str) -> None:
        """Let a link go, at once if it waits; the others no longer wait for it."""
        self._links.discard(role)
        if role in self._waiting:
            self._let_go(role)
        self._release()

    async def until(self, role: str, time_ns: int) -> None:
        """Let a link wait until no other has anything to send before this time in ns.

        A link that has left does not wait.
        """
        if role not in self._links:
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting[role] = (time_ns, turn)
        self._release()
        try:
            await turn
        finally:
            self._waiting.pop(role, None)
        await self._keep_pace(time_ns)

    def _release(self) -> None:
        if self._waiting and self._waiting.keys() >= self._links:
            self._let_go(min(self._waiting, key=lambda role: self._waiting[role][0]))

    def _let_go(self, role: str) -> None:
        _, turn = self._waiting.pop(role)
        if not turn.done():
            turn.set_result(None)

    async def _keep_pace(self, time_ns: int) -> None:
        """Sleep until real time has come; without a pace, only let others work."""
        now_s = asyncio.get_running_loop().time()
        if self._start_s is None:
            self._start_s = now_s
        due_s = self._start_s + self._pace * time_ns / 1e9
        await asyncio.sleep(max(0.0, due_s - now_s))
