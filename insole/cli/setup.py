"""``insole setup``: who stands on the soles, asked once."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from insole.cli.talk import say

if TYPE_CHECKING:
    from insole.profile import Profile

_UNKNOWN = "not known"


@click.command()
@click.option("--mass", "mass_kg", type=float, help="Your mass in kg.")
@click.option("--shoe", "shoe_eu", type=float, help="Your European shoe size.")
@click.option("--foot-length", "foot_mm", type=float, help="Or the length of your foot in mm.")
@click.option(
    "--sore-side",
    type=click.Choice(["left", "right", "both", "none"]),
    help="Which heel hurts.",
)
@click.option(
    "--ground",
    type=click.Choice(["floor", "step"]),
    help="Whether your heels hang over an edge: step.",
)
@click.option("--show", is_flag=True, help="Only show what is known.")
def command(
    *,
    mass_kg: float | None,
    shoe_eu: float | None,
    foot_mm: float | None,
    sore_side: str | None,
    ground: str | None,
    show: bool,
) -> None:
    """Say once who stands on the soles; each new session gets a copy.

    Without options you are asked; Enter keeps what stands in brackets. It stays on this computer,
    in your configuration folder, and can be changed at any time.
    """
    from insole import profile  # noqa: PLC0415 - only here

    known = profile.load_profile() or profile.Profile()
    answers: dict[str, Any] = {
        "body_mass_kg": mass_kg,
        "foot_length_mm": _foot_mm(shoe_eu, foot_mm),
        "sore_side": sore_side,
        "ground": ground,
    }
    told = {name: value for name, value in answers.items() if value is not None}
    if not show:
        if not told:
            told = _ask(known)
        known = profile.from_json(replace(known, **told).to_json(), "your answers")
        profile.save_profile(known)
    for line in _lines(known):
        click.echo(line)


def offer_setup(*, may_calibrate: bool = False) -> bool:
    """Ask once, where somebody is there to be asked and nobody ever said who stands on the soles.

    Whoever does not want to say is not asked again. With `may_calibrate` whoever answers is also
    asked whether to begin with a calibration; returns whether that is wanted.
    """
    from insole import profile  # noqa: PLC0415 - only here

    if not (sys.stdin.isatty() and sys.stderr.isatty()) or profile.load_profile() is not None:
        return False
    question = "Heights and loads need to know who stands on the soles. Answer four questions now?"
    told = _ask(profile.Profile()) if click.confirm(question, default=True, err=True) else {}
    answers = profile.from_json(replace(profile.Profile(), **told).to_json(), "your answers")
    profile.save_profile(answers)
    if not told:
        say("not asked again; `insole setup` asks at any time")
        return False
    question = "Begin with a minute that tells left from right and calibrates the soles?"
    return may_calibrate and click.confirm(question, default=True, err=True)


def _foot_mm(shoe_eu: float | None, foot_mm: float | None) -> float | None:
    """Return the length of the foot from whichever of the two was told."""
    if shoe_eu is not None and foot_mm is not None:
        raise click.UsageError("give --shoe or --foot-length, not both")
    return foot_mm if shoe_eu is None else _of_shoe_mm(shoe_eu)


def _of_shoe_mm(shoe_eu: float) -> float:
    from insole.profile import SHOE_SIZE_EU, foot_length_of_shoe_mm  # noqa: PLC0415 - only here

    low, high = SHOE_SIZE_EU
    if not low <= shoe_eu <= high:
        raise click.BadParameter(f"a European size lies between {low:g} and {high:g}")
    return round(foot_length_of_shoe_mm(shoe_eu), 1)


def _ask(known: Profile) -> dict[str, Any]:
    """Ask for everything, with what is known as the answer to Enter."""
    if not sys.stdin.isatty():
        problem = "nobody is there to be asked; give --mass, --shoe, --sore-side and --ground"
        raise click.UsageError(problem)
    answers: dict[str, Any] = {
        "body_mass_kg": click.prompt(
            "Your mass in kg", default=known.body_mass_kg, type=float, err=True
        )
    }
    if known.foot_length_mm is None:
        shoe_eu = click.prompt("Your European shoe size", type=float, err=True)
        answers["foot_length_mm"] = _of_shoe_mm(shoe_eu)
    else:
        answers["foot_length_mm"] = click.prompt(
            "Length of your foot in mm", default=known.foot_length_mm, type=float, err=True
        )
    answers["sore_side"] = click.prompt(
        "Which heel hurts",
        default=known.sore_side or "none",
        type=click.Choice(["left", "right", "both", "none"]),
        err=True,
    )
    answers["ground"] = click.prompt(
        "On the floor, or on a step with the heels over its edge",
        default=known.ground or "floor",
        type=click.Choice(["floor", "step"]),
        err=True,
    )
    return answers


def _lines(known: Profile) -> list[str]:
    mass, foot = known.body_mass_kg, known.foot_length_mm
    return [
        f"mass         {_UNKNOWN if mass is None else f'{mass:g} kg'}",
        f"foot length  {_UNKNOWN if foot is None else f'{foot:g} mm'}",
        f"sore side    {known.sore_side or _UNKNOWN}",
        f"ground       {known.ground or _UNKNOWN}",
    ]
