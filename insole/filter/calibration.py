"""A guided calibration: what each step taught, whether it can be believed, and what to repeat."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pandas as pd

from insole import tables
from insole.filter.posture import (
    LEAST_N,
    HeelLevels,
    SideGains,
    fit_gains,
    load_columns,
    with_gains,
)
from insole.filter.press import press_verdict
from insole.filter.stretch import block_means
from insole.filter.taught import STEPS, Calibration, Step, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from insole.filter.taught import StepKind

    Floats: TypeAlias = NDArray[np.float64]

__all__ = [
    "STEPS",
    "Calibration",
    "CalibrationParams",
    "Step",
    "Verdict",
    "apply",
    "calibrate",
    "part_of",
    "scaled_to_weight",
    "total_of",
    "without_offset",
]

NOT_HEARD = "the soles were not heard for most of it; see that both send, and repeat"
MOSTLY = 0.5
"""Part of a step that must have been measured (our choice)."""


@dataclass(frozen=True, slots=True)
class CalibrationParams:
    """When a step of the calibration is believed; fractions without unit.

    References
    ----------
    5 % of standing on any part of an unloaded sole, 5 % of the mean while quiet, the middle 6 s of
    a quiet stand, 30 points of share: the project's measurement notes, calibration.
    Our choice: 10 % on a whole unloaded sole (laces press up to 20 N on each region); below 100 N
    nobody stands; 5 points of share while quiet (plates show 1 to 4); a share's residual of 6 % of
    body weight (uneven cells leave 2 to 4 %, a hand that takes weight more); soles that read less
    than half or more than twice body weight are not those of this person; a heel is up below 40 %
    of its part in quiet standing; a foot with less than 10 % of the load rests.
    """

    unloaded_region: float = 0.05
    unloaded_sole: float = 0.10
    quiet_most: float = 0.05
    quiet_share: float = 0.05
    least_stand_n: float = 100.0
    quiet_middle_s: float = 6.0
    least_share_range: float = 0.30
    most_residual: float = 0.06
    most_ratio: float = 2.0
    heel_up_below: float = 0.40
    resting_share: float = 0.10
    block_s: float = 0.1


def calibrate(
    force: pd.DataFrame,
    steps: Sequence[Step],
    body_weight_n: float | None = None,
    params: CalibrationParams | None = None,
) -> Calibration:
    """Return what a guided calibration taught, with a verdict on each of its steps.

    Parameters
    ----------
    force : ForceTable, (n,) rows
        Loads of both feet in N, as the soles told them.
    steps : sequence of Step
        What was done when; of a step done twice the later counts. A step that was left out
        teaches nothing.
    body_weight_n : float, optional
        What a scale says or the person typed, N; without it the soles' own reading in quiet
        standing, so that only the feet become comparable.
    params : CalibrationParams, optional
        Settings.

    Returns
    -------
    Calibration
        A refused step leaves out what it would have taught.

    References
    ----------
    Steps and their order: the project's measurement notes, calibration.
    """
    p = params or CalibrationParams()
    done = {step.kind: step for step in steps}
    rate_hz = tables.rate_hz(force)
    parts = {kind: part_of(force, done[kind]) for kind in STEPS if kind in done}
    silent = [kind for kind, part in parts.items() if not _is_heard(part)]
    for kind in silent:
        del parts[kind]
    quiet = parts.get("quiet_stand")
    standing = _middle_median(quiet, rate_hz, p) if quiet is not None else {}
    calibration = Calibration(
        body_weight_n or 0.0,
        body_weight_n is not None,
        verdicts=tuple(Verdict(kind, accepted=False, advice=NOT_HEARD) for kind in silent),
    )
    if (press := parts.get("press_left")) is not None:
        calibration = _noted(calibration, press_verdict(press, standing))
    calibration = _tared(calibration, parts.get("unloaded"), standing, p)
    calibration = _stood(calibration, quiet, standing, rate_hz, p)
    if not calibration.body_weight_n > 0.0:
        return calibration
    flat, tiptoe = parts.get("shift_flat"), parts.get("shift_tiptoe")
    if flat is not None and quiet is not None and calibration.stand_n:
        # soles creep: what they read a moment ago, and where people mostly stand, counts too
        flat = pd.concat([flat, _middle(quiet, rate_hz, p)])
    calibration = _shifted(calibration, "shift_flat", flat, rate_hz, p)
    return _shifted(calibration, "shift_tiptoe", tiptoe, rate_hz, p)


def apply(force: pd.DataFrame, calibration: Calibration) -> pd.DataFrame:
    """Return `force` as the calibration says it should read: offsets removed, gains applied.

    Parameters
    ----------
    force : ForceTable, (n,) rows
        Loads in N, as the soles told them.
    calibration : Calibration
        Of this person on these soles.
    """
    tared = without_offset(force, calibration.offset_n)
    return with_gains(tared, calibration.flat, calibration.tiptoe, calibration.levels)


def scaled_to_weight(force: pd.DataFrame, calibration: Calibration) -> pd.DataFrame | None:
    """Return `force` with both soles scaled alike so that the quiet stand read body weight.

    Parameters
    ----------
    force : ForceTable, (n,) rows
        Loads in N, offsets removed.
    calibration : Calibration
        Its quiet stand.

    Returns
    -------
    ForceTable or None
        None if nobody told the weight or the quiet stand was not accepted.
    """
    stood_n = sum(calibration.stand_n.get(f"{side}_n", 0.0) for side in tables.SIDES)
    if not calibration.body_weight_given or not stood_n > 0.0:
        return None
    gain = calibration.body_weight_n / stood_n
    return force.assign(**{name: force[name] * gain for name in _loads(force)})


def without_offset(force: pd.DataFrame, offset_n: Mapping[str, float]) -> pd.DataFrame:
    """Return `force` less what the sensors read with nothing on them.

    Parameters
    ----------
    force : ForceTable, (n,) rows
        Loads in N.
    offset_n : mapping of column to float
        Reading of the unloaded sensor, N.
    """
    known = {name: force[name] - value for name, value in offset_n.items() if name in force}
    return force.assign(**known)


def _tared(
    calibration: Calibration,
    unloaded: pd.DataFrame | None,
    standing: Mapping[str, float],
    p: CalibrationParams,
) -> Calibration:
    """Learn the offsets, unless a foot was on the ground."""
    if unloaded is None:
        return calibration
    offset = {name: float(unloaded[name].median()) for name in _loads(unloaded)}
    standing_n = sum(standing.get(f"{side}_n", 0.0) for side in tables.SIDES) or np.inf
    for name, reading_n in offset.items():
        whole = name in {f"{side}_n" for side in tables.SIDES}
        if reading_n > standing_n * (p.unloaded_sole if whole else p.unloaded_region):
            side, _, part = name.removesuffix("_n").partition("_")
            advice = (
                f"the {side} {part or 'sole'} carries {reading_n:.0f} N, more than laces press; "
                "lift both feet off the ground and repeat"
            )
            return _noted(calibration, Verdict("unloaded", accepted=False, advice=advice))
    return replace(_noted(calibration, Verdict("unloaded", accepted=True)), offset_n=offset)


def _stood(
    calibration: Calibration,
    quiet: pd.DataFrame | None,
    standing: Mapping[str, float],
    rate_hz: float,
    p: CalibrationParams,
) -> Calibration:
    """Learn the standing loads, and body weight if nobody told it, unless the person moved."""
    if quiet is None:
        return calibration
    middle = _middle(quiet, rate_hz, p)
    total = total_of(middle)
    offset = sum(calibration.offset_n.get(f"{side}_n", 0.0) for side in tables.SIDES)
    level = float(np.median(total)) - offset if len(total) else 0.0
    advice = ""
    if not level > p.least_stand_n:
        advice = "nobody stood on the soles; stand on both feet and repeat"
    elif total.std() > p.quiet_most * total.mean():
        advice = (
            f"the load moved by {100 * total.std() / total.mean():.0f} %; "
            "stand still on both feet, arms hanging, and repeat"
        )
    elif _share_sd(middle) > p.quiet_share:
        advice = "weight went from foot to foot; stand still on both feet and repeat"
    elif calibration.body_weight_given:
        ratio = level / calibration.body_weight_n
        if not 1.0 / p.most_ratio <= ratio <= p.most_ratio:
            advice = (
                f"the soles read {level:.0f} N, {calibration.body_weight_n:.0f} N were expected; "
                "check the weight you gave, or stand on both soles, hold on to nothing, and repeat"
            )
    noted = _noted(calibration, Verdict("quiet_stand", accepted=not advice, advice=advice))
    if advice:
        return noted if calibration.body_weight_given else replace(noted, body_weight_n=0.0)
    stand = {name: v - calibration.offset_n.get(name, 0.0) for name, v in standing.items()}
    levels = {
        side: HeelLevels(stand[f"{side}_heel_n"] / stand[f"{side}_n"], 0.0)
        for side in tables.SIDES
        if stand.get(f"{side}_heel_n", 0.0) > 0.0 and stand[f"{side}_n"] > LEAST_N
    }
    weight = calibration.body_weight_n if calibration.body_weight_given else level
    return replace(noted, body_weight_n=weight, stand_n=stand, levels=levels)


def _shifted(
    calibration: Calibration,
    kind: StepKind,
    part: pd.DataFrame | None,
    rate_hz: float,
    p: CalibrationParams,
) -> Calibration:
    """Learn the gains of a posture from weight shifts, unless they cannot be believed."""
    if part is None:
        return calibration
    if any(f"{side}_n" not in part for side in tables.SIDES):
        advice = "only one sole is there, so no load can be compared; put on both"
        return _noted(calibration, Verdict(kind, accepted=False, advice=advice))
    if kind == "shift_tiptoe" and set(calibration.levels) != set(tables.SIDES):
        advice = _no_heels(part)
        return _noted(calibration, Verdict(kind, accepted=False, advice=advice))
    part = without_offset(part, calibration.offset_n)
    width = max(1, round(p.block_s * rate_hz))
    sides = {side: block_means(part[f"{side}_n"].to_numpy(), width) for side in tables.SIDES}
    use = np.isfinite(sides["left"]) & np.isfinite(sides["right"])
    up = _heels_up(part, calibration.levels, width, p)
    use &= up if kind == "shift_tiptoe" else ~up
    gains = fit_gains(sides["left"][use], sides["right"][use], calibration.body_weight_n)
    advice = _shift_advice(kind, gains, use, p)
    noted = _noted(calibration, Verdict(kind, accepted=not advice, advice=advice))
    if advice:
        return noted
    if kind == "shift_flat":
        return replace(noted, flat=gains)
    levels = {
        side: replace(level, floor=_floor(part, side, up, width))
        for side, level in calibration.levels.items()
    }
    return replace(noted, tiptoe=gains, levels=levels)


def _share_sd(part: pd.DataFrame) -> float:
    """Return how far the left share wandered; 0 where there is none."""
    if any(f"{side}_n" not in part for side in tables.SIDES):
        return 0.0
    left, right = (part[f"{side}_n"].to_numpy() for side in tables.SIDES)
    return float(np.nanstd(left / np.maximum(left + right, LEAST_N)))


def _no_heels(part: pd.DataFrame) -> str:
    if all(f"{side}_heel_n" in part for side in tables.SIDES):
        return "only an accepted quiet stand tells heels down from heels up; repeat that and this"
    return "these soles do not tell heel from toe, so tiptoe cannot be told from flat"


def _shift_advice(
    kind: StepKind, gains: SideGains | None, use: NDArray[np.bool_], p: CalibrationParams
) -> str:
    where = "on tiptoe" if kind == "shift_tiptoe" else "with both heels down"
    if not use.any():
        return f"you did not stand {where}; repeat {where}"
    if gains is None or gains.share_range < p.least_share_range:
        span = 100 * gains.share_range if gains else 0.0
        return (
            f"the load shifted by {span:.0f} points of {100 * p.least_share_range:.0f}; "
            f"lean slowly and further from foot to foot {where}, and repeat"
        )
    if gains.residual > p.most_residual:
        return (
            f"{100 * gains.residual:.0f} % of your weight came and went; "
            f"hold on to nothing, shift slowly {where}, and repeat"
        )
    return ""


def _heels_up(
    part: pd.DataFrame, levels: Mapping[str, HeelLevels], width: int, p: CalibrationParams
) -> NDArray[np.bool_]:
    """Tell in which blocks every foot that carries load has its heel up."""
    up = np.zeros(len(part) // width, dtype=np.bool_)
    if set(levels) != set(tables.SIDES):
        return up
    loads = {s: block_means(part[f"{s}_n"].to_numpy(), width) for s in tables.SIDES}
    each = []
    for side, load in loads.items():
        heel = block_means(part[f"{side}_heel_n"].to_numpy(), width)
        resting = load < p.resting_share * sum(loads.values())
        each.append((heel < p.heel_up_below * levels[side].base * load) | resting)
    return np.asarray(np.logical_and.reduce(each))


def _floor(part: pd.DataFrame, side: str, up: NDArray[np.bool_], width: int) -> float:
    heel, load = (block_means(part[f"{side}{n}_n"].to_numpy(), width)[up] for n in ("_heel", ""))
    return float(np.median(heel) / max(float(np.median(load)), LEAST_N))


def _noted(calibration: Calibration, verdict: Verdict) -> Calibration:
    return replace(calibration, verdicts=(*calibration.verdicts, verdict))


def part_of(force: pd.DataFrame, step: Step) -> pd.DataFrame:
    """Return the rows of `force` during a step.

    Parameters
    ----------
    force : ForceTable, (n,) rows
        Index in s.
    step : Step
        Half-open stretch of time.
    """
    start, end = np.searchsorted(force.index.to_numpy(), [step.start_s, step.end_s])
    return force.iloc[start:end]


def _middle(part: pd.DataFrame, rate_hz: float, p: CalibrationParams) -> pd.DataFrame:
    """Return the middle of a quiet stand: people settle at first and get restless at last."""
    spare = max(0, len(part) - round(p.quiet_middle_s * rate_hz)) // 2
    return part.iloc[spare : len(part) - spare]


def _middle_median(part: pd.DataFrame, rate_hz: float, p: CalibrationParams) -> dict[str, float]:
    middle = _middle(part, rate_hz, p)
    return {name: float(middle[name].median()) for name in _loads(middle)}


def _is_heard(part: pd.DataFrame) -> bool:
    """Tell whether every load there is was measured in at least half of a step."""
    loads = part[_loads(part)]
    return bool(len(loads)) and bool((loads.notna().mean() >= MOSTLY).all())


def _loads(part: pd.DataFrame) -> list[str]:
    return [name for side in tables.SIDES for name in load_columns(part, side)]


def total_of(part: pd.DataFrame) -> Floats:
    """Return the load of all feet without its gaps, (n,) in N.

    Parameters
    ----------
    part : ForceTable, (m,) rows
        Loads in N.
    """
    columns = [part[f"{side}_n"].to_numpy() for side in tables.SIDES if f"{side}_n" in part]
    if not columns or not len(part):
        return np.empty(0)
    total = np.sum(columns, axis=0)
    return np.asarray(total[np.isfinite(total)])
