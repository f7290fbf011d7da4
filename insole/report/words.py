"""What the closed words of a report mean, in plain English."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable


class Reason(NamedTuple):
    """A reason word as a phrase for brackets and as a sentence for the notes."""

    phrase: str
    sentence: str


REASONS = MappingProxyType(
    {
        "no_imu": Reason(
            "no motion sensor",
            "Without a motion sensor in the insole, the top of a raise, the start of the lowering "
            "and the height of the heel cannot be seen.",
        ),
        "no_regions": Reason(
            "one load for the whole foot",
            "The device gives one load for the whole foot, so it cannot tell when the heel leaves "
            "the floor.",
        ),
        "no_cop": Reason(
            "no centre of pressure",
            "The device does not give the centre of pressure.",
        ),
        "no_rhythm": Reason(
            "no steady rate",
            "The device sends on demand, under load only or at no known rate, so nothing can be "
            "said to be missing.",
        ),
        "unoriented": Reason(
            "way up of the sensors not confirmed",
            "It is not known which way up the sensors of this device lie. Its regions and its "
            "centre of pressure are left out until somebody has confirmed where the heel is.",
        ),
        "one_side": Reason(
            "one foot only",
            "Only one foot was measured, or only one had work to do: there is nothing to compare.",
        ),
        "merged_sides": Reason(
            "both feet in one number",
            "The device gives one number for both feet together.",
        ),
        "uncalibrated": Reason(
            "not calibrated",
            "The devices were not calibrated on this person: loads rest on the devices' own scale, "
            "heights on the foot of an average person.",
        ),
        "uncalibrated_tiptoe": Reason(
            "no calibration on tiptoe",
            "Insoles read too high on tiptoe, each foot by its own amount; without a calibration "
            "on tiptoe, the share between the feet is uncertain there.",
        ),
        "two_point": Reason(
            "calibrated at two points only",
            "The calibration knows only the unloaded foot and full body weight.",
        ),
        "slow_force": Reason(
            "too slow to show in the force",
            "A slow movement changes the total force too little to be timed by it.",
        ),
        "fast_only": Reason(
            "fast raises only",
            "This device can time raises of up to 1.5 s only.",
        ),
        "step_mode": Reason(
            "heel hangs over a step",
            "On a step the heel never touches the ground, so its load cannot mark start and end.",
        ),
        "sync": Reason(
            "no common clock",
            "There is no common clock to compare with, or the clocks of the two feet lie more than "
            "50 ms apart.",
        ),
        "gap": Reason(
            "data lost",
            "Data were lost during this stretch; nothing was filled in.",
        ),
        "saturated": Reason(
            "sensor at its limit",
            "A sensor was at the end of its range, so the true load was higher than shown.",
        ),
        "cell_out": Reason(
            "sensor cell failed",
            "A cell of the insole gave no usable signal and was left out.",
        ),
        "high_residual": Reason(
            "signal or clock off its usual level",
            "What remains after the correction (load on a lifted heel, or scatter of the clock) "
            "is larger than usual.",
        ),
        "drift": Reason(
            "slow drift",
            "The readings drifted slowly over the session, as warming and creeping sensors do.",
        ),
        "hysteresis": Reason(
            "insoles lag behind the load",
            "Insoles lag behind the load, so this number compares only with the same person's "
            "own earlier ones.",
        ),
        "toe_grip": Reason(
            "toes gripped",
            "The toes pressed much more than usual, which can look like a higher raise.",
        ),
        "hand_support": Reason(
            "hands probably helped",
            "The load on tiptoe was lower than before; the hands probably carried some weight.",
        ),
        "dip": Reason(
            "quick dip before the raise",
            "A quick dip before the raise suggests a start with bent knees.",
        ),
        "bounce": Reason(
            "heel only touched the floor",
            "The heel only touched the floor before it rose again.",
        ),
        "dropped": Reason(
            "heel dropped",
            "The heel dropped or landed hard instead of being lowered.",
        ),
        "unsteady": Reason(
            "unsteady",
            "The signal swayed more than usual, so times are less certain.",
        ),
        "partial": Reason(
            "heel not high enough",
            "The heel rose to less than half of its usual height.",
        ),
        "paused": Reason(
            "paused on the way down",
            "The lowering stopped for more than half a second on the way.",
        ),
        "stumble": Reason(
            "stumble or step",
            "A foot lost most of its load, as in a stumble or a step.",
        ),
        "roll": Reason(
            "foot rolled sideways",
            "The load moved sideways at the top, as when the foot rolls in or out.",
        ),
        "assisted": Reason(
            "other foot helped",
            "The other foot carried too much for one leg and too little for two.",
        ),
        "aborted": Reason(
            "broken off",
            "The repetition was broken off before it was complete.",
        ),
        "too_short": Reason(
            "too short",
            "It was too short to be judged, or shorter than prescribed.",
        ),
        "too_fast": Reason(
            "faster than prescribed",
            "The lowering was faster than prescribed.",
        ),
        "too_slow": Reason(
            "slower than prescribed",
            "The lowering was slower than prescribed.",
        ),
        "wrong_side": Reason(
            "other side than planned",
            "It was done on the other side than planned.",
        ),
        "judged_on_heel_up": Reason(
            "judged on the heel-up time",
            "It was judged on the time the heel was up, which includes raising and lowering.",
        ),
        "judged_on_cue": Reason(
            "judged from the cue",
            "The lowering was judged from the cue given to the contact of the heel.",
        ),
        "both_feet_work": Reason(
            "both feet work",
            "Both feet work in this exercise, so no foot should be unloaded.",
        ),
        "no_body_weight": Reason(
            "body weight not seen",
            "The device does not carry the whole body weight.",
        ),
        "no_maximum": Reason(
            "no maximum measured",
            "Effort in percent needs a maximum, and none was measured.",
        ),
        "ask": Reason(
            "cannot be measured, only asked",
            "No sensor measures this; it has to be asked.",
        ),
        "by_hand": Reason(
            "corrected by hand",
            "Somebody corrected this by hand; what the analysis had found is kept beside it.",
        ),
        "heel_lift": Reason(
            "heel lifted",
            "The heel came off the floor, where it should have stayed down.",
        ),
        "slow_rate": Reason(
            "too few samples a second",
            "Length and speed of the path of the centre of pressure need at least 50 samples a "
            "second.",
        ),
        "too_few": Reason(
            "too few repetitions",
            "There were too few repetitions to tell a trend.",
        ),
    }
)
"""Every word of `insole.measured.REASONS`."""

EXERCISES = MappingProxyType(
    {
        "isometric_hold": "holds",
        "eccentric_raise": "calf raises",
        "unrecognised": "exercise not recognised",
    }
)

ACTIVITIES = MappingProxyType(
    {
        "isometric_hold": "hold",
        "eccentric_raise": "calf raises",
        "toe_yoga": "toe yoga",
        "ankle_rocking": "rocking over the toes",
        "walking": "walking",
        "standing": "standing",
        "calibration": "calibration",
        "nothing": "nothing seen",
    }
)
"""Every name of `measure.recognise.ACTIVITIES`."""

SIDES = MappingProxyType({"both": "both feet", "left": "left foot", "right": "right foot"})

VARIANTS = MappingProxyType(
    {
        "double": "both feet",
        "two_up_one_down": "up on both feet, down on one",
        "single_left": "left foot only",
        "single_right": "right foot only",
        "unclear": "feet unclear",
    }
)


def because(reasons: Iterable[str]) -> str:
    """Return the phrases of reason words, separated by commas; a foreign word stays as it is."""
    return ", ".join(REASONS[w].phrase if w in REASONS else w for w in reasons)
