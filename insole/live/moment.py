"""What the last block of samples tells by itself: heels, heights, loads, who stands quietly."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from insole import tables
from insole.detect.activity import BLOCK_S
from insole.live.reading import ACC
from insole.live.tilt import Tilt

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from insole.detect.watch import Watch
    from insole.filter.calibrate import Gains
    from insole.live.history import History
    from insole.measure.params import Params

QUIET_S = 2.0
"""A look back begins where somebody stood quietly for so long, s: the levels of a heel are learnt
from 1 s of it (`LevelParams.quiet_s`), and a second in the middle of a set may not be flat (our
choice)."""
BEFORE_S = 10.0
"""How much standing a look back takes in before the heel-up, s (our choice)."""


class Moment:
    """Follows one session block by block.

    Parameters
    ----------
    history : History
        The samples of all soles, numbered from 0.
    watch : Watch
        Which heels are up, and who stands quietly; it must know a block before this does.
    rate_hz : float
        Rate of the samples, Hz.
    params : Params
        Settings of the analysis.

    Attributes
    ----------
    end : int
        The sample behind the last block.
    up : bool
        True while every foot that carries load has its heel up.
    changed : int
        The sample at which the block began that changed that.
    quiet : deque of int
        Samples at which somebody stands quietly, and has been flat on both feet.
    gains : Gains or None
        What makes the soles comparable.
    """

    def __init__(self, history: History, watch: Watch, rate_hz: float, params: Params) -> None:
        self._history, self._watch, self._params = history, watch, params
        self._rate_hz, self._width = rate_hz, max(1, round(BLOCK_S * rate_hz))
        self._tilts = {role: Tilt(rate_hz, params.height) for role in watch.feet}
        self._heights: dict[str, float | None] = {}
        self.end = self.changed = 0
        self.up = False
        self.quiet: deque[int] = deque([0], maxlen=512)
        self.gains: Gains | None = None

    def step(self, end: int, known: Mapping[str, Collection[str]]) -> bool:
        """Take the block that ends at a sample; return whether the heels left the floor or met it.

        Parameters
        ----------
        end : int
            The sample behind it.
        known : mapping of role to collection of str
            What each device tells.
        """
        self.end, activity = end, self._watch.activity
        stands = activity is not None and activity.standing_since is not None
        if activity is not None and activity.standing_since is not None:
            self._note_quiet(activity.standing_since * self._width)
        for role, tilt in self._tilts.items():
            if tables.ACC[0] in known[role]:
                acc = self._history.part(role, end - self._width, end)[ACC]
                self._heights[role] = tilt.feed(acc, flat=stands)
        up = activity is not None and activity.heels_up
        if up == self.up:
            return False
        self.up, self.changed = up, end - self._width
        return True

    @property
    def since_change_s(self) -> float:
        """How long the heels have been up, or down, s."""
        return (self.end - self.changed) / self._rate_hz

    @property
    def sees_height(self) -> bool:
        """True if an inertial sensor tells the height of some heel."""
        return any(height is not None for height in self._heights.values())

    @property
    def heels(self) -> dict[str, bool | None]:
        """Whether the heel of each foot is up; None where that cannot be told."""
        return {role: self._watch.heels[role] for role in self._watch.feet}

    def place_before(self, first: int) -> int:
        """Return the quiet place from which a look back at what follows a sample begins."""
        oldest, wanted = self._history.start, first - round(BEFORE_S * self._rate_hz)
        places = [place for place in self.quiet if oldest <= place <= first]
        early = [place for place in places if place <= wanted]
        if early:
            return early[-1]
        return places[0] if places else max(oldest, wanted)

    def height_mm(self, side: str) -> float | None:
        """Return the mean heel height of a foot, or of ``both``, mm."""
        heights = [h for role, h in self._heights.items() if side in {role, "both"}]
        known = [height for height in heights if height is not None]
        return sum(known) / len(known) if known else None

    def left_share(self) -> float | None:
        """Return the part of the load that is on the left foot."""
        loads = self._loads()
        whole = sum(loads.values())
        return loads["left"] / whole if set(loads) == set(tables.SIDES) and whole > 0.0 else None

    def working(self) -> str:
        """Return the foot, or ``both``, that carries load enough to have a say."""
        loads = self._loads()
        least = self._params.pair.vote_share * sum(loads.values())
        working = [role for role, load in loads.items() if load >= least]
        return working[0] if len(working) == 1 else "both"

    def _loads(self) -> dict[str, float]:
        factors = {"left": self.gains.left, "right": self.gains.right} if self.gains else {}
        known = {role: self._watch.loads[role] for role in self._watch.feet}
        return {
            role: load * factors.get(role, 1.0) for role, load in known.items() if load is not None
        }

    def _note_quiet(self, since: int) -> None:
        """Note each second that begins a stretch of quiet standing long enough."""
        place = self.end - round(QUIET_S * self._rate_hz)
        if place >= since and place >= self.quiet[-1] + self._rate_hz:
            self.quiet.append(place)
