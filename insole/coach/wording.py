"""Words that a person hears for the words of the report."""

from __future__ import annotations

REASONS = {
    "partial": "not high enough",
    "aborted": "not finished",
    "gap": "data were lost",
    "wrong_side": "the other leg",
    "dip": "only a dip",
    "bounce": "bounced",
    "dropped": "dropped",
    "paused": "stopped on the way",
    "stumble": "a stumble",
    "hand_support": "hands helped",
    "toe_grip": "toes gripped",
}
"""Why a repetition did not count."""
