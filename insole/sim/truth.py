"""What really happened: the arrays and events that measurements are judged against."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pandas as pd

from insole.sim.acts import (
    Dip,
    Lean,
    OneFoot,
    Repetition,
    Rock,
    Sit,
    Stumble,
    ToePress,
    Touch,
    Walk,
)
from insole.tables import SIDES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from insole.sim.acts import Act, FootRise, Timeline
    from insole.sim.curve import Array
    from insole.sim.person import Person

LOAD_REGIONS = ("heel", "midfoot", "forefoot", "hallux", "toes")
"""Parts of a foot that carry load, in the order of `Truth.region_fraction`."""
FOOT_EVENTS = (
    "unload_start", "heel_off", "top_reached", "lowering_onset", "heel_contact", "settled",
)  # fmt: skip
Row: TypeAlias = tuple[str, str, float, int, str, str]
EVENT_COLUMNS = ("event", "side", "t_true_s", "rep", "kind", "mistake")


@dataclass(frozen=True, slots=True)
class Truth:
    """The ground truth of a simulated session; column 0 of a foot's arrays is left, 1 right.

    Parameters
    ----------
    person : Person
        Who did it.
    rate_hz : float
        Rate of the arrays, Hz.
    force_n : ndarray, (n, 2)
        Vertical force under each foot, N.
    left_share : ndarray, (n,)
        Left force / total, 0 to 1; NaN while the feet carry less than 5 % of body weight.
    heel_height_mm : ndarray, (n, 2)
        Height of the heel of a foot that stands, mm; 0 for one in the air.
    pitch_deg, roll_deg : ndarray, (n, 2)
        Attitude of the foot, degrees; pitch is positive heel up, for a foot in the air too.
    region_fraction : ndarray, (n, 2, 5)
        Parts of a foot's load, in the order of `LOAD_REGIONS`; they sum to 1.
    cop_ap_mm, cop_ml_mm : ndarray, (n, 2)
        Movement of each foot's centre of pressure about the place its posture gives it, in mm
        towards the toes and towards the little toe.
    events : DataFrame
        One row an event: `event`, `side` (left, right, both), `t_true_s` (s), `rep` (1, 2, …
        within its kind, 0 for none), `kind` (hold, raise, one_foot, toe_yoga, rocking, …),
        `mistake` (what goes wrong in that repetition, "none" otherwise).
    """

    person: Person
    rate_hz: float
    force_n: Array
    left_share: Array
    heel_height_mm: Array
    pitch_deg: Array
    roll_deg: Array
    region_fraction: Array
    cop_ap_mm: Array
    cop_ml_mm: Array
    events: pd.DataFrame

    @property
    def time_s(self) -> Array:
        """Time of each row, (n,) in s of the true clock."""
        return np.arange(len(self.force_n)) / self.rate_hz

    @property
    def duration_s(self) -> float:
        """Length, s."""
        return (len(self.force_n) - 1) / self.rate_hz


def event_table(timeline: Timeline) -> pd.DataFrame:
    """Return all events of a timeline, in order of time.

    Parameters
    ----------
    timeline : Timeline
        Acts with their times.

    Returns
    -------
    DataFrame
        The `events` of `Truth`.

    Notes
    -----
    Foot events are geometric: `heel_off` is when the heel leaves the floor (its load is gone some
    0.1 s earlier), `top_reached` the end of the raising movement, `lowering_onset` the start of
    the lowering one. Side ``both`` has the intersection: from the later heel-off to the earlier
    contact.
    """
    rows = chain(
        _repetition_rows(timeline), _one_foot_rows(timeline), _toe_rows(timeline),
        _rock_rows(timeline), _disturbance_rows(timeline), _spell_rows(timeline),
    )  # fmt: skip
    table = pd.DataFrame(list(rows), columns=list(EVENT_COLUMNS))
    return table.sort_values("t_true_s", kind="stable", ignore_index=True)


def truth_table(truth: Truth) -> pd.DataFrame:
    """Return one row for each hold and raise and each foot in it, and for both feet together.

    Parameters
    ----------
    truth : Truth
        What really happened.

    Returns
    -------
    DataFrame
        `kind`, `rep`, `side`, the time of each foot event in s (``heel_off_s`` …), `raising_s`,
        `top_hold_s`, `lowering_s`, `heel_up_s`, `heel_height_mm` (highest) and `left_share` (mean
        over the heel-up time). A foot that is lifted at the top has no lowering.
    """
    events = truth.events[truth.events["kind"].isin(["hold", "raise"])]
    times = events.pivot_table(index=["kind", "rep", "side"], columns="event", values="t_true_s")
    table = times.reindex(columns=list(FOOT_EVENTS)).add_suffix("_s")
    table.columns.name = None
    table["raising_s"] = table["top_reached_s"] - table["heel_off_s"]
    table["top_hold_s"] = table["lowering_onset_s"] - table["top_reached_s"]
    table["lowering_s"] = table["heel_contact_s"] - table["lowering_onset_s"]
    table["heel_up_s"] = table["heel_contact_s"] - table["heel_off_s"]
    table = table.reset_index().sort_values("heel_off_s", kind="stable", ignore_index=True)
    ends_s = table["heel_contact_s"].fillna(table["top_reached_s"])
    edges = zip(table["heel_off_s"], ends_s, strict=True)
    up = [slice(*np.ceil(np.multiply(edge, truth.rate_hz)).astype(int)) for edge in edges]
    table["heel_height_mm"] = [
        _highest_mm(truth.heel_height_mm[rows], side)
        for rows, side in zip(up, table["side"], strict=True)
    ]
    table["left_share"] = [float(np.nanmean(truth.left_share[rows])) for rows in up]
    return table


def _repetition_rows(timeline: Timeline) -> Iterator[Row]:
    done = {"hold": 0, "raise": 0}
    for act in timeline.acts:
        if isinstance(act, Repetition):
            done[act.kind] += 1
            for event, side, time_s in chain(*map(_foot_rows, act.feet), _pair_rows(act)):
                yield event, side, time_s, done[act.kind], act.kind, act.mistake


def _foot_rows(foot: FootRise) -> Iterator[tuple[str, str, float]]:
    for event in FOOT_EVENTS[:3] if foot.in_air else FOOT_EVENTS:
        yield event, SIDES[foot.side], getattr(foot, f"{event}_s")
    if foot.stop_s[1] > foot.stop_s[0]:
        yield "pause_start", SIDES[foot.side], foot.stop_s[0]
        yield "pause_end", SIDES[foot.side], foot.stop_s[1]


def _pair_rows(repetition: Repetition) -> Iterator[tuple[str, str, float]]:
    """Yield when both heels are up, both at the top, one begins to lower, one touches.

    A foot that is lifted at the top is no part of the lowering.
    """
    feet = repetition.feet
    if len(feet) == 2:
        lowering = [foot for foot in feet if not foot.in_air]
        yield "heel_off", "both", max(foot.heel_off_s for foot in feet)
        yield "top_reached", "both", max(foot.top_reached_s for foot in feet)
        yield "lowering_onset", "both", min(foot.lowering_onset_s for foot in lowering)
        yield "heel_contact", "both", min(foot.heel_contact_s for foot in lowering)


def _one_foot_rows(timeline: Timeline) -> Iterator[Row]:
    for act in timeline.acts:
        if isinstance(act, OneFoot):
            lifted = SIDES[1 - act.side]
            off_s, on_s = act.start_s + act.transfer_s, act.end_s - act.transfer_s
            yield "transfer_start", "both", act.start_s, 0, "one_foot", "none"
            yield "transfer_end", "both", off_s, 0, "one_foot", "none"
            if not act.resting_share:
                yield "foot_off", lifted, off_s, 0, "one_foot", "none"
                yield "foot_on", lifted, on_s, 0, "one_foot", "none"
            yield "transfer_start", "both", on_s, 0, "one_foot", "none"
            yield "transfer_end", "both", act.end_s, 0, "one_foot", "none"


def _toe_rows(timeline: Timeline) -> Iterator[Row]:
    """Yield the presses; a pair of them is a repetition."""
    done = {"left": 0, "right": 0}
    for act in timeline.acts:
        if isinstance(act, ToePress):
            side = SIDES[act.side]
            done[side] += act.toe == "big"
            yield f"{act.toe}_press", side, act.start_s, done[side], "toe_yoga", "none"
            yield f"{act.toe}_release", side, act.end_s, done[side], "toe_yoga", "none"


def _rock_rows(timeline: Timeline) -> Iterator[Row]:
    """Yield when each rock starts, is furthest forward over which toe, and ends."""
    done = {"left": 0, "right": 0}
    for act in timeline.acts:
        if isinstance(act, Rock):
            side = SIDES[act.side]
            done[side] += 1
            rest = done[side], "rocking", "none"
            yield "rock_start", side, act.start_s, *rest
            yield f"rock_{act.toe}", side, 0.5 * (act.start_s + act.end_s), *rest
            yield "rock_end", side, act.end_s, *rest


def _disturbance_rows(timeline: Timeline) -> Iterator[Row]:
    names: dict[type[Act], str] = {Dip: "dip", Stumble: "stumble", Touch: "touch"}
    for act in timeline.acts:
        if isinstance(act, Dip | Stumble | Touch):
            side = "both" if isinstance(act, Dip) else SIDES[act.side]
            yield f"{names[type(act)]}_start", side, act.start_s, 0, "disturbance", "none"
            yield f"{names[type(act)]}_end", side, act.end_s, 0, "disturbance", "none"


def _spell_rows(timeline: Timeline) -> Iterator[Row]:
    """Yield when the person walks, sits and leans, which is no exercise."""
    names: dict[type[Act], str] = {Walk: "walk", Sit: "sit", Lean: "lean"}
    for act in timeline.acts:
        if isinstance(act, Walk | Sit | Lean):
            yield f"{names[type(act)]}_start", "both", act.start_s, 0, "spell", "none"
            yield f"{names[type(act)]}_end", "both", act.end_s, 0, "spell", "none"


def _highest_mm(height_mm: Array, side: str) -> float:
    """Return the greatest heel height of one foot, for both feet that of their mean, mm."""
    if side == "both":
        return float(height_mm.mean(axis=1).max())
    return float(height_mm[:, SIDES.index(side)].max())
