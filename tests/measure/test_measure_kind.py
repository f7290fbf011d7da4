"""Hold or raise where no top is seen: long pieces with a touch between them."""

import pytest
from feet import feet, heel_up, report_of, stand


def kinds(*acts):
    force = feet(stand(6), *acts, stand(6))
    force = force[[c for c in force.columns if "acc" not in c and "gyro" not in c]]
    report = report_of(force)
    return len(report.holds), len(report.raises), [row.breaks for row in report.holds]


@pytest.mark.parametrize(
    ("first_s", "second_s", "touch_s", "found"),
    [
        (14.0, 15.0, 0.6, (1, 0, [1])),
        (8.0, 15.0, 0.6, (1, 0, [1])),
        (5.0, 16.0, 0.6, (0, 2, [])),
        (8.0, 8.0, 0.6, (0, 2, [])),
        (14.0, 15.0, 3.0, (0, 2, [])),
        (22.0, 15.0, 0.6, (1, 0, [1])),
    ],
)
def test_long_pieces_together_are_a_hold_with_a_break(first_s, second_s, touch_s, found):
    first = heel_up(1.0, first_s - 2.0, 1.0)
    second = heel_up(1.0, second_s - 2.0, 1.0)
    assert kinds(first, stand(touch_s), second) == found
