"""What a report says against what happened: repetitions matched by time, each measure scored."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from insole.tables import SIDES
from insole.units import G0

NEAR_S = 2.0
"""An event further than this from any other is another one: missed, or found for nothing."""
FOOT_EVENTS = ("heel_off", "heel_contact")
PHASE_EVENTS = ("top_reached", "lowering_onset")
FULL, PARTIAL = 0.55, 0.45
"""A repetition above FULL of the person's best height counts, one below PARTIAL does not; about
one in between nobody is asked."""
SHORTEST_HOLD_S = 5.0
RESTING, WORKING, HELPED = 0.08, 0.25, 0.14
"""True share of the less loaded foot: up to here it rests, from here it works; from HELPED on no
one may call a raise single."""
SIDE_EVENTS = {
    "heel_off": ("touch_end", "stumble_start", "foot_off"),
    "heel_contact": ("touch_start", "stumble_end", "foot_on"),
    "top_reached": ("touch_end",),
    "lowering_onset": ("touch_start",),
}
"""Moments at which a heel leaves or meets the floor though no repetition starts or ends."""
FORBIDDEN = {
    "cells_imu": (),
    "cells": ("raising_s", "top_hold_s", "lowering_s", "heel_height_mm", "duration_s"),
    "plate": ("left_share", "lowering_s", "heel_height_mm", "duration_s"),
}
FORBIDDEN |= {"zones": (*FORBIDDEN["cells"], "cop_ml_path_mm"), "scale": FORBIDDEN["plate"]}
"""What each kind of sensor cannot tell and must refuse (measurement notes, observability)."""


@dataclass(frozen=True)
class Score:
    """One comparison: `found` (with its error, if it is a number), `missed`, `extra`, `refused`."""

    metric: str
    outcome: str
    error: float = float("nan")


@dataclass(frozen=True)
class Repetition:
    """What happened in one hold or raise: times in s, height in mm, minor share up and down."""

    kind: str
    mistake: str
    feet: tuple
    start_s: float
    top_s: float
    onset_s: float
    end_s: float
    height_mm: float
    up_share: float
    down_share: float

    @property
    def variant(self):
        """The variant of the raise as its true shares show it; empty for one that is none."""
        if self.mistake == "stumble":
            return ""
        if self.down_share >= WORKING and self.up_share >= WORKING:
            return "double"
        if self.down_share <= RESTING:
            if self.up_share <= RESTING:
                return "single"
            if self.up_share >= WORKING:
                return "two_up_one_down"
        return ""


def scores(one, kind):
    """Return all scores of one simulated session."""
    true = repetitions(one.truth)
    pairs, extra = matched(true, (*one.report.holds, *one.report.raises))
    found = [*refusals(one.report, FORBIDDEN[kind])]
    if kind == "scale":
        found += [Score("repetition", "refused") for _ in true]
    else:
        if kind != "plate":
            imu = kind == "cells_imu"
            found += event_scores(one.report.events, one.truth.events, phases=imu)
        found += repetition_scores(true, pairs, extra, heights=kind == "cells_imu")
        for rep, row in pairs:
            if row is not None and is_raise(row) == (rep.kind == "raise"):
                found += row_scores(rep, row, one.truth)
    return found + weight_score(one)


def repetitions(truth):
    """Return all true holds and raises, in order."""
    found = []
    events = truth.events[truth.events["kind"].isin(["hold", "raise"])]
    for (kind, _), rows in events.groupby(["kind", "rep"]):
        sides = set(rows["side"])
        feet = SIDES if "both" in sides else (sides.pop(),)
        whose = rows[rows["side"] == ("both" if len(feet) == 2 else feet[0])]
        at = whose.set_index("event")["t_true_s"]
        found.append(_repetition(kind, rows["mistake"].iloc[0], feet, at, truth))
    return sorted(found, key=lambda rep: rep.start_s)


def _repetition(kind, mistake, feet, at, truth):
    start_s, top_s, onset_s, end_s = (
        float(at[event]) for event in ("heel_off", "top_reached", "lowering_onset", "heel_contact")
    )
    columns = [SIDES.index(side) for side in feet]
    height = truth.heel_height_mm[span(truth, start_s, end_s)][:, columns].mean(axis=1)
    minor = np.minimum(truth.left_share, 1.0 - truth.left_share)
    return Repetition(
        kind, mistake, feet, start_s, top_s, onset_s, end_s, float(height.max()),
        float(np.nanmedian(minor[span(truth, start_s, top_s)])),
        float(np.nanmedian(minor[span(truth, 0.5 * (onset_s + end_s), end_s)])),
    )  # fmt: skip


def matched(true, rows):
    """Return each repetition with the row that overlaps it most, or None, and rows of none."""
    free, pairs = list(rows), []
    for rep in true:
        overlaps = [overlap_s(rep, row) for row in free]
        best = int(np.argmax(overlaps)) if free else -1
        enough = 0.5 * (rep.end_s - rep.start_s)
        row = free.pop(best) if free and overlaps[best] >= enough else None
        pairs.append((rep, row))
    return pairs, free


def overlap_s(rep, row):
    return min(rep.end_s, row.heel_contact_s) - max(rep.start_s, row.heel_off_s)


def is_raise(row):
    return hasattr(row, "counted")


def event_scores(found, true, *, phases):
    """Compare events by time: those of a heel foot by foot, phases whoever did them."""
    scored = []
    for event in (*FOOT_EVENTS, *(PHASE_EVENTS if phases else ())):
        for side in SIDES if event in FOOT_EVENTS else ("",):
            mine = [e.time_s for e in found if e.event == event and e.side.startswith(side)]
            times, beside = true_times(true, event, side)
            scored += _compared(event, np.array(mine), times, beside)
    return scored


def event_errors(sessions, event):
    """Return the errors of all events of a kind that were found (s), how many were not, extras."""
    both = [
        score
        for one in sessions
        for score in event_scores(one.report.events, one.truth.events, phases=True)
        if score.metric == event
    ]
    errors = np.array([score.error for score in both if score.outcome == "found"])
    outcomes = [score.outcome for score in both]
    return errors, outcomes.count("missed"), outcomes.count("extra")


def _compared(event, found, true, beside):
    error = found[:, None] - true[None, :]
    near = np.abs(error).min(axis=0, initial=np.inf) < NEAR_S
    known = np.abs(found[:, None] - np.r_[true, beside][None, :]).min(axis=1, initial=np.inf)
    yield from (
        Score(event, "found", float(error[np.abs(error[:, k]).argmin(), k])) if near[k]
        else Score(event, "missed")
        for k in range(len(true))
    )  # fmt: skip
    yield from (Score(event, "extra") for _ in range(int(np.sum(known >= NEAR_S))))


def true_times(events, event, side):
    """Return when an event of a repetition happened, and when something that looks like it did."""
    done = events[(events["event"] == event) & (events["rep"] > 0)]
    if side:
        beside = events[events["event"].isin(SIDE_EVENTS[event]) & (events["side"] == side)]
        return done[done["side"] == side]["t_true_s"].to_numpy(), beside["t_true_s"].to_numpy()
    paired = done[done["side"] == "both"].set_index(["kind", "rep"]).index
    alone = ~done.set_index(["kind", "rep"]).index.isin(paired)
    times = done[alone | (done["side"] == "both").to_numpy()]["t_true_s"].to_numpy()
    return times, events[events["event"].isin(SIDE_EVENTS[event])]["t_true_s"].to_numpy()


def repetition_scores(true, pairs, extra, *, heights):
    """Score which repetitions and holds there are, which count, and as what."""
    scored = []
    best = {
        feet: max(r.height_mm for r in true if r.feet == feet) for feet in {r.feet for r in true}
    }
    for rep, row in pairs:
        scored.append(Score("repetition", "missed" if row is None else "found"))
        if rep.kind == "hold":
            scored += _hold_scores(rep, row)
        else:
            scored += _raise_scores(rep, row, rep.height_mm / best[rep.feet], heights)
    for (rep, row), (_, after) in pairwise(pairs):
        if rep.mistake == "bounce":
            both = row is not None and after is not None
            scored.append(Score("touch_and_go", "found" if both else "missed"))
    for row in extra:
        scored.append(Score("repetition", "extra"))
        if not is_raise(row):
            scored.append(Score("hold", "extra"))
        elif row.counted:
            scored.append(Score("count", "extra"))
    return scored


def _hold_scores(rep, row):
    if rep.onset_s - rep.top_s < SHORTEST_HOLD_S:
        return  # ended too early to be one
    held = row is not None and not is_raise(row)
    yield Score("hold", "found" if held else "missed")
    if row is not None and not held and row.counted:
        yield Score("count", "extra")
    if held:
        yield Score("hold_breaks", "found", row.breaks - (rep.mistake == "touch"))


def _raise_scores(rep, row, part, heights):
    counted = row is not None and is_raise(row) and row.counted
    if rep.mistake == "stumble" or (heights and part <= PARTIAL):
        if counted:
            yield Score("count", "extra")
    elif row is not None and "gap" in row.reasons and not counted:
        yield Score("count", "refused")
    elif part >= FULL or not heights:
        yield Score("count", "found" if counted else "missed")
    if part <= PARTIAL:
        flagged = row is not None and is_raise(row) and "partial" in row.reasons
        yield Score("partial", "found" if flagged else "missed" if heights else "refused")
    if row is not None and is_raise(row) and row.left_share.value is not None:
        yield from _variant_scores(rep, row)


def _variant_scores(rep, row):
    if rep.variant:
        said = row.variant
        if rep.variant == "single" and len(rep.feet) == 1:
            right = said == f"single_{rep.feet[0]}"
        else:
            right = said.startswith(rep.variant)
        yield Score(f"variant_{rep.variant}", "found" if right else "missed")
    elif rep.down_share >= HELPED:
        wrong = row.variant.startswith("single") or row.variant == "two_up_one_down"
        yield Score("variant_helped", "missed" if wrong else "found")


def row_scores(rep, row, truth):
    """Score the numbers of a hold or a raise."""
    up = span(truth, rep.start_s, rep.end_s)
    share = 100.0 * float(np.nanmean(truth.left_share[up]))
    values = [("heel_up_s", row.heel_up_s, rep.end_s - rep.start_s, 1.0)]
    if is_raise(row):
        lowering_s = rep.end_s - rep.onset_s
        slow = ("lowering_3_5_s", row.lowering_s, lowering_s, 1.0)
        values += [slow] if 2.7 <= lowering_s <= 5.5 else []
        values += [
            ("raising_s", row.raising_s, rep.top_s - rep.start_s, 1.0),
            ("top_hold_s", row.top_hold_s, rep.onset_s - rep.top_s, 1.0),
            ("lowering_s", row.lowering_s, lowering_s, 1.0),
            ("left_share_pt", row.left_share, share, 100.0),
            ("height_pct", row.heel_height_mm, 100.0, 100.0 / rep.height_mm),
        ]
        if rep.variant == "two_up_one_down":
            values.append(("transfer_s", row.transfer_s, transfer_s(truth, up), 1.0))
    else:
        values.append(("hold_s", row.duration_s, rep.onset_s - rep.top_s, 1.0))
    for metric, value, true, scale in values:
        if value.value is None:
            yield Score(metric, "refused")
        else:
            yield Score(metric, "found", value.value * scale - true)


def transfer_s(truth, up):
    """Return how long 10 % to 90 % of the change of the true share took."""
    share = truth.left_share[up]
    tenth = max(1, len(share) // 10)
    before, after = np.nanmedian(share[:tenth]), np.nanmedian(share[-3 * tenth : -tenth])
    done = (share - before) / (after - before)
    late = int(np.flatnonzero(done >= 0.9)[0])
    return (late - int(np.flatnonzero(done[:late] <= 0.1)[-1])) / truth.rate_hz


def refusals(report, forbidden):
    """Score each number that these sensors cannot tell: refused, or told all the same."""
    for row in (*report.holds, *report.raises):
        for name in forbidden:
            value = getattr(row, name, None)
            if value is not None:
                refused = value.value is None and value.reasons
                yield Score("refusal", "found" if refused else "extra")


def weight_score(one):
    weight = one.report.body_weight_n.value
    true = one.truth.person.mass_kg * G0
    if weight is None:
        return [Score("body_weight_pct", "refused")]
    return [Score("body_weight_pct", "found", 100.0 * (weight / true - 1.0))]


def span(truth, start_s, end_s):
    return slice(*np.ceil(np.multiply([start_s, end_s], truth.rate_hz)).astype(int).tolist())
