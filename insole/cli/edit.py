"""``insole edit``: correct by hand what a report says was done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from insole.cli.folder import find_session, folder_option
from insole.cli.options import as_seconds
from insole.cli.talk import printable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from insole.session import Session

DAMAGED = 4
WAYS = ("remove", "retime", "relabel", "add", "undo")
TIMES = ("start_s", "end_s", "top_s", "lowering_onset_s")
KINDS = click.Choice(["raise", "hold", "set"])


def _as_time(context: click.Context, option: click.Parameter, value: str | None) -> float | None:
    """Return a time of the session written as seconds, or m:ss, in s; 0 is one, too."""
    return 0.0 if value == "0" else as_seconds(context, option, value)


def _time_option(*names: str, text: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    return click.option(*names, metavar="TIME", callback=_as_time, help=text)


@click.command()
@click.argument("file")
@click.option("--list", "as_list", is_flag=True, help="Only list what there is, with numbers.")
@click.option(
    "--remove", nargs=2, type=(KINDS, str), metavar="KIND NUMBER", help="There was no such thing."
)
@click.option(
    "--retime",
    nargs=2,
    type=(click.Choice(["raise", "hold"]), str),
    metavar="KIND NUMBER",
    help="It was at other times; give those that were wrong.",
)
@click.option(
    "--relabel",
    nargs=3,
    type=(KINDS, str, str),
    metavar="KIND NUMBER LABEL",
    help="It was a double, two_up_one_down, single_left, single_right; a raise, a hold; it is "
    "counted, not_counted.",
)
@click.option(
    "--add",
    type=click.Choice(["raise", "hold"]),
    help="There was one, between --from and --to.",
)
@click.option("--undo", is_flag=True, help="Take back the last correction; repeat for more.")
@_time_option("--from", "--start", "start_s", text="Heel-off, s or m:ss into the session.")
@_time_option("--to", "--end", "end_s", text="Heel contact.")
@_time_option("--top", "top_s", text="When the top was reached.")
@_time_option("--lowering", "lowering_onset_s", text="When the lowering began.")
@click.option(
    "--side",
    type=click.Choice(["both", "left", "right"]),
    help="Which feet worked in what is added.  [default: both]",
)
@folder_option
@click.pass_context
def command(context: click.Context, /, *, file: str, folder: Path | None, **asked: Any) -> None:
    """Correct by hand what was found: add, remove, retime or relabel a raise, a hold, a set.

    NUMBER is that of --list: 3 is the third of the session, 2.3 the third of set 2. What the
    sensors sent stays untouched; a correction is kept beside it, reports follow it and say so, and
    --undo takes it back.
    """
    _check(asked)
    path = find_session(file, folder)
    if asked["as_list"]:
        from insole.cli.showing import open_whole  # noqa: PLC0415 - imports the analysis

        session = open_whole(path)
    else:
        session = _corrected(path, asked)
        click.echo("the last correction is taken back" if asked["undo"] else "corrected")
    _print(session)
    context.exit(DAMAGED if session.damage else 0)


def _check(asked: dict[str, Any]) -> None:
    """Refuse options that ask for several things at once, for nothing, or for half of one."""
    if sum(bool(asked[name]) for name in ("as_list", *WAYS)) != 1:
        raise click.UsageError(
            "give one of --list, --remove, --retime, --relabel, --add and --undo"
        )
    times = {name for name in TIMES if asked[name] is not None}
    if asked["add"] and times != {"start_s", "end_s"}:
        raise click.UsageError("--add needs --from and --to, and no other time")
    if times and not (asked["add"] or asked["retime"]):
        raise click.UsageError("times go with --add or --retime")
    if asked["side"] and not asked["add"]:
        raise click.UsageError("--side goes with --add; say --relabel for what was found")


def _corrected(path: Path, asked: dict[str, Any]) -> Session:
    from insole import editing  # noqa: PLC0415 - imports the analysis

    if asked["remove"]:
        return editing.remove(path, *asked["remove"])
    if asked["retime"]:
        return editing.retime(path, *asked["retime"], **{name: asked[name] for name in TIMES})
    if asked["relabel"]:
        return editing.relabel(path, *asked["relabel"])
    if asked["add"]:
        span_s = asked["start_s"], asked["end_s"]
        return editing.add(path, asked["add"], *span_s, side=asked["side"] or "both")
    return editing.undo(path)


def _print(session: Session) -> None:
    """List what there is, with the numbers that `--remove` and its like take."""
    from insole.editing import rows_of  # noqa: PLC0415 - imports the analysis
    from insole.report.edited import edit_line, row_line  # noqa: PLC0415 - likewise

    report = session.report()
    lines = [
        row_line(kind, number, row)
        for kind in ("set", "hold", "raise")
        for number, row in enumerate(rows_of(report, kind), 1)
    ]
    lines += [edit_line(edit) for edit in report.edits]
    click.echo(printable("\n".join(lines or ["No set, no hold, no raise."])))
