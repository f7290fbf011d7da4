"""``insole spec``: list, show and check device files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from insole.cli.options import json_option, spec_folder_option

if TYPE_CHECKING:
    from insole.errors import SpecError
    from insole.spec.model import DeviceSpec

PROBLEMS_FOUND = 4


@click.group(name="spec")
def command() -> None:
    """List, show and check device files."""


@command.command(name="list")
@spec_folder_option
@json_option
def list_command(spec_folder: Path | None, as_json: bool) -> None:
    """List the devices that are known, with kind and evidence."""
    from insole.spec import list_specs  # noqa: PLC0415 - imports numpy and pandas

    specs = list_specs(spec_folder)
    width = max((len(spec.id) for spec in specs), default=0)
    for spec in specs:
        if as_json:
            facts = {"id": spec.id, "name": spec.name, "kind": spec.kind, "evidence": spec.evidence}
            click.echo(json.dumps(facts | {"path": spec.path}))
        else:
            click.echo(f"{spec.id:<{width}}  {spec.kind:<12}  {spec.evidence:<9}  {spec.name}")


@command.command()
@click.argument("name")
@click.option(
    "--map",
    "picture",
    metavar="PNG",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Draw where the sensors lie on the sole into this file.",
)
@click.option("--side", type=click.Choice(["left", "right"]), default="left", show_default=True)
@spec_folder_option
@json_option
def show(
    name: str, picture: Path | None, side: str, spec_folder: Path | None, as_json: bool
) -> None:
    """Show one device: sources, channels, messages, sensors.

    NAME is a device's name as `insole spec list` prints it, or the path of a .toml file. SIDE is
    the foot to draw.
    """
    from insole.spec import load_spec  # noqa: PLC0415 - imports numpy and pandas
    from insole.spec.describe import describe, to_dict  # noqa: PLC0415 - likewise

    spec = load_spec(name, spec_folder)
    if picture:
        from insole.codec.table import sensor_map  # noqa: PLC0415 - imports numpy and pandas
        from insole.plot.sole import sole  # noqa: PLC0415 - imports matplotlib

        shown = side if spec.kind == "insole" else "plate"
        sole(sensor_map(spec, side), spec.name, shown).savefig(picture, format="png")
    click.echo(json.dumps(to_dict(spec)) if as_json else describe(spec))


@command.command(name="schema")
def schema_command() -> None:
    """Print the JSON Schema of device files, by which editors complete and check them."""
    from insole.spec.language import schema_text  # noqa: PLC0415 - imports numpy and pandas

    click.echo(schema_text(), nl=False)


@command.command()
@click.argument("files", nargs=-1, metavar="[FILE]...")
@spec_folder_option
@json_option
@click.pass_context
def check(
    context: click.Context, files: tuple[str, ...], spec_folder: Path | None, as_json: bool
) -> None:
    """Print what is wrong with device files, or nothing; exit code 4 if anything is.

    FILE is the path of a .toml file or a device's name; without any, every known device is checked.
    """
    problems = _problems(files, spec_folder)
    for problem in problems:
        if as_json:
            facts = {"path": problem.path, "key": problem.key, "problem": problem.problem}
            click.echo(json.dumps(facts))
        else:
            click.echo(str(problem))
    context.exit(PROBLEMS_FOUND if problems else 0)


def _problems(names: tuple[str, ...], folder: Path | None) -> list[SpecError]:
    """Return the problems of the files named, each held against every other known device."""
    from insole.codec.vector import check_text  # noqa: PLC0415 - imports numpy and pandas
    from insole.spec.load import text_of  # noqa: PLC0415 - likewise
    from insole.spec.locate import find_spec, find_specs  # noqa: PLC0415 - likewise

    known = {name: (str(file), text_of(file)) for name, file in find_specs(folder).items()}
    chosen = known
    if names:
        files = [find_spec(name, folder) for name in names]
        chosen = {Path(file.name).stem: (str(file), text_of(file)) for file in files}
    specs = {name: _readable(text, path) for name, (path, text) in (known | chosen).items()}
    problems: list[SpecError] = []
    for name, (path, text) in chosen.items():
        others = [spec for other, spec in specs.items() if spec and other != name]
        problems += check_text(text, path, others)
    return problems


def _readable(text: str, path: str) -> DeviceSpec | None:
    """Return a spec to hold others against; a broken one is complained of when its turn comes."""
    from insole.errors import SpecError  # noqa: PLC0415 - with the ones above
    from insole.spec.load import read  # noqa: PLC0415 - imports numpy and pandas

    try:
        return read(text, path)
    except SpecError:
        return None
