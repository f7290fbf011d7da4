"""The four numbers of a tempo."""

import pytest

from insole.measure.tempo import tempo_string
from insole.measured import not_observable, ok


def seconds(value):
    return not_observable("s", "test", "no_imu") if value is None else ok(value, "s", "test")


@pytest.mark.parametrize(
    ("down", "bottom", "up", "top", "tempo"),
    [
        (5.0, 0.0, 1.0, 2.0, "5-0-1-2"),
        (3.0, 0.0, 3.0, 2.0, "3-0-3-2"),
        (4.6, 0.4, 1.4, 2.5, "5-0-1-3"),
        (2.5, 0.5, 1.5, 3.5, "3-1-2-4"),
        (12.2, 0.0, 0.2, 0.0, "12-0-0-0"),
        (None, 0.0, 1.0, 2.0, None),
        (5.0, 0.0, None, None, None),
    ],
)
def test_tempo_is_down_pause_up_pause_in_whole_seconds(down, bottom, up, top, tempo):
    assert tempo_string(seconds(down), bottom, seconds(up), seconds(top)) == tempo
