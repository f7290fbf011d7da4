"""The exercise while it goes on: the report's own functions on the samples so far, again and again.

Between two of these looks back, a few numbers are taken from each block of samples. A look back at
the present heel-up is provisional; when the heels have been down for a while all samples are judged
together, as the report will judge them. Somebody else may work them out meanwhile; then what they
find comes later, and what the blocks tell does not wait for it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from insole import measured
from insole.live.attempt import Attempt, is_lowered, last_of, top_height_mm
from insole.live.finished import Finished
from insole.live.look import AtOnce, Look, judge, pace_s, soonest_s
from insole.live.moment import Moment
from insole.measure.following import Following
from insole.measure.kind import sort_kinds
from insole.report.build import Known
from insole.report.model import SessionFacts

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from concurrent.futures import Executor

    from insole.capabilities import Capabilities
    from insole.detect.watch import Watch
    from insole.filter.calibrate import Gains
    from insole.live.history import History
    from insole.measure.finding import Findings
    from insole.measure.kind import Exercise
    from insole.measure.params import Params
    from insole.measured import Measured

STEADY_SAG = 0.1
"""A heel-up that has lost no more than this part of its height is held (our choice)."""
AFTER_UP_S, AFTER_DOWN_S = 0.7, 0.3
"""The first look after the heels left the floor (heel-ups shorter than 0.6 s are none) and after
they came back (a contact is read from what follows it), s."""
SETTLE_S, SETTLE_FRACTION = 3.0, 0.01
"""All samples are judged together once the heels have been down for 3 s (heights look at the 2 s
after a contact) and a hundredth of the samples' time, since they cost more the more there are (our
choice)."""
KEPT_S, MOST_S = 1800.0, 3600.0
"""How much is kept to be judged together, s, from a quiet place on; and when nobody stood quietly,
at most (our choice: what ended before stays as it was judged)."""
CARRY_S, CARRY_BEFORE_S = 60.0, 8.0
"""When a look back takes in more, what ended so long ago is carried on as it is, s (our choice)."""
LONGEST_S = 240.0
"""More than this is not looked back at, s: blocks alone are followed until the heels are down, and
then all is judged together (our choice)."""
OPEN_S = 0.3
"""A heel-up found goes on if it reaches so far beyond the moment when the heels left the floor, s
(half of the shortest heel-up)."""
OVER_S = 1.5
"""…and if it does not end so long before the last sample, s: heels that come down slowly bear too
little to be called down at once, and from this on they are (our choice)."""
SEEN_S = 0.3
"""A top or a lowering is one when it began so long ago, s (`BoundaryParams.min_hold_s`)."""


class ExerciseWatch:
    """Follows one session; what it finds depends on the samples alone.

    Parameters
    ----------
    history : History
        The samples of all soles, numbered from 0.
    watch : Watch
        Which heels are up, and who stands quietly; it must know a block before this does.
    capabilities : Capabilities
        What the soles sense together.
    rate_hz : float
        Rate of the samples, Hz.
    first_s : float
        When the first sample was, s.
    exercise : {"isometric_hold", "eccentric_raise"} or None
        What was said to be done.
    params : Params
        Settings of the analysis.
    executor : Executor, optional
        Who works out looks back; if it is not given, they are waited for.
    """

    def __init__(
        self,
        history: History,
        watch: Watch,
        capabilities: Capabilities,
        *,
        rate_hz: float,
        first_s: float,
        exercise: Exercise | None,
        params: Params,
        executor: Executor | None = None,
    ) -> None:
        self._history, self._params = history, params
        self._executor = executor or AtOnce()
        self._going: Look | None = None
        self._rate_hz, self._first_s = rate_hz, first_s
        self._now = Moment(history, watch, rate_hz, params)
        self._known = Known(
            session=SessionFacts("", None, None, 0.0, {}),
            capabilities=capabilities,
            quality={},
            sync=measured.not_observable("ms", "sum_of_clock_residuals", "sync"),
            software={},
            exercise=exercise,
        )
        self._settled, self._carried, self._fresh = Finished(), Finished(), Finished()
        self._judged_to = self._settled_to = 0
        self._first_up: int | None = None
        self._soon: int | None = None
        self._looked, self._window_s = 0, 0.0
        self._attempt: Attempt | None = None
        self._resumed: Attempt | None = None
        self._touching = False
        self._at_top: list[tuple[float, float]] = []

    def step(
        self, end: int, known: Mapping[str, Collection[str]], sync: Callable[[], Measured]
    ) -> None:
        """Take one more block.

        Parameters
        ----------
        end : int
            The sample behind it.
        known : mapping of role to collection of str
            What each device tells.
        sync : function
            Returns how far apart the clocks may be, ms.
        """
        self.gather()
        before, now = self._now.changed, self._now
        if now.step(end, known):
            self._change((now.changed - before) / self._rate_hz)
        if now.up and self._attempt and (height := now.height_mm(self._attempt.side)) is not None:
            self._at_top.append((self._seconds(end), height))
        if self._is_due():
            self._looked, self._soon = end, None
            self._look_back(known)
        is_over = self._first_up is not None and not now.up
        if is_over and self._going is None and now.since_change_s >= self._settles_s:
            self._known = replace(self._known, sync=sync())
            self._begin(self._history.start, known, None, settles=True)
        if end - self._history.start > MOST_S * self._rate_hz:
            self._history.drop_before(end - round(KEPT_S * self._rate_hz))

    def _is_due(self) -> bool:
        """Tell whether it is time to look back."""
        if self._going is not None:
            return False
        now, since_s = self._now, (self._now.end - self._looked) / self._rate_hz
        if self._soon is not None:
            return now.end >= self._soon and since_s >= soonest_s(self._window_s)
        if self._first_up is None or not (now.up or now.since_change_s < SETTLE_S):
            return False
        one, sag = self._attempt, self._sag()
        held = one is not None and sag is not None and sag < STEADY_SAG
        steady = held or not now.sees_height or not now.up
        return since_s >= pace_s(self._window_s, steady=steady)

    @property
    def _settles_s(self) -> float:
        whole_s = (self._now.end - self._history.start) / self._rate_hz
        return SETTLE_S + SETTLE_FRACTION * whole_s

    def _seconds(self, sample: float) -> float:
        return self._first_s + sample / self._rate_hz

    def _change(self, after_s: float) -> None:
        """Note that the heels have left the floor, or met it, so long after the change before."""
        now, one = self._now, self._attempt
        after = AFTER_UP_S if now.up else AFTER_DOWN_S
        self._soon = now.end + round(after * self._rate_hz)
        if not now.up:
            self._touching = one is not None and one.is_hold and one.onset_s is None
            return
        self._resumed = None
        if one is not None and one.is_hold and after_s <= self._params.exercise.touch_s:
            one = self._resumed = replace(one, onset_s=None, contact_s=None, held_s=None)
            self._fresh = self._fresh.without_rounds(one.since_s)
        else:
            one, self._at_top = Attempt(self._seconds(now.changed), now.working()), []
        self._attempt = one
        self._first_up = now.changed if self._first_up is None else self._first_up

    # Looking back -------------------------------------------------------------------------------

    def _look_back(self, known: Mapping[str, Collection[str]]) -> None:
        """Judge what has happened since the heels left the floor."""
        now = self._now
        start = now.place_before(max(self._judged_to, self._first_up or 0))
        self._window_s = (now.end - start) / self._rate_hz
        if self._window_s > LONGEST_S:
            if not now.up:
                self._carry(now.end)
            return
        self._begin(start, known, now.gains, settles=False)

    def _begin(
        self,
        start: int,
        known: Mapping[str, Collection[str]],
        gains: Gains | None,
        *,
        settles: bool,
    ) -> None:
        """Let the samples from one on be judged."""
        now = self._now
        table = self._history.table(start, now.end, known)
        result = self._executor.submit(
            judge, table, gains, self._known, self._params, self._seconds(start),
            provisional=not settles,
        )  # fmt: skip
        self._going = Look(start, now.end, now.changed, settles, result)
        self.gather()

    def gather(self) -> None:
        """Take over what was found by looking back, if that is over.

        If the heels have left the floor or met it meanwhile, there will be another look soon, and
        this one is dropped.
        """
        look = self._going
        if look is None or not look.result.done():
            return
        self._going = None
        found, whole = look.result.result()
        if look.changed != self._now.changed:
            return
        if look.settles:
            self._settle(look, found, whole)
        else:
            self._learn(look, found, whole)

    def _learn(self, look: Look, found: Findings, whole: Finished) -> None:
        """Take over what has happened since the heels left the floor."""
        if going := self._is_open(look, found):
            self._go_on(look, found)
            whole = self._ended(look, found, whole)
        self._fresh = whole.since(self._seconds(self._judged_to))
        if not going:
            self._end_attempt(self._fresh)
        if (look.end - look.start) / self._rate_hz > CARRY_S:
            latest = look.end - CARRY_BEFORE_S * self._rate_hz
            self._carry(max((place for place in self._now.quiet if place <= latest), default=0))

    def _settle(self, look: Look, found: Findings, whole: Finished) -> None:
        """Take over what all samples tell together."""
        begins_s = self._seconds(look.start)
        self._settled = self._settled.before(begins_s).then(whole.since(begins_s))
        self._end_attempt(self._settled.since(self._seconds(self._settled_to)))
        self._now.gains = found.gains
        self._carried = self._fresh = Finished()
        self._judged_to = self._settled_to = look.end
        self._first_up = self._soon = None
        oldest = look.end - KEPT_S * self._rate_hz
        self._history.drop_before(max((p for p in self._now.quiet if p <= oldest), default=0))

    def _is_open(self, look: Look, found: Findings) -> bool:
        """Tell whether the last heel-up found is the present one."""
        if not (self._now.up and found.times):
            return False
        end = look.start + found.times[-1].pair.end
        begun = end >= look.changed + OPEN_S * self._rate_hz
        return begun and end >= look.end - OVER_S * self._rate_hz

    def _go_on(self, look: Look, found: Findings) -> None:
        """Learn what is known of the heel-up that goes on."""
        params, last, said = self._params, found.times[-1], self._known.exercise
        start, count = look.start, look.end - look.start
        lasts = count - (last.onset or 0.0)
        lowered = lasts >= SEEN_S * self._rate_hz and is_lowered(found, last)
        if last.phases is not None and not lowered:
            # until it is lowered it has been held to the last sample
            last = replace(last, phases=replace(last.phases, onset=last.pair.end - last.lead))
        times = [*found.times[:-1], last]
        holds, _ = sort_kinds(times, said, self._rate_hz, params.exercise)
        is_hold = bool(holds) and holds[-1].pieces[-1] is last
        if self._resumed is not None and not (is_hold or lowered):
            # too short yet to tell that it belongs to the hold before the touch
            self._attempt = self._resumed
            return
        first = holds[-1].pieces[0] if is_hold else last
        kind: Exercise | None = said
        if kind is None and (is_hold or lowered):
            kind = "isometric_hold" if is_hold else "eccentric_raise"
        top, onset = first.top, last.onset
        if top is not None and not lowered and count - top < SEEN_S * self._rate_hz:
            top = None
        self._attempt = Attempt(
            since_s=self._seconds(start + first.pair.start),
            side=last.pair.side,
            kind=kind,
            top_s=None if top is None else self._seconds(start + top),
            onset_s=None if onset is None or not lowered else self._seconds(start + onset),
        )

    def _ended(self, look: Look, found: Findings, whole: Finished) -> Finished:
        """Return what has ended, and of the heel-up that goes on what has been for certain."""
        last, one, start = found.times[-1], self._attempt, look.start
        until = last.pair.end
        if one is not None and one is self._resumed:
            until = round((one.since_s - self._first_s) * self._rate_hz) - start
        ended = whole.before(self._seconds(start + until) - 0.5 / self._rate_hz)
        told = {"heel_off"} if one is None else one.told
        begun_s = self._seconds(start + last.lead) - OPEN_S
        events = [e for e in whole.events if e.time_s < begun_s or e.event in told]
        return replace(ended, events=tuple(events))

    def _end_attempt(self, ended: Finished) -> None:
        """Learn what is known of the heel-up that has just ended."""
        one, last = self._attempt, last_of(ended)
        changed_s = self._seconds(self._now.changed)
        if one is None:
            return
        if not self._now.up:
            self._attempt = last or replace(one, contact_s=changed_s)
        elif last is not None and (last.contact_s or 0.0) > changed_s:
            self._attempt = last

    def _carry(self, to: int) -> None:
        """Keep what ended before a sample, so that the next look back need not go so far."""
        if to > self._judged_to:
            self._carried = self._carried.then(self._fresh.before(self._seconds(to)))
            self._fresh = self._fresh.since(self._seconds(to))
            self._judged_to = to

    # What is known ------------------------------------------------------------------------------

    def following(self) -> Following:
        """Return what is known now."""
        now, one = self._now, self._attempt
        ended = self._settled.then(self._carried.then(self._fresh))
        if one is not None and self._is_paused:
            ended = ended.without_rounds(one.since_s)
        left_share = now.left_share()
        resting = None
        if one is not None and left_share is not None and one.side != "both":
            resting = left_share if one.side == "right" else 1.0 - left_share
        return Following(
            time_s=self._seconds(now.end),
            side=one.side if one else None,
            kind=one.kind if one else None,
            heel_up=now.up,
            heel_up_since_s=one.since_s if one else None,
            top_reached_s=one.top_s if one else None,
            lowering_onset_s=one.onset_s if one else None,
            heel_contact_s=self._contact_s(),
            heels=now.heels,
            hold_clock_s=self._clock_s(),
            paused=self._is_paused,
            height_mm=now.height_mm(one.side if one else "both"),
            top_height_mm=self._top_height_mm(),
            sag=self._sag(),
            left_share=left_share,
            resting_foot_share=resting,
            rounds=ended.rounds,
            reps=ended.reps,
            events=ended.events,
            settled_s=self._seconds(self._settled_to),
        )

    @property
    def _is_paused(self) -> bool:
        short = self._now.since_change_s <= self._params.exercise.touch_s
        return self._touching and not self._now.up and short

    def _contact_s(self) -> float | None:
        if self._attempt is None:
            return None
        if self._attempt.contact_s is not None or self._now.up:
            return self._attempt.contact_s
        return self._seconds(self._now.changed)

    def _clock_s(self) -> float:
        """Return how long the top has been held, s; where no height is seen, the heel-up."""
        now, one = self._now, self._attempt
        if one is None:
            return 0.0
        if one.held_s is not None and not self._is_paused:
            return one.held_s
        until_s = self._seconds(now.end if now.up else now.changed)
        return one.clock_s(until_s, sees_height=now.sees_height)

    def _sag(self) -> float | None:
        """Return the part of the height at the top that is lost now."""
        top_mm = self._top_height_mm()
        height_mm = self._now.height_mm(self._attempt.side) if self._attempt else None
        return None if height_mm is None or not top_mm else 1.0 - height_mm / top_mm

    def _top_height_mm(self) -> float | None:
        top_s = self._attempt.top_s if self._attempt else None
        if top_s is None:
            return None
        return top_height_mm(top_s, self._at_top)
