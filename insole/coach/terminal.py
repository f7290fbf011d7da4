"""The coach on a terminal: one thing so large that it can be read from three metres away.

`lines` lays a view out as text; `FullTerminal` writes such lines over the whole terminal.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple, Self

from insole.coach import digits

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console

    from insole.coach.view import Bar, Mood, View

SMALLEST = (12, 4)
"""Columns and rows below which only the words are shown."""
ROOMY = 12
"""Rows from which on every line has its place, so that nothing moves up and down."""
_BESIDE, _BESIDE_IF_ROOMY = 4, 7
"""Rows that the large letters leave to words."""


class Row(NamedTuple):
    """A line and how it looks, in rich's words."""

    text: str
    style: str = ""


class _Look(NamedTuple):
    """How a mood looks: the ink of the letters with and without Unicode, a sign, a style.

    Each differs in shape as well as in colour.
    """

    ink: str
    plain_ink: str
    sign: str
    plain_sign: str
    style: str


_LOOKS: dict[Mood, _Look] = {
    "calm": _Look("█", "#", "·", "-", "cyan"),
    "good": _Look("█", "#", "●", "*", "bold green"),
    "amber": _Look("▒", "%", "▲", "!", "bold yellow"),
    "still": _Look("░", ":", "■", "=", "bold magenta"),
    "ask": _Look("█", "#", "?", "?", "bold blue"),
}
_LOUD = {"amber", "still", "ask"}


