"""The figure: what is on it for each rig, what stays visible, that it leaves no trace."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from example_report import REGIONS, ShownSession, calf_raise, events, force_table, hold, report
from matplotlib.figure import Figure

from insole import plot, tables
from insole.plot import series
from insole.plot.style import PHASE_COLOUR, REGION_STYLE


def lasting(shown, duration_s):
    return replace(shown, session=replace(shown.session, duration_s=duration_s))


def labels(figure):
    return [ax.get_ylabel() for ax in figure.axes]


def drawn(shown, **table):
    return plot.timeline(ShownSession(force_table(shown, **table), shown))


def test_insoles_with_motion_sensor_fill_four_panels_with_units():
    figure = drawn(report())
    assert isinstance(figure, Figure)
    assert labels(figure) == [
        "left foot [N]", "right foot [N]", "heel height [mm]", "left share [%]",
    ]  # fmt: skip
    assert figure.axes[-1].get_xlabel() == "time [min:s]"


def test_one_foot_without_motion_sensor_fills_one_panel():
    shown = report(imu=False, sides="right")
    assert labels(drawn(shown, sides=("right",), regions=("heel",))) == ["right foot [N]"]


def test_totals_alone_are_drawn():
    figure = drawn(report(imu=False), regions=())
    assert labels(figure) == ["left foot [N]", "right foot [N]", "left share [%]"]
    names = [line.get_label() for line in figure.axes[0].get_lines()]
    assert [name for name in names if not name.startswith("_")] == ["total"]


def test_raw_counts_have_no_share():
    assert labels(drawn(report(imu=False), unit="adc")) == [
        "left foot [raw counts]", "right foot [raw counts]",
    ]  # fmt: skip


def test_both_feet_are_on_one_scale():
    shown = report()
    force = force_table(shown)
    force["right_n"] *= 2
    left, right = plot.timeline(ShownSession(force, shown)).axes[:2]
    assert left.get_ylim() == right.get_ylim()


def test_every_region_has_a_style():
    assert set(REGION_STYLE) == set(tables.REGIONS)
    assert len({str(style) for style in REGION_STYLE.values()}) >= len(tables.REGIONS) - 1


def shaded(ax):
    """Return start and end of each shaded phase of a panel."""
    paths = [path for phase in ax.collections for path in phase.get_paths()]
    edges = [(path.vertices[:, 0].min(), path.vertices[:, 0].max()) for path in paths]
    return sorted((round(start, 6), round(end, 6)) for start, end in edges)


def lost_strips(ax):
    return [strip for strip in ax.collections if strip.get_label()[1:] not in PHASE_COLOUR]


def test_each_phase_is_shaded_from_its_start_to_its_end():
    shown = report(holds=(hold(1, 10.0, 10.0),), raises=(calf_raise(2, 1, 60.0),))
    ax = Figure().subplots()
    ax.set_xlim(0.0, 100.0)
    plot.shade_phases(ax, shown)
    expected = [(10, 11), (11, 21), (21, 22), (60, 61.1), (61.1, 63.1), (63.1, 68.1)]
    assert np.allclose(shaded(ax), expected)


def test_without_phases_the_heel_up_time_is_shaded():
    ax = Figure().subplots()
    ax.set_xlim(0.0, 100.0)
    plot.shade_phases(ax, report(imu=False, raises=()))
    assert np.allclose(shaded(ax), [(10.0, 22.1), (30.0, 42.0)])


def test_the_legend_names_what_is_there_and_nothing_else():
    words = [text.get_text() for text in drawn(report()).legends[0].get_texts()]
    assert words == ["hold", "raising", "top", "lowering", "heel off", "heel contact"]
    quiet = report(imu=False, holds=(), raises=(), events=())
    assert drawn(quiet).legends == []
    assert set(words[:4]) < set(PHASE_COLOUR)


def test_lost_data_are_hatched_on_the_foot_that_lost_them():
    figure = drawn(report(), lost=[("right", 46.0, 48.5), ("right", 60.0, 60.06)])
    left, right = figure.axes[:2]
    assert lost_strips(left) == []
    (strip,) = lost_strips(right)
    spans = [(path.vertices[:, 0].min(), path.vertices[:, 0].max()) for path in strip.get_paths()]
    assert np.allclose(spans, [(46.0, 48.5), (60.0, 60.06)])
    assert strip.get_hatch()
    assert strip.get_linewidth()[0] > 0, "a short gap must not vanish"
    assert "lost" in [text.get_text() for text in figure.legends[0].get_texts()]


def test_a_short_gap_that_was_bridged_is_a_strip_along_the_bottom():
    shown = report()
    force = force_table(shown)
    force["left_lost"] = (force.index >= 30.0) & (force.index < 30.06)
    figure = plot.timeline(ShownSession(force, shown))
    (strip,) = lost_strips(figure.axes[0])
    corners = strip.get_paths()[0].vertices
    assert np.allclose(corners.min(axis=0), (30.0, 0.0))
    assert corners[:, 1].max() < 0.1
    assert lost_strips(figure.axes[1]) == []
    assert figure.legends[0].get_texts()[-1].get_text() == "lost, bridged"


def test_a_plate_under_both_feet_has_one_panel():
    shown = report(imu=False, holds=(), raises=(), events=())
    force = force_table(shown, sides=("left",), regions=())
    force.columns = ["plate_n", "plate_ok"]
    assert labels(plot.timeline(ShownSession(force, shown))) == ["both feet [N]"]


def test_a_line_breaks_where_data_are_lost():
    ax = plot.panel_loads(
        Figure().subplots(), force_table(report(), lost=[("left", 5.0, 6.0)]), "left"
    )
    time_s, load_n = ax.get_lines()[-1].get_data()
    assert np.isnan(load_n[(time_s >= 5.0) & (time_s < 6.0)]).all()
    assert np.isfinite(load_n[(time_s < 5.0) | (time_s >= 6.0)]).all()


def test_events_stand_on_their_own_foot():
    ax = Figure().subplots()
    row = hold(1, 10.0, 10.0)
    plot.mark_events(ax, events([row], []), "right")
    times = sorted(time for line in ax.get_lines() for time in line.get_xdata())
    assert times == pytest.approx([10.04, 22.04])


def test_names_are_written_where_there_is_room_for_them():
    def names(shown):
        return [text.get_text() for text in drawn(shown).axes[0].texts]

    failed = calf_raise(2, 2, 71.0, counted=False, reasons=("partial",))
    shown = report(raises=(calf_raise(2, 1, 60.0), failed))
    assert names(shown) == ["hold 1", "hold 2", "raise 1", "raise 2\nnot counted"]
    assert names(lasting(shown, 3600.0)) == []


def test_an_hour_is_drawn_from_few_points_and_loses_no_spike():
    shown = lasting(report(), 3600.0)
    force = force_table(shown)
    force.iloc[123_456, force.columns.get_loc("left_n")] = 4000.0
    figure = plot.timeline(ShownSession(force, shown))
    for line in (line for ax in figure.axes for line in ax.get_lines()):
        assert len(line.get_xdata()) <= 2.1 * series.COLUMNS
    total = figure.axes[0].get_lines()[len(REGIONS)]
    assert np.nanmax(total.get_ydata()) == 4000.0
    assert figure.axes[-1].get_xlabel() == "time [min:s]"


def test_a_lost_minute_of_an_hour_stays_a_hole_in_the_line():
    shown = lasting(report(), 3600.0)
    force = force_table(shown, lost=[("left", 1000.0, 1060.0)])
    time_s, values = series.envelope(force.index.to_numpy(), force["left_n"].to_numpy())
    assert np.isnan(values[(time_s > 1002.0) & (time_s < 1058.0)]).all()


@pytest.mark.parametrize(
    ("duration_s", "told"),
    [
        (0.5, ["0:00.0", "0:00.1", "0:00.2"]),
        (3.0, ["0:00.0", "0:00.5", "0:01.0"]),
        (100.0, ["0:00", "0:10", "0:20"]),
        (3600.0, ["0:00", "5:00", "10:00"]),
    ],
)
def test_time_is_told_as_in_the_report_however_long_it_is(duration_s, told):
    shown = lasting(report(holds=(), raises=(), events=()), duration_s)
    figure = drawn(shown)
    figure.canvas.draw()
    labels = [label.get_text() for label in figure.axes[-1].get_xticklabels()]
    first = labels.index("0:00.0" if duration_s < 10 else "0:00")
    assert labels[first : first + 3] == told
    assert len(labels) <= 17


@pytest.mark.parametrize("rows", [0, 1, 2, 30])
def test_a_very_short_session_is_drawn(rows):
    shown = lasting(report(holds=(), raises=(), events=()), 0.3)
    figure = plot.timeline(ShownSession(force_table(shown).iloc[:rows], shown))
    assert plot.to_png(figure).startswith(b"\x89PNG")


def test_a_session_that_is_lost_as_a_whole_is_drawn():
    shown = lasting(report(holds=(), raises=(), events=()), 2.0)
    lost = [("left", 0.0, 9.0), ("right", 0.0, 9.0)]
    assert plot.to_png(drawn(shown, lost=lost)).startswith(b"\x89PNG")


def test_share_is_left_out_where_nobody_stands():
    shown = report()
    force = force_table(shown)
    force.loc[:20.0, ["left_n", "right_n"]] = 5.0
    ax = plot.panel_share(Figure().subplots(), force, 736.0)
    time_s, share = ax.get_lines()[-1].get_data()
    assert np.isnan(share[time_s < 20.0]).all()
    assert np.isfinite(share[time_s > 20.0]).all()


def test_share_shows_one_foot_and_two_feet_at_a_fitting_scale():
    shown = report()
    force = force_table(shown)
    assert plot.panel_share(Figure().subplots(), force).get_ylim() == (30.0, 70.0)
    force.loc[50.0:60.0, "left_n"] = 0.0
    assert plot.panel_share(Figure().subplots(), force).get_ylim() == (0.0, 100.0)


def test_a_notebook_gets_a_picture():
    assert drawn(report())._repr_png_().startswith(b"\x89PNG")


def test_pyplot_stays_untouched():
    code = "import sys, insole.plot; sys.exit('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
