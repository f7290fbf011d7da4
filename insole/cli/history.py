"""``insole history``: how things went over time, as a table, as data, as a picture or a page."""

from __future__ import annotations

import csv
import errno
import json
import os
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from insole.cli.folder import folder_option, made_folder, write_beside, write_new
from insole.cli.options import json_option
from insole.cli.prescribed import in_use, present, stands
from insole.cli.report import show
from insole.cli.talk import say
from insole.record.folder import sessions_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from insole.history.trend import TrendRow

_EXERCISE = {
    ("isometric_hold", "double"): "holds on both feet",
    ("isometric_hold", "single"): "holds on one leg",
    ("eccentric_raise", "double"): "raises on both feet",
    ("eccentric_raise", "two_up_one_down"): "two up, one down",
    ("eccentric_raise", "single"): "raises on one leg",
}


def as_day(_: click.Context, __: click.Parameter, value: str | None) -> datetime | None:
    """Return the start of the day meant, here: ``2026-11-24``, or so many days back, ``30d``."""
    if value is None:
        return None
    try:
        if value.endswith("d"):
            midnight = present().replace(hour=0, minute=0, second=0, microsecond=0)
            return midnight - timedelta(days=int(value[:-1]))
        return datetime.strptime(value, "%Y-%m-%d").astimezone()
    except (ValueError, OverflowError):
        problem = f"{value!r} is no day; write 2026-11-24, or 30d for the last 30 days"
        raise click.BadParameter(problem) from None


@click.command()
@click.option("--since", metavar="DAY", callback=as_day, help="From 2026-11-24 on, or 30d back.")
@click.option("--side", type=click.Choice(["left", "right", "both"]), help="What this foot did.")
@click.option(
    "--exercise",
    type=click.Choice(["isometric_hold", "eccentric_raise"]),
    help="Holds or raises only.",
)
@json_option
@click.option("--csv", "as_csv", is_flag=True, help="Print a table with commas.")
@click.option(
    "--plot",
    "png",
    metavar="PNG",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Draw it instead into a new PNG; never overwrites.",
)
@click.option("--html", "as_html", is_flag=True, help="Write a page for a visit, print its path.")
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    help="The page; never overwrites. By default a free name in the sessions folder.",
)
@click.option("--open", "to_open", is_flag=True, help="Write the page and show it in a browser.")
@folder_option
def command(
    *,
    since: datetime | None,
    side: str | None,
    exercise: str | None,
    as_json: bool,
    as_csv: bool,
    png: Path | None,
    as_html: bool,
    out: Path | None,
    to_open: bool,
    folder: Path | None,
) -> None:
    """Show how things went over time: hold, lowering, repetitions, height, share and pain.

    One row for each session, exercise and foot. What was found in a session is remembered and read
    again when its file or this program has changed. The page is one file that needs no other: the
    figures and tables of a time, and where the programme stands, to take to a visit.
    """
    page_wanted = as_html or to_open or out is not None
    if as_json + as_csv + (png is not None) + page_wanted > 1:
        raise click.UsageError("give one of --json, --csv, --plot and --html")
    if out is not None and out.exists():  # said before the work is done
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(out))
    rows = _rows(folder, since, side or "", exercise or "")
    if page_wanted:
        page = _write_page(rows, folder, out)
        click.echo(page)
        if to_open:
            show(page)
    elif png is not None:
        programme = in_use(folder)
        limit = programme.pain.limit if programme else None
        from insole.plot.figure import to_png  # noqa: PLC0415 - likewise
        from insole.plot.trend import trend_figure  # noqa: PLC0415 - matplotlib takes long

        write_new(png, to_png(trend_figure(list(map(plain, rows)), limit)))
        click.echo(png)
    elif as_json:
        for row in rows:
            click.echo(json.dumps(plain(row), ensure_ascii=False))
    elif as_csv:
        _write_csv(rows)
    else:
        for line in _lines(rows):
            click.echo(line)


def _rows(
    folder: Path | None, since: datetime | None, side: str, exercise: str
) -> tuple[TrendRow, ...]:
    from insole.cli.progress import bar  # noqa: PLC0415 - only here
    from insole.history.sessions import sessions_in  # noqa: PLC0415 - likewise
    from insole.history.trend import pain_of, trend  # noqa: PLC0415 - likewise
    from insole.journal import read_journal  # noqa: PLC0415 - likewise

    place = sessions_folder(folder)
    with bar("reading sessions") as tell:
        found = sessions_in(place, tell=tell)
    for problem in found.problems:
        say(problem)
    journal = read_journal(place)
    for problem in journal.problems:
        say(f"journal: {problem}")
    pain = pain_of(found.summaries, journal.ratings)
    return trend(found.summaries, pain, since=since, side=side, exercise=exercise)


