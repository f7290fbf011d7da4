"""The ground as the heels' load tells it: a floor, a step, or neither."""

import numpy as np
import pandas as pd
import pytest

from insole.measure.channel import ChannelParams
from insole.measure.ground import ground_of


def force(left_heel, right_heel, midfoot=0.25):
    columns = {}
    for side, heel in (("left", left_heel), ("right", right_heel)):
        columns[f"{side}_n"] = np.full(500, 350.0)
        columns[f"{side}_heel_n"] = np.full(500, 350.0 * heel)
        columns[f"{side}_midfoot_n"] = np.full(500, 350.0 * midfoot)
    return pd.DataFrame(columns, index=pd.Index(np.arange(500) / 50.0, name="time_s"))


@pytest.mark.parametrize(
    ("table", "ground"),
    [
        (force(0.27, 0.3), "floor"),
        (force(0.02, 0.01), "step"),
        (force(0.02, 0.3), None),
        (force(0.02, 0.01, midfoot=0.01), "floor"),
        (force(0.27, 0.3)[["left_n", "right_n"]], None),
        (force(0.02, 0.01)[["left_n", "left_heel_n", "left_midfoot_n"]], "step"),
        (force(0.27, 0.3) * np.nan, None),
    ],
)
def test_the_heels_tell_the_ground(table, ground):
    assert ground_of(table, ChannelParams()) == ground
