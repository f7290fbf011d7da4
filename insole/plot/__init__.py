"""Figures of a session; a panel takes and returns an Axes, a whole figure is returned unshown.

Nothing here touches pyplot or its global state: a figure made here lives and dies with its name,
in a notebook, a web server or a command alike.
"""

from insole.plot.balance import panel_balance
from insole.plot.figure import Timeline, timeline, to_png
from insole.plot.found import mark_events, name_rows, shade_phases
from insole.plot.panel import mark_lost, panel_heel_height, panel_loads, panel_share
from insole.plot.pressure import panel_sole_load
from insole.plot.quality import panel_loss, panel_standing
from insole.plot.repetition import panel_hold, panel_repetition
from insole.plot.svg import to_svg
from insole.plot.tempo import panel_tempo
from insole.plot.trend import trend_figure

__all__ = [
    "Timeline",
    "mark_events",
    "mark_lost",
    "name_rows",
    "panel_balance",
    "panel_heel_height",
    "panel_hold",
    "panel_loads",
    "panel_loss",
    "panel_repetition",
    "panel_share",
    "panel_sole_load",
    "panel_standing",
    "panel_tempo",
    "shade_phases",
    "timeline",
    "to_png",
    "to_svg",
    "trend_figure",
]
