"""What a person does, with its times: the acts that change the stage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from insole.sim.blocks import Habits, Mistake, RiseKind


@dataclass(frozen=True, slots=True)
class FootRise:
    """One foot on tiptoe once: times in s, heights in mm. `side` is 0 for left, 1 for right.

    The heel pad is soft: the heel is empty a little before it leaves the floor, and carries load
    from `heel_touch_s`, a little before it is down. The lowering stands still during `stop_s`;
    `landing` is a factor on the landing peak. A foot that is lifted at the top comes down
    `in_air`: its last events are none.
    """

    side: int
    unload_start_s: float
    heel_empty_s: float
    heel_off_s: float
    top_reached_s: float
    lowering_onset_s: float
    heel_touch_s: float
    heel_contact_s: float
    settled_s: float
    height_mm: float
    sag_fraction: float
    wobble_mm: float
    overload: float
    overload_s: float
    stop_s: tuple[float, float] = (0.0, 0.0)
    tremor_mm: float = 0.0
    landing: float = 1.0
    in_air: bool = False


@dataclass(frozen=True, slots=True)
class Repetition:
    """One hold or raise on one foot or both.

    `ramp_fraction` is the part of the lowering that starts it, and the part that ends it,
    `uneven` the irregularity of its speed, `mistake` what goes wrong.
    """

    kind: RiseKind
    feet: tuple[FootRise, ...]
    ramp_fraction: float
    uneven: float = 0.35
    mistake: Mistake = "none"


@dataclass(frozen=True, slots=True)
class OneFoot:
    """Standing on one foot (0 left, 1 right): transfers take `transfer_s` at either end.

    With `resting_share` the toes of the other one stay on the ground, and carry this part.
    """

    start_s: float
    end_s: float
    transfer_s: float
    side: int
    resting_share: float = 0.0


@dataclass(frozen=True, slots=True)
class Shift:
    """A move of weight between the feet to another share of the left foot, which stays."""

    start_s: float
    duration_s: float
    left_share: float


@dataclass(frozen=True, slots=True)
class Lean:
    """A lean forward and back: at full depth 1 the heels carry nothing, but do not rise."""

    start_s: float
    end_s: float
    depth: float


@dataclass(frozen=True, slots=True)
class Walk:
    """Walking on the spot with strides of `stride_s`."""

    start_s: float
    end_s: float
    stride_s: float


@dataclass(frozen=True, slots=True)
class Sit:
    """Sitting with the feet hanging."""

    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Restless:
    """Sway and share noise times `gain`."""

    start_s: float
    end_s: float
    gain: float


@dataclass(frozen=True, slots=True)
class Talk:
    """Small gestures: the share of the left foot moves by `size` and back."""

    start_s: float
    end_s: float
    size: float


@dataclass(frozen=True, slots=True)
class Hands:
    """The hands carry this part of body weight."""

    start_s: float
    end_s: float
    part: float


@dataclass(frozen=True, slots=True)
class Dip:
    """The knees bend and stretch before a raise: the body sinks by `depth_mm`."""

    start_s: float
    end_s: float
    depth_mm: float


@dataclass(frozen=True, slots=True)
class ToeGrip:
    """The toes of both feet grip: their load is this many times what it would be."""

    start_s: float
    end_s: float
    factor: float


@dataclass(frozen=True, slots=True)
class Touch:
    """The heel of one foot sinks to the floor in a hold, and stays there between two times."""

    side: int
    start_s: float
    end_s: float
    load: float


@dataclass(frozen=True, slots=True)
class Stumble:
    """A step to the side: nearly all load goes to one foot and back."""

    start_s: float
    end_s: float
    side: int


@dataclass(frozen=True, slots=True)
class ToePress:
    """One foot presses the big toe, or the little ones, with a load."""

    side: int
    start_s: float
    end_s: float
    toe: Literal["big", "little"]
    force_n: float


@dataclass(frozen=True, slots=True)
class Rock:
    """One foot's load moves forward and to one edge, with the heel down."""

    side: int
    start_s: float
    end_s: float
    toe: Literal["big", "middle", "little"]
    depth: float
    across_mm: float


Act: TypeAlias = (
    Repetition | OneFoot | Shift | Lean | Walk | Sit | Restless
    | Talk | Hands | Dip | ToeGrip | Touch | Stumble | ToePress | Rock
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Timeline:
    """All acts of a scenario in order, its length in s, and how the person does all of it."""

    acts: tuple[Act, ...]
    duration_s: float
    habits: Habits
