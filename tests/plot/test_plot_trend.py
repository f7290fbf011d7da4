"""The figure of weeks: a panel for what is known, a line for each exercise and foot."""

from __future__ import annotations

from insole.plot.figure import to_png
from insole.plot.trend import trend_figure

NAMES = ("before", "worst", "after", "later", "next_morning")


def row(day: int, **changes):
    pain = {f"pain_{when}_{side}": None for when in NAMES for side in ("left", "right")}
    known = {
        "started_at": f"2026-04-{day:02d}T07:30:00+02:00", "session": f"{day}",
        "exercise": "isometric_hold", "variant": "double", "side": "both", "sets": 1, "rounds": 3,
        "reps": None, "hold_s": 30.0 + day, "lowering_s": None, "height_mm": 70.0,
        "left_share": 0.5,
    }  # fmt: skip
    return {**known, **pain, **changes}


def labels(figure):
    return [ax.get_ylabel() for ax in figure.axes]


def test_only_what_is_known_has_a_panel_and_pain_always_has():
    figure = trend_figure([row(1), row(2, pain_worst_left=4)], limit=6)
    assert labels(figure) == [
        "hold [s]", "heel height\n[mm]", "left share [%]", "pain at worst\n[0 to 10]"
    ]  # fmt: skip
    (line,) = figure.axes[0].lines
    assert list(line.get_ydata()) == [31.0, 32.0]
    left, right, limit = figure.axes[-1].lines
    assert list(left.get_ydata()) == [4]
    assert list(right.get_ydata()) == []
    assert limit.get_ydata()[0] == 6


def test_each_foot_has_a_line_of_its_own():
    one_leg = {"variant": "single", "exercise": "eccentric_raise", "reps": 9, "hold_s": None}
    figure = trend_figure([row(1, side=side, **one_leg) for side in ("left", "right")])
    reps = next(ax for ax in figure.axes if ax.get_ylabel().startswith("repetitions"))
    assert len(reps.lines) == 2
    assert len({line.get_color() for line in reps.lines}) == 2


def test_a_session_of_two_exercises_has_its_pain_once():
    rows = [row(1, pain_worst_right=2), row(1, exercise="eccentric_raise", pain_worst_right=2)]
    right = trend_figure(rows).axes[-1].lines[1]
    assert list(right.get_ydata()) == [2]


def test_nothing_can_be_drawn_too():
    assert to_png(trend_figure([])).startswith(b"\x89PNG")
