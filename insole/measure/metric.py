"""The metric dictionary: what each measured number of a report means, and who can observe it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from insole.capabilities import Capabilities

NEEDS = ("whole", "feet", "load", "regions", "imu", "cop")
"""What a metric may need of a rig: both feet on it; the load of each of them; loads in newton or
body weights, not raw counts; the load of the heel; the motion of the foot; the centre of pressure
of each foot."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One number of a report.

    Parameters
    ----------
    table, name : str
        Where it stands: a table of the report, and its field there.
    unit : str
        Its unit; ``1`` for a pure number.
    definition : str
        What it is.
    source : str
        Where the definition or its thresholds come from.
    needs : tuple of str
        What a rig must sense for it, of `NEEDS`.
    """

    table: str
    name: str
    unit: str
    definition: str
    source: str
    needs: tuple[str, ...] = ()


def missing(metric: Metric, rig: Capabilities) -> tuple[str, ...]:
    """Return which needs of a metric a rig does not meet; empty if it can observe it.

    Parameters
    ----------
    metric : Metric
        What to observe.
    rig : Capabilities
        What senses.
    """
    met = {
        "whole": rig.sides in {"both", "merged"},
        "feet": rig.sides == "both",
        "load": rig.unit != "adc",
        "regions": "heel" in rig.regions,
        "imu": rig.imu,
        "cop": rig.cop,
    }
    return tuple(need for need in metric.needs if not met[need])


_OURS = "our choice"
_EDGES = "levels: docs/measurement.md, heel-off and contact"
_PHASES = "docs/measurement.md, top and lowering onset"
_SHARE = "left load over the load of both; ±3 points, seen beside plates (docs/measurement.md)"

_WORK = "factor 0.82: heel encoders overestimate by 21 to 25 % (Andreasen 2021)"
_TREND = "Theil-Sen estimator; fewest repetitions our choice"
_SWAY = "Prieto 1996, as checked by Quijoux 2021; windows of 20 s and more"

METRICS = (
    Metric(
        "session", "body_weight_n", "N",
        "Load of all feet in quiet standing; that of the calibration where there is one.",
        "docs/measurement.md, calibration", ("whole", "load"),
    ),
    Metric(
        "sets", "heel_up_s", "s", "Sum of the time with the working heels up (time under tension).",
        _EDGES, ("regions",),
    ),
    Metric(
        "sets", "rest_before_s", "s",
        "Time from the last heel contact of the set before to the first heel-off.", _OURS,
        ("regions",),
    ),
    Metric(
        "sets", "cadence_per_min", "1/min",
        "Repetitions a minute, from the first heel-off to the last.", _OURS, ("regions",),
    ),
    Metric(
        "sets", "work_j", "J", "Sum of the work of the repetitions against gravity.", _WORK,
        ("whole", "load", "regions", "imu"),
    ),
    Metric(
        "sets", "height_trend_mm_per_rep", "mm/rep",
        "Median slope of the heel's greatest height from repetition to repetition.", _TREND,
        ("regions", "imu"),
    ),
    Metric(
        "sets", "lowering_trend_s_per_rep", "s/rep",
        "Median slope of the lowering time from repetition to repetition.", _TREND,
        ("regions", "imu"),
    ),
    Metric(
        "sets", "fatigue_pct", "%",
        "How much lower the last three repetitions of a set are than the first three.", _OURS,
        ("regions", "imu"),
    ),
    Metric(
        "holds", "duration_s", "s",
        "From the top of the rise to the start of the lowering; short touches included.", _PHASES,
        ("regions", "imu"),
    ),
    Metric(
        "holds", "total_s", "s", "The same without what passed in touches.", _PHASES,
        ("regions", "imu"),
    ),
    Metric("holds", "heel_up_s", "s", "Sum of the time with the heels up.", _EDGES, ("regions",)),
    Metric(
        "holds", "left_share", "1", "Mean left share over the hold.", _SHARE,
        ("feet", "load", "regions"),
    ),
    Metric(
        "holds", "hold_height_mm", "mm", "Mean height of the heel at the top, by foot pitch.",
        "docs/measurement.md, heel height", ("regions", "imu"),
    ),
    Metric(
        "holds", "height_retention", "1",
        "Height in the last 5 s of the hold over height in its first 5 s.", _OURS,
        ("regions", "imu"),
    ),
    Metric(
        "holds", "force_cv", "1",
        "Standard deviation over mean of the total force, 10 Hz low-pass, trend and the first and "
        "last second left out.",
        "steadiness of force, as in studies of the plantar flexors; windows our choice",
        ("regions",),
    ),
    Metric(
        "holds", "force_slope_n_per_s", "N/s", "Slope of the total force over the hold.", _OURS,
        ("load", "regions"),
    ),
    Metric(
        "raises", "raising_s", "s", "From heel-off to the top.", _PHASES, ("regions", "imu"),
    ),
    Metric(
        "raises", "top_hold_s", "s", "From the top to the start of the lowering.", _PHASES,
        ("regions", "imu"),
    ),
    Metric(
        "raises", "lowering_s", "s", "From the start of the lowering to heel contact.", _PHASES,
        ("regions", "imu"),
    ),
    Metric(
        "raises", "heel_up_s", "s", "From heel-off to heel contact.", _EDGES, ("regions",),
    ),
    Metric(
        "raises", "left_share", "1", "Mean left share over the heel-up time.", _SHARE,
        ("feet", "load", "regions"),
    ),
    Metric(
        "raises", "left_share_raising", "1", "Mean left share while rising.", _SHARE,
        ("feet", "load", "regions", "imu"),
    ),
    Metric(
        "raises", "left_share_top", "1", "Mean left share at the top.", _SHARE,
        ("feet", "load", "regions", "imu"),
    ),
    Metric(
        "raises", "left_share_lowering", "1", "Mean left share while lowering.", _SHARE,
        ("feet", "load", "regions", "imu"),
    ),
    Metric(
        "raises", "resting_foot_share", "1",
        "Mean part of the load on the foot at rest, in a raise on one leg.", _SHARE,
        ("feet", "load", "regions"),
    ),
    Metric(
        "raises", "resting_foot_peak_share", "1",
        "Greatest part of the load on the foot at rest, in a raise on one leg.", _SHARE,
        ("feet", "load", "regions"),
    ),
    Metric(
        "raises", "cop_ml_path_mm", "mm",
        "Way of the centre of pressure from side to side under the working foot, 5 Hz low-pass.",
        "docs/measurement.md; cut-off our choice", ("load", "regions", "cop"),
    ),
    Metric(
        "raises", "transfer_s", "s",
        "Time in which the load passes from two feet to one, where that happens.", _OURS,
        ("feet", "load", "regions"),
    ),
    Metric(
        "raises", "heel_height_mm", "mm", "Greatest height of the heel, by foot pitch.",
        "docs/measurement.md, heel height", ("regions", "imu"),
    ),
    Metric(
        "raises", "work_j", "J",
        "Work of the repetition against gravity: weight x 0.82 x greatest height of the heel.",
        _WORK, ("whole", "load", "regions", "imu"),
    ),
    Metric(
        "weight_shift", "left_share_flat", "1",
        "Mean left share in flat standing before and between the repetitions of a set.", _SHARE,
        ("feet", "load", "regions"),
    ),
    Metric(
        "weight_shift", "left_share_top", "1", "Mean left share at the top, over a set.", _SHARE,
        ("feet", "load", "regions"),
    ),
    Metric(
        "weight_shift", "shift", "1", "Left share at the top less left share in flat standing.",
        _OURS, ("feet", "load", "regions"),
    ),
    Metric(
        "weight_shift", "peak_shift", "1", "Largest difference from the share in flat standing.",
        _OURS, ("feet", "load", "regions"),
    ),
    Metric(
        "weight_shift", "robinson_si_pct", "%",
        "Symmetry index 100 (L - R) / ((L + R) / 2) at the top.", "Robinson 1987",
        ("feet", "load", "regions"),
    ),
    Metric(
        "toe_yoga", "press_s", "s", "Median time of a press of the toes.", _OURS,
        ("load", "regions"),
    ),
    Metric(
        "rocking", "forward_share", "1",
        "Part of the foot's load that lies before the midfoot, at the furthest.", _OURS,
        ("load", "regions"),
    ),
    Metric(
        "rocking", "cop_ml_mm", "mm",
        "Centre of pressure from side to side at the furthest, from that in standing.", _OURS,
        ("load", "cop"),
    ),
    *(
        Metric("sway", name, unit, text, _SWAY, ("load", "cop"))
        for name, unit, text in (
            ("rms_mm", "mm", "Root mean square distance of the centre of pressure from its mean."),
            ("rms_ap_mm", "mm", "The same, from heel to toe."),
            ("rms_ml_mm", "mm", "The same, from side to side."),
            ("range_ap_mm", "mm", "Greatest distance between two places, from heel to toe."),
            ("range_ml_mm", "mm", "Greatest distance between two places, from side to side."),
            ("path_mm", "mm", "Length of the way of the centre of pressure."),
            ("mean_velocity_mm_per_s", "mm/s", "That length over the time it took."),
            ("ellipse_mm2", "mm²", "Area of the ellipse that holds 95 % of the places."),
        )
    ),
    Metric(
        "quality", "loss_fraction", "1", "Samples that never came, of those that were due.", _OURS,
    ),
    Metric("quality", "longest_gap_s", "s", "Longest time without samples.", _OURS),
    Metric(
        "quality", "clock_residual_ms", "ms",
        "Median distance of the earliest packets from the line between both clocks.",
        "docs/measurement.md, time base",
    ),
    Metric(
        "quality", "drift_ppm", "ppm", "How much the device's clock runs fast.",
        "docs/measurement.md, time base",
    ),
    Metric(
        "quality", "saturated_fraction", "1", "Samples in which a sensor is at its limit.", _OURS,
    ),
    Metric(
        "quality", "sync", "ms", "How far apart the clocks of the two feet may be.",
        "docs/measurement.md, time base", ("feet",),
    ),
)  # fmt: skip
"""Every measured number of a report, in the order of its tables."""