def lines(
    view: View, width: int, height: int, *, aside: str = "", trouble: str = "", plain: bool = False
) -> list[Row]:
    """Return a view as at most `height` lines of at most `width` characters.

    Parameters
    ----------
    view : View
        What to show.
    width, height : int
        Size of the terminal, columns and rows.
    aside : str
        Little to be shown in the corner, as how long the recording is.
    trouble : str
        What is wrong with the devices; "" if nothing is.
    plain : bool
        True where only ASCII can be written.
    """
    width, height = max(width, 1), max(height, 1)
    look, roomy = _LOOKS[view.mood], height >= ROOMY
    # what is left out first stands last; the order on the screen is another one
    extras = [
        ("word", _word(view, look, width, plain=plain)),
        ("trouble", Row(trouble, "bold red reverse") if trouble else None),
        ("bar", Row(_bar(view.bar, width, plain=plain), look.style) if view.bar else None),
        ("note", Row(view.note, "bold") if view.note else None),
        ("title", _title(view, aside, width)),
        ("keys", Row(_fitting(view.keys, width), "dim")),
        ("balance", _balance(view.left_share, width, plain=plain)),
    ]
    beside = _BESIDE_IF_ROOMY if roomy else _BESIDE
    big = _big(view, look, width, height - beside, plain=plain)
    room = height - len(big)
    shown: dict[str, list[Row]] = {}
    for name, row in extras:
        shown[name] = [row or Row("")] if room and (row or roomy) else []
        room -= len(shown[name])
    above = [*shown["title"], *[Row("")] * (room // 2)]
    below = [*[Row("")] * (room - room // 2), *_joined(shown, _BELOW)]
    order = [*above, *big, *shown["word"], *below]
    return [Row(_ascii(row.text, plain=plain)[:width].rstrip(), row.style) for row in order]


_BELOW = ("bar", "balance", "note", "trouble", "keys")


def _joined(shown: dict[str, list[Row]], names: Sequence[str]) -> list[Row]:
    return [row for name in names for row in shown[name]]


def sentence(view: View) -> str:
    """Return a view in a few words, for where nothing can be drawn."""
    return ": ".join(filter(None, [view.title, f"{view.big} {view.word}"]))


def _big(view: View, look: _Look, width: int, height: int, *, plain: bool) -> list[Row]:
    if width < SMALLEST[0] or height < digits.HEIGHT:
        return []
    ink = look.plain_ink if plain else look.ink
    scale = min(width // digits.width(view.big), height // digits.HEIGHT)
    if scale:
        drawn = digits.rows(view.big, scale, ink)
    elif digits.width(view.big) // 2 <= width:
        drawn = digits.rows(view.big, 1, ink, narrow=True)
    else:
        return []
    margin = " " * ((width - len(drawn[0])) // 2)
    return [Row(margin + row, look.style) for row in drawn]


def _word(view: View, look: _Look, width: int, *, plain: bool) -> Row:
    sign = look.plain_sign if plain else look.sign
    drawn = f"{sign} {view.big} {view.word} {sign}" if width < SMALLEST[0] else view.word
    text = f"{sign} {view.word.upper()} {sign}" if view.mood in _LOUD else drawn
    return Row(
        text.center(width), f"{look.style} reverse" if view.mood in _LOUD else look.style
    )  # fmt: skip


def _title(view: View, aside: str, width: int) -> Row:
    gap = width - len(view.title) - len(aside)
    text = view.title + " " * gap + aside if gap > 1 else view.title or aside
    return Row(text, "bold")


def _bar(bar: Bar, width: int, *, plain: bool) -> str:
    full, empty = ("#", "-") if plain else ("█", "─")
    room = width - len(bar.name) - 3
    if room < 4:
        return ""
    filled = round(room * bar.done)
    return f"{bar.name} [{full * filled}{empty * (room - filled)}]"


def _balance(left_share: float | None, width: int, *, plain: bool) -> Row | None:
    """Return the load of both feet as a pointer between them; its middle is even."""
    if left_share is None:
        return None
    left = round(100 * left_share)
    names = f"left {left}% ", f" {100 - left}% right"
    room = width - sum(map(len, names))
    if room < 7:
        return Row(f"L {left} R {100 - left}")
    room -= 1 - room % 2
    # the pointer goes to the side that bears more
    at = min(max(round((1.0 - left_share) * (room - 1)), 0), room - 1)
    line, middle, pointer = ("-", "|", "O") if plain else ("─", "┼", "●")
    cells = [middle if column == room // 2 else line for column in range(room)]
    cells[at] = pointer
    return Row(names[0] + "".join(cells) + names[1])


def _fitting(keys: str, width: int) -> str:
    """Return as many of the keys as there is room for."""
    shown = ""
    for key in keys.split("  "):
        longer = f"{shown}  {key}" if shown else key
        if len(longer) > width:
            break
        shown = longer
    return shown


def _ascii(text: str, *, plain: bool) -> str:
    return text.encode("ascii", "replace").decode() if plain else text


class FullTerminal:
    """The whole terminal, written over; what is told stays, once it is left.

    Parameters
    ----------
    console : Console
        Where to write.
    """

    def __init__(self, console: Console) -> None:
        from rich.live import Live  # noqa: PLC0415 - only where there is a terminal

        self._console = console
        self._live = Live(
            console=console, screen=True, auto_refresh=False,
            redirect_stdout=False, redirect_stderr=False,
        )  # fmt: skip
        self._told: list[str] = []
        self._rows: Sequence[tuple[str, str]] = ()

    def __enter__(self) -> Self:
        self._live.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.__exit__(None, None, None)
        for sentence_told in self._told:
            self._console.print(sentence_told)

    def show(self, rows: Sequence[tuple[str, str]], _: str) -> None:
        """Show lines in place of those before, and where there is room what was told last."""
        from rich.text import Text  # noqa: PLC0415 - with the console

        self._rows = rows
        room = max(self._console.size.height - len(rows) - 1, 0)
        told = [("", ""), *((one, "") for one in self._told[-room:])] if room else []
        every = [*rows, *told]
        text = Text("\n", overflow="crop", no_wrap=True).join(Text(*row) for row in every)
        self._live.update(text, refresh=True)

    def tell(self, told: str) -> None:
        """Show a sentence where there is room, and keep it for the end."""
        self._told.append("".join(c if c.isprintable() else "?" for c in told))
        self.show(self._rows, "")


@contextmanager
def full_terminal() -> Iterator[FullTerminal]:
    """Take the whole terminal that standard error is, until the end."""
    from rich.console import Console  # noqa: PLC0415 - only where there is a terminal

    console = Console(stderr=True, highlight=False, markup=False, emoji=False)
    with FullTerminal(console) as display:
        yield display
