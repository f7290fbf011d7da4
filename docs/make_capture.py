"""Write docs/coach.svg, the screen of the coach in the README, from a simulated person.

Run ``python docs/make_capture.py`` after what the coach shows was changed; a test complains of a
stale picture. Nothing of it is a mock-up: simulated devices send, `insole.live` follows them, and
the coach of the shipped programme shows what it would show on a terminal.
"""

from __future__ import annotations

import asyncio
import re
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

from insole.cli.status import minutes
from insole.coach import engine
from insole.coach.model import Rig
from insole.coach.plan import plan_of
from insole.coach.terminal import Row, lines
from insole.coach.view import view_of
from insole.live import Live
from insole.programme.load import load_programme
from insole.sim.link import rig
from insole.sim.scenario import load_scenario
from insole.spec import load_spec
from insole.transport import rig as links_together

if TYPE_CHECKING:
    from collections.abc import Sequence

    from insole.transport.rig import Item

PICTURE = Path(__file__).with_name("coach.svg")
COMMAND = "insole record --coach --simulate hold_double"
SCENARIO, SPEC, SEED = "hold_double", "sim_insole", 1
COLUMNS, LINES = 72, 17
SHOWN_AT_S = 23.5
"""A moment in the midst of a hold."""
LOOK_S = 0.1
_FONTS = re.compile(r"@font-face \{.*?\}", re.DOTALL)
"""Rich names fonts on a server; a picture in a page should ask nobody."""


def screen() -> list[Row]:
    """Return what the coach shows at that moment."""
    programme, spec = load_programme(), load_spec(SPEC)
    first = programme.stages[0]
    plan = plan_of(programme, [("both", first, first.steps[0])], Rig(heel=True, height=True))
    links, _ = rig(load_scenario(SCENARIO), spec, SEED)
    live = Live({link.role: spec for link in links})
    items: list[Item] = []

    async def deliver(batch: Sequence[Item]) -> None:
        items.extend(batch)

    asyncio.run(links_together.run(links, deliver))
    state, _ = engine.start(plan, 0.0)
    facts, now_s, waiting = None, 0.0, iter(items)
    item = next(waiting)
    while now_s < SHOWN_AT_S:
        now_s = round(now_s + LOOK_S, 6)
        while item.host_time_ns <= now_s * 1e9:
            live.take(item)
            item = next(waiting)
        facts = live.look(round(now_s * 1e9)).following
        typed = "0" if state.asked_s is not None and now_s - state.asked_s > 1.0 else ""
        state, _ = engine.advance(state, plan, facts, now_s, typed)
    view = view_of(state, plan, facts, now_s)
    return lines(view, COLUMNS, LINES, aside=f"rec {minutes(now_s)}")


def picture(rows: list[Row]) -> str:
    """Return a screen as SVG that needs no other file."""
    console = Console(
        record=True, width=COLUMNS, file=StringIO(), force_terminal=True, color_system="truecolor",
        highlight=False, markup=False, emoji=False, legacy_windows=False,
    )  # fmt: skip
    for row in rows:
        console.print(Text(*row), overflow="crop", no_wrap=True)
    svg = console.export_svg(title=COMMAND, theme=MONOKAI, unique_id="coach")
    return _FONTS.sub("", svg).replace("Fira Code, monospace", "ui-monospace, monospace")


if __name__ == "__main__":
    PICTURE.write_text(picture(screen()), encoding="utf-8")
