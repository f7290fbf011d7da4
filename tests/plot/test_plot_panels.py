"""Panels of sets, holds, raises, feet and quality: what is drawn, where, in which unit."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from example_report import (
    REGIONS,
    ShownSession,
    calf_raise,
    force_table,
    hold,
    report,
)
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.testing.compare import compare_images

from insole import plot, tables
from insole.codec.table import sensor_map
from insole.measure.model import Event
from insole.measured import not_observable, ok
from insole.plot.page import _balance, report_pictures
from insole.plot.repetition import heel_columns
from insole.plot.style import PHASE_COLOUR
from insole.spec import load_spec

BASELINE = Path(__file__).parent / "baseline"
TOLERANCE = 6.0
"""Root mean square of the difference, of 255: lines that move by a pixel differ by 10 and more,
another version of matplotlib or FreeType by less than 2."""


def panel():
    return Figure(figsize=(4.0, 2.4), dpi=80).subplots()


def texts(ax):
    return [text.get_text() for text in ax.texts]


def sole():
    sensors = sensor_map(load_spec("sim_insole"), "left")
    loads = np.linspace(0.0, 60.0, len(sensors))
    angle = np.linspace(0.0, 5.0, 200)
    cop = np.column_stack([3 * np.cos(angle), 150 + 40 * np.sin(angle)])
    return sensors, loads, cop


# ----------------------------------------------------------------------------------- structure


def every_panel():
    """Yield a name and each panel, drawn."""
    shown = report()
    force = force_table(shown)
    sensors, loads, cop = sole()
    yield "balance", plot.panel_balance(panel(), shown)
    yield "hold", plot.panel_hold(panel(), force, shown.holds[0], shown.events)
    yield "loss", plot.panel_loss(panel(), force)
    yield "repetition", plot.panel_repetition(panel(), force, shown.raises[1])
    yield "sole", plot.panel_sole_load(panel(), sensors, loads, cop)
    yield "standing", plot.panel_standing(panel(), force, 736.0)
    yield "tempo", plot.panel_tempo(panel(), shown.raises)


def test_each_panel_takes_and_returns_axes_with_a_unit_on_each_axis():
    for name, ax in every_panel():
        assert isinstance(ax, Axes)
        assert "[" in ax.get_ylabel() or name == "balance", name  # its rows have names
        assert "[" in ax.get_xlabel() or name in {"loss", "standing"}, name  # time_axis names it


def test_each_panel_looks_as_it_did(tmp_path):
    """Words are left out, since fonts differ between machines; the other tests read them."""
    for name, ax in every_panel():
        _without_words(ax.figure)
        drawn, expected = tmp_path / f"{name}.png", BASELINE / f"{name}.png"
        ax.figure.savefig(drawn)
        assert expected.exists(), f"look at {drawn}, and if it is right copy it to {expected}"
        assert compare_images(str(expected), str(drawn), TOLERANCE) is None, name


def _without_words(figure):
    for ax in figure.axes:
        ax.set(title="", xlabel="", ylabel="")
        ax.tick_params(labelleft=False, labelbottom=False, labelright=False)
        for text in [*ax.texts]:
            text.remove()
        if ax.get_legend():
            ax.get_legend().remove()


def test_a_wrong_picture_is_seen(tmp_path):
    other = plot.panel_tempo(panel(), [calf_raise(1, 1, 0.0, lowering=2.0)])
    _without_words(other.figure)
    other.figure.savefig(tmp_path / "tempo.png")
    assert compare_images(str(BASELINE / "tempo.png"), str(tmp_path / "tempo.png"), TOLERANCE)


# ------------------------------------------------------------------------------ raises and holds


def test_the_phases_of_a_repetition_are_named_with_their_lengths():
    shown = report()
    ax = plot.panel_repetition(panel(), force_table(shown), shown.raises[1])
    assert texts(ax) == ["raising\n1.1 s", "top\n2.0 s", "lowering\n4.8 s"]
    assert ax.get_ylabel() == "heel height [mm]"
    assert ax.get_xlim()[0] == -1.0


def test_without_a_motion_sensor_the_load_on_the_heel_is_drawn():
    shown = report(imu=False)
    force = force_table(shown)
    ax = plot.panel_repetition(panel(), force, shown.raises[0])
    assert ax.get_ylabel() == "load on the heel [N]"
    assert texts(ax) == ["heel up\n8.2 s"]
    assert heel_columns(force_table(shown, regions=(), unit="adc"))[1] == "load [raw counts]"


def test_a_repetition_begins_at_its_own_heel_off():
    shown = report()
    ax = plot.panel_repetition(panel(), force_table(shown), shown.raises[1])
    time_s, height_mm = ax.get_lines()[0].get_data()
    assert time_s[np.argmax(height_mm > 40)] == pytest.approx(0.55, abs=0.03)


def sagging(force, row):
    inside = (force.index >= row.onset_s) & (force.index <= row.end_s)
    force.loc[inside, "left_heel_height_mm"] = np.linspace(90.0, 60.0, inside.sum())
    return force


def test_the_sag_of_a_hold_is_filled_below_the_level_of_its_start():
    shown = report()
    row = shown.holds[0]
    ax = plot.panel_hold(panel(), sagging(force_table(shown), row), row)
    (level,) = [line for line in ax.get_lines() if line.get_label() == "level"]
    assert level.get_ydata()[0] == pytest.approx(90 - 30 * 2.5 / 10.1, abs=0.5)
    (filled,) = [c for c in ax.collections if c.get_label() == "sag"]
    low = min(path.vertices[:, 1].min() for path in filled.get_paths())
    assert low == pytest.approx(60.0, abs=0.5)


def test_a_touch_is_marked_where_it_was_and_the_last_contact_is_none():
    shown = report()
    row = shown.holds[0]
    events = [
        Event("heel_contact", "left", 15.0, "heel_levels"),
        Event("heel_contact", "left", row.heel_contact_s, "heel_levels"),
        Event("heel_contact", "right", 50.0, "heel_levels"),
    ]
    ax = plot.panel_hold(panel(), force_table(shown), row, events)
    (touch,) = [line for line in ax.get_lines() if line.get_label() == "touch"]
    assert list(touch.get_xdata()) == [pytest.approx(5.0)]


def test_a_hold_without_height_or_bounds_is_drawn():
    shown = report(imu=False)
    ax = plot.panel_hold(panel(), force_table(shown, sides=("left",)), shown.holds[0])
    assert not [c for c in ax.collections if c.get_label() == "sag"]


def test_the_tempo_strip_has_a_bar_for_each_phase_and_says_what_does_not_count():
    raises = [
        calf_raise(2, 1, 60.0, lowering=5.1),
        calf_raise(2, 2, 71.0, lowering=2.0, counted=False, reasons=("partial",)),
        calf_raise(2, 3, 82.0, lowering=3.0, tempo_met=False),
    ]
    ax = plot.panel_tempo(panel(), raises)
    lengths = [round(bar.get_width(), 6) for bar in ax.patches]
    assert lengths == pytest.approx([1.1, 2.0, 5.1, 1.1, 2.0, 2.0, 1.1, 2.0, 3.0])
    assert texts(ax) == ["5.1", "2.0", "not counted", "3.0", "off tempo"]
    top, bottom = ax.get_ylim()
    assert top > bottom, "the first one is on top"


def test_a_strip_of_raises_without_phases_shows_the_heel_up_time():
    ax = plot.panel_tempo(panel(), [calf_raise(1, 1, 0.0, imu=False)])
    assert [bar.get_width() for bar in ax.patches] == [pytest.approx(8.1)]


# ------------------------------------------------------------------------------- between the feet


def test_the_left_foot_is_on_the_left_of_the_balance():
    ax = plot.panel_balance(panel(), report())
    left, right = ax.get_xlim()
    assert left > 50 > right
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names[0] == "set 1, hold 1"
    assert names[-1] == "set 2, raise 3"


def test_the_balance_shows_each_phase_and_leaves_out_what_was_not_seen():
    unseen = not_observable("1", "share", "one_side")
    blind = {f"left_share{phase}": unseen for phase in ("", "_raising", "_top", "_lowering")}
    shown = report(raises=(calf_raise(2, 1, 60.0), calf_raise(2, 2, 71.0, **blind)))
    ax = plot.panel_balance(panel(), shown)
    count = {line.get_label(): len(line.get_xdata()) for line in ax.get_lines()}
    assert count["raising"] == count["top"] == count["lowering"] == 1
    assert count["hold"] == 2
    assert count["flat"] == 4


@pytest.mark.parametrize(("share", "reach"), [(0.53, 10.0), (0.65, 20.0), (1.0, 52.0)])
def test_the_balance_is_as_wide_as_it_needs(share, reach):
    row = hold(1, 10.0, 10.0, left_share=ok(share, "1", "total_ratio"))
    shown = report(holds=(row,), raises=(), weight_shift=())
    assert plot.panel_balance(panel(), shown).get_xlim() == (50 + reach, 50 - reach)


def test_each_sensor_has_the_colour_of_its_load_and_lies_on_its_side():
    sensors, loads, cop = sole()
    left = plot.panel_sole_load(panel(), sensors, loads, cop, side="left")
    right = plot.panel_sole_load(panel(), sensors, loads, cop, side="right")
    discs = [p for p in left.patches if len(p.get_xy()) > 30]
    assert len(discs) == len(sensors)
    centres = [disc.get_xy()[:-1].mean(axis=0)[0] for disc in discs]
    assert np.allclose(np.sign(centres), np.sign(-sensors["x_mm"]), atol=1)
    brightness = [sum(disc.get_facecolor()[:3]) for disc in discs]
    assert brightness == sorted(brightness, reverse=True)
    way = [line.get_xdata() for ax in (left, right) for line in ax.get_lines()[1:2]]
    assert np.allclose(way[0], -way[1])


def test_a_sensor_without_load_or_place_is_not_coloured():
    sensors, loads, _ = sole()
    loads[3] = np.nan
    sensors = sensors.assign(x_mm=sensors["x_mm"].where(sensors.index != 5))
    ax = plot.panel_sole_load(panel(), sensors, loads)
    discs = [p for p in ax.patches if len(p.get_xy()) > 30]
    assert len(discs) == len(sensors) - 1
    assert [disc.get_facecolor()[3] for disc in discs].count(0.0) == 1
    assert len(ax.get_lines()) == 0, "no centre of pressure was told"


# --------------------------------------------------------------------------------------- quality


def test_losses_are_counted_where_they_happened():
    shown = report()
    ax = plot.panel_loss(panel(), force_table(shown, lost=[("right", 46.0, 48.5)]))
    left, right = (patch.get_data() for patch in ax.patches)
    assert left[0].max() == 0.0
    inside = (right[1][1:] > 46.0) & (right[1][:-1] < 48.5)
    assert right[0][inside].min() > 0
    assert right[0][~inside].max() == 0.0
    assert right[0].max() == pytest.approx(100.0)


def test_the_load_of_both_feet_is_drawn_with_the_weight_to_compare():
    shown = report(holds=(), raises=(), events=())
    ax = plot.panel_standing(panel(), force_table(shown), 736.0)
    assert ax.get_legend().get_texts()[0].get_text() == "body weight"
    assert np.nanmean(ax.get_lines()[0].get_ydata()) == pytest.approx(736, rel=0.02)
    counts = plot.panel_standing(panel(), force_table(shown, unit="adc"), 736.0)
    assert counts.get_ylabel() == "load of all [raw counts]"
    assert counts.get_legend() is None


@pytest.mark.parametrize("rows", [0, 1, 2, 30])
def test_quality_of_a_very_short_session_is_drawn(rows):
    force = force_table(report()).iloc[:rows]
    plot.panel_loss(panel(), force).figure.canvas.draw()
    plot.panel_standing(panel(), force).figure.canvas.draw()


def test_each_phase_has_a_colour_that_colour_blind_readers_tell_apart():
    """Brightness differs, or the hue lies on another side of blue and yellow."""
    assert len({colour for colour, _ in PHASE_COLOUR.values()}) == len(PHASE_COLOUR) - 1


# ---------------------------------------------------------------------------- figures of a page


class Full(ShownSession):
    """A session with samples, as the page wants it."""

    start_s = 0.0

    @property
    def sensors(self):
        return {side: sensor_map(load_spec("sim_insole"), side) for side in ("left", "right")}

    @property
    def samples(self):
        n = 1000
        cells = {f"cell_{k:02d}_n": np.full(n, float(k)) for k in range(1, 17)}
        frame = pd.DataFrame({"time_s": np.linspace(0.0, 100.0, n), **cells})
        return dict.fromkeys(tables.SIDES, frame)


def pictures(shown, **table):
    return report_pictures(Full(force_table(shown, **table), shown))


def test_a_page_gets_a_figure_of_each_kind_with_words_for_it():
    drawn = pictures(report())
    keys = ["time", "hold-1-1", "hold-1-2", "tempo-2", "raise-2-1", "balance", "soles", "quality"]
    assert [one.key for one in drawn] == keys
    assert all(len(one.described) > 30 for one in drawn)
    assert len({one.key for one in drawn}) == len(drawn)
    assert {one.section for one in drawn} == {"session", "set 1", "set 2", "feet", "quality"}
    assert "raise 2, which took 1.1 – 2.0" not in drawn[4].described


@pytest.mark.slow
@pytest.mark.parametrize(
    "shown",
    [
        report(imu=False),
        report(holds=(), raises=(), sets=(), weight_shift=(), events=()),
        report(imu=False, sides="right"),
    ],
    ids=["no motion sensor", "nothing found", "one foot"],
)
def test_every_rig_has_figures(shown):
    sides = ("right",) if shown.capabilities.sides == "right" else tables.SIDES
    drawn = pictures(shown, sides=sides, regions=REGIONS)
    assert drawn[0].key == "time"
    assert drawn[-1].key == "quality"


def test_very_many_raises_have_no_balance_figure():
    many = tuple(calf_raise(2, k, 1.0 * k) for k in range(1, 80))
    assert list(_balance(replace(report(), raises=many))) == []
