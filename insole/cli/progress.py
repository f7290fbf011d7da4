"""A bar that grows, on standard error, where that is a terminal and there is something to do."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from insole.cli.screen import Screen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WORTH_A_BAR = 3
"""Fewer steps are not worth one (our choice)."""


@contextmanager
def bar(words: str) -> Iterator[Callable[[int, int], None]]:
    """Yield what is told how many of how many steps are done; it shows them as a bar.

    Parameters
    ----------
    words : str
        What is done meanwhile.
    """
    if not Screen().is_terminal:
        yield lambda _, __: None
        return
    shown: list[_Bar] = []

    def tell(done: int, of: int) -> None:
        if of >= WORTH_A_BAR:
            if not shown:
                shown.append(_Bar(words, of))
            shown[0].show(done)

    try:
        yield tell
    finally:
        for one in shown:
            one.close()


class _Bar:
    """A bar of rich's, which takes long to import."""

    def __init__(self, words: str, of: int) -> None:
        from rich.console import Console  # noqa: PLC0415
        from rich.progress import (  # noqa: PLC0415
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
        )
        self._progress = Progress(*columns, console=Console(stderr=True), transient=True)
        self._task = self._progress.add_task(words, total=of)
        self._progress.start()

    def show(self, done: int) -> None:
        self._progress.update(self._task, completed=done)

    def close(self) -> None:
        self._progress.stop()
