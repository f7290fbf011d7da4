"""Figures of a session; a panel takes and returns an Axes, a whole figure is returned unshown.

Nothing here touches pyplot or its global state: a figure made here lives and dies with its name,
in a notebook, a web server or a command alike.
"""

from insole.plot.figure import Timeline, timeline, to_png
from insole.plot.found import mark_events, name_rows, shade_phases
from insole.plot.panel import mark_lost, panel_heel_height, panel_loads, panel_share

__all__ = [
    "Timeline",
    "mark_events",
    "mark_lost",
    "name_rows",
    "panel_heel_height",
    "panel_loads",
    "panel_share",
    "shade_phases",
    "timeline",
    "to_png",
]
