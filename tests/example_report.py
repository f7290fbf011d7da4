"""Reports made up by hand for the tests of text, JSON and figure; no analysis is run."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from insole.capabilities import Capabilities
from insole.measure.model import (
    ActivityRow,
    EditRow,
    Event,
    HoldRow,
    Quality,
    RaiseRow,
    RockRow,
    SetRow,
    SwayRow,
    ToeYogaRow,
    WeightShiftRow,
)
from insole.measured import low, not_observable, ok
from insole.report.model import SessionFacts, SessionReport

REGIONS = ("hallux", "toes", "forefoot", "midfoot", "heel")


def hold(number, start, seconds, *, imu=True, breaks=0, **changes):
    """Return a hold of a set that starts at `start` with 1 s up and 1 s down around it."""
    seen = (ok) if imu else (lambda _v, u, m: not_observable(u, m, "no_imu"))
    row = {
        "set": number,
        "side": "both",
        "heel_off_s": start,
        "heel_contact_s": start + seconds + 2,
        "onset_s": start + 1 if imu else None,
        "end_s": start + 1 + seconds if imu else None,
        "duration_s": seen(seconds, "s", "height_band"),
        "total_s": seen(seconds, "s", "height_band"),
        "heel_up_s": ok(seconds + 2, "s", "heel_levels"),
        "left_share": low(0.513, "1", "total_ratio", "uncalibrated_tiptoe"),
        "hold_height_mm": seen(78.2, "mm", "gravity_tilt"),
        "height_retention": seen(0.98, "1", "gravity_tilt"),
        "force_cv": ok(0.041, "1", "cv"),
        "force_slope_n_per_s": ok(-0.3, "N/s", "least_squares"),
        "breaks": breaks,
        "target_s": None,
        "met": None,
        "reasons": () if imu else ("judged_on_heel_up",),
    }
    return HoldRow(**{**row, **changes})


def calf_raise(number, rep, start, *, imu=True, lowering=5.0, counted=True, reasons=(), **changes):
    """Return a both-feet raise: 1.1 s up, 2 s at the top, then lowering."""
    seen = (ok) if imu else (lambda _v, u, m: not_observable(u, m, "no_imu"))
    share = low(0.482, "1", "total_ratio", "uncalibrated_tiptoe")
    row = {
        "set": number,
        "rep": rep,
        "side": "both",
        "variant": "double",
        "heel_off_s": start,
        "top_s": start + 1.1 if imu else None,
        "lowering_onset_s": start + 3.1 if imu else None,
        "heel_contact_s": start + 3.1 + lowering,
        "raising_s": seen(1.1, "s", "height_band"),
        "top_hold_s": seen(2.0, "s", "height_band"),
        "lowering_s": seen(lowering, "s", "height_band"),
        "heel_up_s": ok(3.1 + lowering, "s", "heel_levels"),
        "left_share": share,
        "left_share_raising": share,
        "left_share_top": share,
        "left_share_lowering": share,
        "resting_foot_share": not_observable("1", "share", "both_feet_work"),
        "resting_foot_peak_share": not_observable("1", "share", "both_feet_work"),
        "cop_ml_path_mm": not_observable("mm", "cop_path", "hysteresis"),
        "transfer_s": not_observable("s", "share_10_90", "both_feet_work"),
        "heel_height_mm": seen(81.3, "mm", "gravity_tilt"),
        "work_j": low(49.1, "J", "work", "uncalibrated") if imu else seen(0.0, "J", "work"),
        "tempo": f"{round(lowering)}-3-1-2" if imu else None,
        "tempo_met": None,
        "counted": counted,
        "reasons": reasons,
    }
    return RaiseRow(**{**row, **changes})


EFFORT = (
    "cadence_per_min", "work_j", "height_trend_mm_per_rep", "lowering_trend_s_per_rep",
    "fatigue_pct",
)  # fmt: skip


def set_row(number, exercise, start, end, **changes):
    """Return a set on both feet without a target."""
    row = {
        "set": number,
        "exercise": exercise,
        "side": "both",
        "variant": "double",
        "start_s": start,
        "end_s": end,
        "rounds": 2 if exercise == "isometric_hold" else None,
        "reps": 3 if exercise == "eccentric_raise" else None,
        "target": None,
        "met": None,
        "heel_up_s": ok(24.1, "s", "heel_levels"),
        "rest_before_s": not_observable("s", "gap_between_sets", "ask")
        if number == 1
        else ok(24.2, "s", "gap_between_sets"),
        **dict.fromkeys(EFFORT, not_observable("1", "effort", "too_few")),
        "reasons": (),
    }
    return SetRow(**{**row, **changes})


def shift_row(number):
    """Return three points to the right on tiptoe."""
    return WeightShiftRow(
        set=number,
        left_share_flat=ok(0.512, "1", "total_ratio"),
        left_share_top=low(0.482, "1", "total_ratio", "uncalibrated_tiptoe"),
        shift=low(-0.03, "1", "top_minus_flat", "uncalibrated_tiptoe"),
        peak_shift=low(0.06, "1", "top_minus_flat", "uncalibrated_tiptoe"),
        robinson_si_pct=low(-7.2, "%", "robinson", "uncalibrated_tiptoe"),
    )


def quality(loss=0.004):
    """Return a recording with a clock and a few lost packets."""
    return Quality(
        loss_fraction=ok(loss, "1", "counter"),
        longest_gap_s=ok(0.06, "s", "counter"),
        clock_residual_ms=ok(1.4, "ms", "lower_envelope"),
        drift_ppm=ok(18.0, "ppm", "lower_envelope"),
        saturated_fraction=ok(0.0, "1", "at_maximum"),
        decode_errors=0,
        flags=(),
    )


def activities():
    """Return standing, the holds, the raises, toe yoga and rocking."""
    rows = (
        ("standing", 0.0, 10.0, None), ("isometric_hold", 10.0, 42.0, 1),
        ("nothing", 42.0, 60.0, None), ("eccentric_raise", 60.0, 90.4, 2),
        ("toe_yoga", 90.4, 95.0, None), ("ankle_rocking", 95.0, 100.0, None),
    )  # fmt: skip
    return tuple(ActivityRow(name, "both", a, b, of, ()) for name, a, b, of in rows)


def toes():
    """Return two alternations of the left foot."""
    press_s = low(1.4, "s", "toes", "uncalibrated")
    return (ToeYogaRow("left", 90.4, 95.0, 2, 2, 2, 1, press_s, ("uncalibrated",)),)


def rocks():
    """Return a rock over the big toe, and one whose heel lifted."""
    rest = ok(0.3, "1", "share"), low(-11.0, "mm", "cop", "hysteresis")
    return (
        RockRow(1, "left", 95.0, 96.0, 97.0, "big", *rest, False, True, ()),
        RockRow(2, "left", 97.5, 98.0, 99.0, None, *rest, True, False, ("heel_lift",)),
    )


def sways():
    """Return the sway of one foot in a hold, as if it had been long enough."""
    mm = [low(float(k), "mm", "sway", "hysteresis") for k in range(6)]
    speed = not_observable("mm/s", "sway", "slow_rate")
    ellipse = low(512.0, "mm²", "sway", "hysteresis")
    return (SwayRow("isometric_hold", 1, "left", 12.0, 20.0, *mm, speed, ellipse),)


def edits():
    """Return a raise that was taken out, and a correction of what is no longer found."""
    original = {"raises": [{"heel_off_s": 50.0, "variant": "double"}]}
    made = "0.0.9", "2026-04-12T07:00:00Z"
    return (
        EditRow(1, "remove", "raise", 50.0, 55.0, {}, *made, True, "", original),
        EditRow(2, "retime", "hold", 1.0, 4.0, {"end_s": 5.0}, *made, False, "gone", {}),
    )


def events(holds, raises):
    """Return heel-off and heel-contact of both feet for each row."""
    return tuple(
        Event(event, side, time_s + late, "heel_levels")
        for row in (*holds, *raises)
        for event, time_s in (("heel_off", row.heel_off_s), ("heel_contact", row.heel_contact_s))
        for side, late in (("left", 0.0), ("right", 0.04))
    )


def report(*, imu=True, sides="both", **changes):
    """Return two 10 s holds and three slow raises, as `insole demo` does them."""
    holds = (hold(1, 10.0, 10.1, imu=imu), hold(1, 30.0, 10.0, imu=imu))
    raises = tuple(
        calf_raise(2, rep, start, imu=imu, lowering=lowering)
        for rep, start, lowering in ((1, 60.0, 5.1), (2, 71.0, 4.8), (3, 82.0, 5.3))
    )
    parts = {
        "session": SessionFacts(
            id="20260412T063000Z-4f2a",
            started_at_utc="2026-04-12T06:30:00Z",
            utc_offset_s=7200,
            duration_s=100.0,
            devices={
                side: {"spec_id": "sim_insole", "name": "Simulated insole", "firmware": "1.0"}
                for side in ("left", "right")
                if sides in ("both", side)
            },
            note="",
        ),
        "capabilities": Capabilities(REGIONS, imu, True, 100.0, sides, "N"),
        "body_weight_n": low(735.8, "N", "quiet_stance", "uncalibrated"),
        "sets": (
            set_row(1, "isometric_hold", 10.0, 42.0),
            set_row(2, "eccentric_raise", 60.0, 90.4),
        ),
        "holds": holds,
        "raises": raises,
        "weight_shift": (shift_row(1), shift_row(2)),
        "activities": activities(),
        "toe_yoga": toes(),
        "rocking": rocks(),
        "sway": sways(),
        "edits": edits(),
        "quality": {side: quality() for side in ("left", "right") if sides in ("both", side)},
        "sync": ok(4.0, "ms", "link_clock"),
        "events": events(holds, raises),
        "params": {"hold": {"min_top_s": 5.0}},
        "software": {"insole": "0.1.0"},
    }
    return SessionReport(**{**parts, **changes})


def force_table(shown, *, sides=("left", "right"), regions=REGIONS, unit="n", lost=(), rate_hz=100):
    """Return a ForceTable that looks like `shown`: heels unload and rise in each hold and raise.

    `lost` holds (side, start_s, end_s).
    """
    rng = np.random.default_rng(7)
    time_s = np.arange(int(shown.session.duration_s * rate_hz)) / rate_hz
    up = np.zeros(len(time_s))
    for row in (*shown.holds, *shown.raises):
        top_s = row.heel_off_s + 1.1
        onset_s = getattr(row, "lowering_onset_s", getattr(row, "end_s", None))
        onset_s = row.heel_contact_s - 1.0 if onset_s is None else onset_s
        corners = [row.heel_off_s, top_s, onset_s, row.heel_contact_s]
        up = np.maximum(up, np.interp(time_s, corners, [0, 1, 1, 0], left=0, right=0))
    sway = 0.03 * np.sin(time_s / 3.1) + 0.01 * np.sin(time_s * 1.7)
    share = {"left": 0.51 + sway, "right": 0.49 - sway}
    heel_down = np.clip(1 - 6 * up, 0.02, 1)
    parts = {
        "heel": 0.55 * heel_down,
        "midfoot": 0.1 * heel_down,
        "forefoot": 0.25 + 0.3 * up,
        "toes": 0.05 + 0.08 * up,
        "hallux": 0.05 + 0.15 * up,
    }
    scale = {"n": 736.0, "bw": 1.0, "adc": 3000.0}[unit]
    columns = {}
    for side in sides:
        total = scale * share[side] * (1 + 0.3 * up) + rng.normal(0, 0.003 * scale, len(time_s))
        whole = sum(parts.values())
        ok = np.ones(len(time_s), dtype=bool)
        for lost_side, start_s, end_s in lost:
            if lost_side == side:
                ok &= (time_s < start_s) | (time_s >= end_s)
        columns[f"{side}_{unit}"] = np.where(ok, total, np.nan)
        for region in regions:
            columns[f"{side}_{region}_{unit}"] = np.where(ok, total * parts[region] / whole, np.nan)
        columns[f"{side}_ok"] = ok
        if shown.capabilities.imu:
            wobble = rng.normal(0, 0.4, len(time_s))
            columns[f"{side}_heel_height_mm"] = np.where(ok, 80 * up + wobble, np.nan)
    return pd.DataFrame(columns, index=pd.Index(time_s, name="time_s"))


@dataclass
class ShownSession:
    """The two things that a figure asks of a session."""

    forces: pd.DataFrame
    shown: SessionReport

    def report(self):
        return self.shown
