"""What a scenario is made of: blocks that follow each other, habits of the person, faults."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

SpellKind: TypeAlias = Literal[
    "stand", "rest", "walk", "lean", "fidget", "step_off", "talk", "shift"
]  # fmt: skip
RiseKind: TypeAlias = Literal["hold", "raise"]
ToeKind: TypeAlias = Literal["toe_yoga"]
RockKind: TypeAlias = Literal["rocking"]
Feet: TypeAlias = Literal["left", "right", "both"]
OneSide: TypeAlias = Literal["", "left", "right"]
Mistake: TypeAlias = Literal[
    "none", "partial", "bounce", "pause", "dropped", "dip", "hands", "toe_grip", "touch", "stumble",
    "early_end", "wrong_side",
]  # fmt: skip
SensorKind: TypeAlias = Literal["usual", "loadsol", "resistive", "poor"]

SHORTEST_PAUSE_S = 1.5
"""A shorter pause at the bottom is a bounce, which is a mistake of its own."""


@dataclass(frozen=True, slots=True)
class Spell:
    """A stretch without exercise.

    Parameters
    ----------
    kind : {"stand", "rest", "walk", "lean", "fidget", "step_off", "talk", "shift"}
        Stand still; shift weight from foot to foot; walk on the spot; lean forward and back;
        fidget (any of these, with restless standing); take weight off; talk, with more sway and
        small gestures; move most of the weight slowly from foot to foot, over and over.
    duration_s : float
        Length, s.
    side : {"left", "right", "both"}
        `step_off` only: the foot taken off the ground; both feet means sitting down.
    """

    kind: SpellKind
    duration_s: float
    side: Feet = "both"


@dataclass(frozen=True, slots=True)
class Rise:
    """Repetitions on tiptoe: holds, or raises with a slow lowering.

    Parameters
    ----------
    kind : {"hold", "raise"}
        What the person means to do; the movement is the same.
    up_s, top_s, down_s : float
        Time of each phase that the person aims at, s.
    reps : int
        How many, one behind the other.
    pause_s : float
        Flat standing after each, s; at least `SHORTEST_PAUSE_S`.
    side : {"left", "right", "both"}
        The foot, or feet, stood on.
    height : float
        Heel height aimed at, as a fraction of the person's peak.
    lower_on : {"", "left", "right"}
        Up on both feet and down on this one; "" for down as up.
    assist : float
        Part of the load that stays on the resting foot of one-foot work, 0 to 0.5: its toes stay
        on the ground then.
    ramp : float
        Part of the lowering that its start takes, and its end, 0.05 to 0.5; 0 to draw it.
    uneven : float
        Irregularity of the lowering's speed (SD of the logarithm).
    shift : bool
        Whether most of the weight goes slowly from foot to foot at the top, over and over.
    mistakes : tuple of str
        What goes wrong in the first repetition, the second …, over and over.
    """

    kind: RiseKind
    up_s: float
    top_s: float
    down_s: float
    reps: int = 1
    pause_s: float = 3.0
    side: Feet = "both"
    height: float = 0.9
    lower_on: OneSide = ""
    assist: float = 0.0
    ramp: float = 0.0
    uneven: float = 0.35
    shift: bool = False
    mistakes: tuple[Mistake, ...] = ()


@dataclass(frozen=True, slots=True)
class ToeYoga:
    """Pressing the big toe and the little toes in turn, standing.

    Parameters
    ----------
    kind : {"toe_yoga"}
    reps : int
        Pairs of presses.
    press_s : float
        Length of a press, s.
    side : {"left", "right", "both"}
        Which feet.
    force_n : float
        Load of a press, N.
    """

    kind: ToeKind
    reps: int = 6
    press_s: float = 1.5
    side: Feet = "both"
    force_n: float = 25.0


@dataclass(frozen=True, slots=True)
class Rocking:
    """Knee over the big, the middle, the little toe in turn, with the heel down.

    Parameters
    ----------
    kind : {"rocking"}
    reps : int
        Rounds of three.
    rock_s : float
        From flat to flat, s.
    side : {"left", "right", "both"}
        Which feet.
    excursion_mm : float
        How far the load moves to the inner or outer edge, mm.
    """

    kind: RockKind
    reps: int = 3
    rock_s: float = 4.0
    side: Feet = "both"
    excursion_mm: float = 12.0


Block: TypeAlias = Spell | Rise | ToeYoga | Rocking


@dataclass(frozen=True, slots=True)
class Habits:
    """How the person does all of it.

    Parameters
    ----------
    hand_support : float
        Part of body weight that the hands carry all the time, 0 to 0.5.
    hand_sway_n : float
        SD of slow changes of the hands' force, N.
    fatigue : float
        0 for none to 1: by the end of a set heels rise less high by a third of this, holds sink
        more, and the calves tremble.
    step : bool
        On a step, with the heels over its edge.
    toe_grip : float
        Factor on the toes' load on tiptoe.
    roll_mm : float
        How far the load moves to the outer edge on tiptoe, mm; negative for the inner one.
    restless : float
        Factor on sway.
    left_share : float
        Preferred share of the left foot; 0 to draw it.
    """

    hand_support: float = 0.0
    hand_sway_n: float = 0.0
    fatigue: float = 0.0
    step: bool = False
    toe_grip: float = 1.0
    roll_mm: float = 0.0
    restless: float = 1.0
    left_share: float = 0.0


@dataclass(frozen=True, slots=True)
class Sensors:
    """What the devices' sensors are like, and what is wrong with them.

    Parameters
    ----------
    kind : {"usual", "loadsol", "resistive", "poor"}
        See `insole.sim.cell.KINDS`.
    tiptoe_gains : tuple of float
        What the left and the right insole read at full height, against the true load; empty to
        draw them.
    dead, stuck : tuple of int
        Cells, from 1, that read nothing, or what they read first; in both insoles.
    swapped : tuple of int
        Pairs of cells whose wires are exchanged.
    swapped_feet : bool
        Whether each insole lies in the other shoe.
    relace_s : float
        When the shoes are laced anew, which sets other preloads, s; 0 for never.
    spikes_per_1000 : float
        Samples of a cell, in 1000, that are far off.
    arch_flex : float
        Part of the foot's pitch that a soft insole does not follow.
    """

    kind: SensorKind = "usual"
    tiptoe_gains: tuple[float, ...] = ()
    dead: tuple[int, ...] = ()
    stuck: tuple[int, ...] = ()
    swapped: tuple[int, ...] = ()
    swapped_feet: bool = False
    relace_s: float = 0.0
    spikes_per_1000: float = 0.0
    arch_flex: float = 0.0


@dataclass(frozen=True, slots=True)
class Faults:
    """Faults of the radio and of the devices' clocks.

    Parameters
    ----------
    loss_fraction : float
        Part of the packets that never arrive, each on its own, 0 to 1.
    interval_ms : float
        Connection interval, ms: packets arrive together at these times.
    jitter_ms : float
        SD of the further delay of a packet, ms.
    stall_fraction : float
        Part of the packets that start a burst of retransmissions, 0 to 1.
    skew_ppm : float
        Clock error, ppm: the left clock is fast by this, the right one slow.
    offset_s : float
        Latest start of one device's clock after the other's, s.
    duplicate_fraction, reordered_fraction : float
        Part of the packets that arrive twice, or after the next one, 0 to 1.
    silences : tuple of float
        Start and length of each stretch in which nothing of the first device arrives, though it
        stays connected, s.
    reconnects : tuple of float
        When the first device's connection is lost, and for how long, s; its packets are counted
        from 0 then.

    Notes
    -----
    Losses are single packets and independent between the feet, as recordings of a real pair of
    insoles show (8.6 % there). Delays and stalls: our choice.
    """

    loss_fraction: float = 0.0
    interval_ms: float = 30.0
    jitter_ms: float = 3.0
    stall_fraction: float = 0.002
    skew_ppm: float = 0.0
    offset_s: float = 0.5
    duplicate_fraction: float = 0.0
    reordered_fraction: float = 0.0
    silences: tuple[float, ...] = ()
    reconnects: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Scenario:
    """A named script for the simulated person."""

    name: str
    description: str
    blocks: tuple[Block, ...]
    faults: Faults
    person: Habits = Habits()
    sensors: Sensors = Sensors()
