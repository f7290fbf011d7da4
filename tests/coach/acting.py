"""What Live would say of a person who acts exactly as a script says; times in s."""

from __future__ import annotations

from dataclasses import dataclass, replace

from insole import measured
from insole.coach import engine
from insole.coach.model import Plan, PlannedSet, Rig
from insole.measure.following import Following, Repetition, Round
from insole.measure.model import HoldRow, RaiseRow
from insole.programme.load import load_programme

PAIN = load_programme().pain
TOP_AFTER_S = 1.0
SETTLES_S = 1.5
NOT_SEEN = measured.not_observable("1", "left_over_total", "one_side")
ALL = Rig(heel=True, height=True)


def plan(*sets, rig=ALL, asked=("left",)):
    return Plan(sets, rig, PAIN, asked, 1.0, 4.0, 6.5, 16)


def holds(side="both", rounds=2, hold_s=10.0):
    variant = "double" if side == "both" else "single"
    return PlannedSet("isometric_hold", variant, side, rounds, hold_s, None)


def raises(side="both", variant="double"):
    return PlannedSet("eccentric_raise", variant, side, 1, None, 5.0)


@dataclass(frozen=True)
class Up:
    """One heel-up: when it leaves the floor, how long it is at the top, how long it lowers."""

    off_s: float
    top_s: float
    lower_s: float = 1.0
    side: str = "both"
    variant: str = "double"
    counted: bool = True
    reasons: tuple = ()
    touches: tuple = ()
    sags: tuple = ()
    resting: float | None = None
    share: float | None = 0.5

    @property
    def onset_s(self):
        return self.off_s + TOP_AFTER_S + self.top_s

    @property
    def contact_s(self):
        return self.onset_s + self.lower_s


def facts(ups, time_s, *, kind="isometric_hold", height=True):
    """Return what is known at a time."""
    begun = [up for up in ups if up.off_s <= time_s]
    over = [up for up in begun if time_s >= up.contact_s + 0.3]
    rows = [(row(up, kind, height), time_s < up.contact_s + SETTLES_S) for up in over]
    rounds = tuple(Round(r, p) for r, p in rows) if kind == "isometric_hold" else ()
    reps = tuple(Repetition(r, p) for r, p in rows) if kind != "isometric_hold" else ()
    known = Following(time_s, heels={"left": False, "right": False}, rounds=rounds, reps=reps)
    if not begun:
        return known
    up = begun[-1]
    top_s = up.off_s + TOP_AFTER_S
    touching = any(start <= time_s < end for start, end in up.touches)
    paused = touching or up.contact_s <= time_s < up.contact_s + 1.5
    is_up = time_s < up.contact_s and not touching
    at_top = time_s >= top_s and is_up
    passed = (time_s - up.onset_s) / up.lower_s
    sag = max(0.0, passed, *(0.4 for start, end in up.sags if start <= time_s < end))
    return replace(
        known,
        side=up.side,
        heel_up=is_up,
        heel_up_since_s=up.off_s,
        top_reached_s=top_s if height and time_s >= top_s else None,
        lowering_onset_s=up.onset_s if height and time_s >= up.onset_s + 0.2 * up.lower_s else None,
        heel_contact_s=up.contact_s if time_s >= up.contact_s else None,
        hold_clock_s=max(0.0, min(time_s, up.onset_s) - (top_s if height else up.off_s)),
        paused=paused and kind == "isometric_hold" and time_s > top_s,
        height_mm=80.0 * (1 - sag) if height else None,
        sag=min(sag, 1.0) if height and at_top else None,
        left_share=up.share,
        resting_foot_share=up.resting,
    )


def row(up, kind, height):
    """Return the row of the report for a heel-up."""
    if kind == "isometric_hold":
        long_s = measured.ok(up.top_s, "s", "top_to_lowering_onset")
        unseen = measured.not_observable("s", "top_to_lowering_onset", "no_imu")
        heel_up_s = measured.ok(up.contact_s - up.off_s, "s", "heel_load_two_levels")
        return HoldRow(
            1, up.side, up.off_s, up.contact_s, None, None, long_s if height else unseen, unseen,
            heel_up_s, NOT_SEEN, NOT_SEEN, NOT_SEEN, NOT_SEEN, NOT_SEEN, 0, None, None, (),
        )  # fmt: skip
    values = dict.fromkeys(RaiseRow.__dataclass_fields__, NOT_SEEN)
    lowering = measured.ok(up.lower_s, "s", "lowering_onset_to_heel_contact")
    values |= {
        "set": 1, "rep": 1, "side": up.side, "variant": up.variant, "heel_off_s": up.off_s,
        "top_s": None, "lowering_onset_s": None, "heel_contact_s": up.contact_s,
        "lowering_s": lowering if height else NOT_SEEN,
        "tempo": None, "tempo_met": None, "counted": up.counted, "reasons": up.reasons,
    }  # fmt: skip
    return RaiseRow(**values)


def act(the_plan, ups=(), *, until_s, keys=(), kind="isometric_hold", look_s=0.1, score="0"):
    """Return the last state and all cues; questions are answered after 1 s unless score is ""."""
    state, said = engine.start(the_plan, 0.0)
    cues, waiting, time_s = list(said), sorted(keys), 0.0
    height, heel = the_plan.rig.height, the_plan.rig.heel
    while time_s < until_s and state.phase != "done":
        time_s = round(time_s + look_s, 6)
        typed = ""
        if score and state.asked_s is not None and time_s - state.asked_s > 1.0:
            typed = score
        while waiting and waiting[0][0] <= time_s:
            typed += waiting.pop(0)[1]
        seen = facts(ups, time_s, kind=kind, height=height) if heel else None
        state, said = engine.advance(state, the_plan, seen, time_s, typed)
        cues += said
    return state, cues


def kinds(cues):
    return [cue.kind for cue in cues]