def plain(row: TrendRow) -> dict[str, Any]:
    """Return a row as plain values, each with its unit in its name."""
    flat = {
        "started_at": row.started_at.isoformat(), "session": row.session,
        "exercise": row.exercise, "variant": row.variant, "side": row.side, "sets": row.sets,
        "rounds": row.rounds, "reps": row.reps, "hold_s": row.hold_s,
        "lowering_s": row.lowering_s, "height_mm": row.height_mm, "left_share": row.left_share,
    }  # fmt: skip
    for foot, given in (("left", row.left), ("right", row.right)):
        for when in ("before", "worst", "after", "later", "next_morning"):
            flat[f"pain_{when}_{foot}"] = getattr(given, when)
    return flat


def _write_csv(rows: Iterable[TrendRow]) -> None:
    from insole.history.trend import NO_ROW  # noqa: PLC0415 - only here

    writer = csv.DictWriter(sys.stdout, list(plain(NO_ROW)), lineterminator="\n")
    writer.writeheader()
    writer.writerows(map(plain, rows))


def _write_page(rows: Sequence[TrendRow], folder: Path | None, out: Path | None) -> Path:
    from insole.cli.visit import visit_page  # noqa: PLC0415 - matplotlib takes long

    programme = in_use(folder)
    standing = stands(folder, programme) if programme else None
    groups = _groups(rows)
    ways = [_way(mine) for _, mine in groups]
    page = visit_page(rows, list(map(plain, rows)), groups, ways, standing).encode()
    if out is None:
        return write_beside(made_folder(folder) / "history.html", page)
    write_new(out, page)
    return out


def _groups(rows: Sequence[TrendRow]) -> list[tuple[str, list[TrendRow]]]:
    """Return rows by exercise and foot, with the name of each."""
    groups: dict[tuple[str, str, str], list[TrendRow]] = {}
    for row in rows:
        groups.setdefault((row.exercise, row.variant, row.side), []).append(row)
    return [(_name(*kind), mine) for kind, mine in groups.items()]


def _name(exercise: str, variant: str, side: str) -> str:
    foot = "" if side == "both" else f", {side}"
    return _EXERCISE.get((exercise, variant), f"{exercise} {variant}") + foot


def _lines(rows: Sequence[TrendRow]) -> list[str]:
    if not rows:
        return ["nothing was done yet, as far as sessions here show"]
    from insole.report.layout import paragraph  # noqa: PLC0415 - only here

    lines = []
    for name, mine in _groups(rows):
        lines += ["", name, *_table(mine, holds=mine[0].exercise == "isometric_hold")]
        if way := _way(mine):
            lines += paragraph(f"first and last: {way}", "  ", "    ")
    return lines[1:]


def _table(rows: Sequence[TrendRow], *, holds: bool) -> list[str]:
    done, timed = ("rounds", "held") if holds else ("reps", "lowered")
    lines = [
        f"  {'day':<16}{'sets':>5}{done:>7}{timed:>9}{'height':>8}{'left':>6}{'pain L':>8}{'R':>4}",
        f"  {'':<16}{'':>5}{'':>7}{'s':>9}{'mm':>8}{'%':>6}{'at worst':>12}",
    ]
    for row in rows:
        count = row.rounds if holds else row.reps
        share = None if row.left_share is None else 100 * row.left_share
        lines.append(
            f"  {row.started_at:%Y-%m-%d %H:%M}{row.sets:>5}{_number(count):>7}"
            f"{_number(row.hold_s if holds else row.lowering_s, 1):>9}"
            f"{_number(row.height_mm):>8}{_number(share):>6}"
            f"{_number(row.left.worst):>8}{_number(row.right.worst):>4}"
        )
    return lines


def _number(value: float | None, digits: int = 0) -> str:
    return "-" if value is None else f"{value:z.{digits}f}"


def _way(rows: Sequence[TrendRow]) -> str:
    """Return from where to where it went; "" if that is not known."""
    if len(rows) < 2:
        return ""
    first, last = rows[0], rows[-1]
    pairs = [
        ("held", first.hold_s, last.hold_s, 1, "s"),
        ("lowered", first.lowering_s, last.lowering_s, 1, "s"),
        ("repetitions", first.reps, last.reps, 0, ""),
        ("height", first.height_mm, last.height_mm, 0, "mm"),
        ("pain at worst", first.worst, last.worst, 0, ""),
    ]
    return ", ".join(
        f"{name} {_number(then, digits)} → {_number(now, digits)} {unit}".strip()
        for name, then, now, digits, unit in pairs
        if then is not None and now is not None
    )
