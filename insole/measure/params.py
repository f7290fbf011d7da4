"""Every setting of the analysis in one frozen value, so that a report can carry it whole."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from insole.detect.heel import HeelParams
from insole.detect.loading import PairParams
from insole.filter.calibrate import GainParams
from insole.filter.height import HeightParams
from insole.measure.boundary import BoundaryParams
from insole.measure.breaks import BreakParams
from insole.measure.channel import ChannelParams
from insole.measure.edge import EdgeParams
from insole.measure.fault import FaultParams
from insole.measure.lean import LeanParams
from insole.measure.rocking import RockParams
from insole.measure.scene import SceneParams
from insole.measure.sway import SwayParams
from insole.measure.toe_yoga import ToeParams
from insole.measure.touch import TouchParams
from insole.measure.transfer import TransferParams

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class ExerciseParams:
    """What makes a heel-up a hold, a raise, a repetition that counts, a set.

    References
    ----------
    Hold: top of at least 5 s and 45 % of the heel-up, or 20 s of heel-up without an inertial
    sensor: our choice (real slow raises spend 0.24–0.40 of it at the top, real holds 0.62–0.80).
    10 mm lean, half of the best height, gaps of 0.1 and 0.5 s, 4.0–6.5 s for "5 s", 10 s without a
    repetition: the project's measurement notes. Touches of up to 1.5 s do not end a hold, 90 s of
    rest between rounds of one set, and 7.5 s of heel-up for a piece of a hold whose top nobody
    sees: our choice.
    """

    hold_top_s: float = 5.0
    hold_top_fraction: float = 0.45
    hold_without_imu_s: float = 20.0
    piece_without_imu_s: float = 7.5
    touch_s: float = 1.5
    lean_mm: float = 10.0
    partial_fraction: float = 0.5
    gap_low_s: float = 0.1
    gap_drop_s: float = 0.5
    raise_pause_s: float = 10.0
    hold_pause_s: float = 90.0
    lowering_min_s: float = 4.0
    lowering_max_s: float = 6.5
    contact_within_s: float = 0.5


@dataclass(frozen=True, slots=True)
class ShareParams:
    """How load share and its variants are read.

    References
    ----------
    3 Hz, 0.12 and 0.22, the first 1.0 s, the last 50 % to 10 %: the project's measurement notes,
    variant and weight shift. Transfer between 10 % and 90 % at 6 Hz; clocks within 50 ms: ibid.
    """

    cutoff_hz: float = 3.0
    transfer_hz: float = 6.0
    single_max: float = 0.12
    double_min: float = 0.22
    raising_s: float = 1.0
    lowering_from: float = 0.5
    lowering_to: float = 0.1
    flat_before_s: float = 3.0
    sync_ms: float = 50.0
    """How far apart the clocks of the feet may be for the share of a moment to be sure, ms."""


@dataclass(frozen=True, slots=True)
class SteadinessParams:
    """Window and filter of load steadiness.

    References
    ----------
    10 Hz, first and last second cut, height retention over 5 s: the project's measurement notes.
    At least 2 s, at most a tenth of it missing: our choice.
    """

    cutoff_hz: float = 10.0
    cut_s: float = 1.0
    shortest_s: float = 2.0
    most_missing: float = 0.1
    retention_s: float = 5.0


@dataclass(frozen=True, slots=True)
class QualityParams:
    """When a sensor counts as being at its limit.

    References
    ----------
    Our choice: a sensor that stays at its own greatest value for 0.1 s, though it resolves at
    least 20 levels, cannot say more; one that stays there for more than half of the time is
    constant, not saturated. In public recordings of walking, standing and tiptoe without
    saturation a sensor stays there for up to 0.06 s, and one that used 4 levels for 0.12 s.
    """

    flat_top_s: float = 0.1
    flat_top_most: float = 0.5
    flat_top_levels: int = 20


@dataclass(frozen=True, slots=True)
class Params:
    """All settings by the part they belong to."""

    heel: HeelParams = field(default_factory=HeelParams)
    channel: ChannelParams = field(default_factory=ChannelParams)
    edge: EdgeParams = field(default_factory=EdgeParams)
    pair: PairParams = field(default_factory=PairParams)
    gain: GainParams = field(default_factory=GainParams)
    height: HeightParams = field(default_factory=HeightParams)
    touch: TouchParams = field(default_factory=TouchParams)
    transfer: TransferParams = field(default_factory=TransferParams)
    lean: LeanParams = field(default_factory=LeanParams)
    fault: FaultParams = field(default_factory=FaultParams)
    boundary: BoundaryParams = field(default_factory=BoundaryParams)
    exercise: ExerciseParams = field(default_factory=ExerciseParams)
    breaks: BreakParams = field(default_factory=BreakParams)
    share: ShareParams = field(default_factory=ShareParams)
    steadiness: SteadinessParams = field(default_factory=SteadinessParams)
    quality: QualityParams = field(default_factory=QualityParams)
    scene: SceneParams = field(default_factory=SceneParams)
    toe: ToeParams = field(default_factory=ToeParams)
    rock: RockParams = field(default_factory=RockParams)
    sway: SwayParams = field(default_factory=SwayParams)

    def to_dict(self) -> Mapping[str, Any]:
        """Return the settings as plain values, for the report."""
        return asdict(self)
