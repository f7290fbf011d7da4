"""Options that several commands share, and what their values may be."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from insole.recording.source import Source

LONGEST_S = 24 * 3600.0
SIMULATED = "sim_insole"
SLOWEST, FASTEST = 0.01, 1000


def as_seconds(_: click.Context, __: click.Parameter, value: str | None) -> float | None:
    """Return a time written as seconds, ``m:ss`` or ``h:mm:ss``, in s."""
    time_s = None if value is None else _seconds(value)
    if value is not None and (time_s is None or not 0 < time_s <= LONGEST_S):
        problem = f"{value!r} is no time; write 90, 1:30 or 1:00:00, a day at most"
        raise click.BadParameter(problem)
    return time_s


def as_speed(_: click.Context, __: click.Parameter, value: float | None) -> float | None:
    """Return a speed that something can be played at."""
    if value is not None and not SLOWEST <= value <= FASTEST:
        problem = f"{value:g} is no speed; 1 is real time, from {SLOWEST} to {FASTEST} is possible"
        raise click.BadParameter(problem)
    return value


def _seconds(text: str) -> float | None:
    *high, low = text.split(":")
    if len(high) > 2 or not all(part.isascii() and part.isdigit() for part in high):
        return None
    try:
        time_s = float(low)
    except ValueError:
        return None
    if high and not 0 <= time_s < 60:
        return None
    for power, part in enumerate(reversed(high), 1):
        time_s += 60**power * int(part)
    return time_s


duration_option = click.option(
    "--duration",
    "duration_s",
    metavar="TIME",
    callback=as_seconds,
    help="End after so many seconds, or m:ss.",
)
spec_folder_option = click.option(
    "--spec-folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Look for specs in this folder first; they hide shipped ones of the same name.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
out_option = click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    help="The new session; never overwrites. By default a free name in the sessions folder.",
)

_SOURCE_OPTIONS = (
    click.option(
        "--device",
        "devices",
        metavar="SPEC|ADDRESS",
        multiple=True,
        help="A device to take; may be repeated. By default the insoles of both feet.",
    ),
    click.option("--left", metavar="SPEC|ADDRESS", help="The device for the left foot."),
    click.option("--right", metavar="SPEC|ADDRESS", help="The device for the right foot."),
    click.option(
        "--side", type=click.Choice(["left", "right"]), help="One insole, worn on this foot."
    ),
    spec_folder_option,
    click.option("--simulate", "scenario", metavar="SCENARIO", help="A simulated person instead."),
    click.option("--spec", metavar="SPEC", help="Device to simulate.  [default: sim_insole]"),
    click.option("--seed", type=click.IntRange(0), help="Draws that person.  [default: 1]"),
    click.option(
        "--speed",
        type=float,
        callback=as_speed,
        help="Of the simulated person: 1 for real time, 2 for double.",
    ),
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which devices, real or simulated, the options of a command mean."""

    devices: tuple[str, ...]
    left: str | None
    right: str | None
    side: str | None
    spec_folder: Path | None
    scenario: str | None
    spec: str | None
    seed: int | None
    speed: float | None

    @property
    def is_told(self) -> bool:
        """True if any of the options was given."""
        return any(getattr(self, field.name) not in {None, ()} for field in fields(self))

    def check(self) -> None:
        """Refuse options that contradict each other."""
        if self.scenario is not None:
            if self.devices or self.left or self.right or self.side:
                raise click.UsageError("--simulate needs no device; leave either out")
        elif self.spec or self.seed is not None or self.speed:
            raise click.UsageError("--spec, --seed and --speed go with --simulate only")
        if self.side and (self.left or self.right or len(self.devices) > 1):
            raise click.UsageError("--side names one foot, so it goes with one --device at most")

    async def find(self, tell: Callable[[str], None]) -> Source:
        """Return the devices, when they have been found."""
        if self.scenario is None:
            from insole.recording.radio import Wanted, found  # noqa: PLC0415 - not for simulations

            wanted = Wanted(self.devices, self.left or "", self.right or "", self.side or "")
            return await found(wanted, folder=self.spec_folder, tell=tell)
        from insole.recording.source import simulated  # noqa: PLC0415 - imports numpy and pandas

        seed = 1 if self.seed is None else self.seed
        spec, speed = self.spec or SIMULATED, self.speed
        return simulated(self.scenario, spec, seed, folder=self.spec_folder, speed=speed)[0]


def source_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say which devices are meant, and pass them on as one, `chosen`."""

    @wraps(command)
    def with_chosen(*words: Any, **options: Any) -> Any:
        names = [field.name for field in fields(Chosen)]
        chosen = Chosen(**{name: options.pop(name) for name in names})
        chosen.check()
        return command(*words, chosen=chosen, **options)

    for option in reversed(_SOURCE_OPTIONS):
        with_chosen = option(with_chosen)
    return with_chosen
