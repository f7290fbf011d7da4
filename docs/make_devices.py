"""Write docs/devices.md, the page of all devices, from their files in firmware_specs.

Run ``python docs/make_devices.py`` after a file was added or changed; a test complains of a stale
page.
"""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING

from insole.codec.columns import load_fields
from insole.codec.table import calibration
from insole.spec import list_specs

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from insole.spec.model import DeviceSpec, SourceSpec

PAGE = Path(__file__).parent / "devices.md"
WIDTH = 110
HEAD = """\
# Devices

Written by `docs/make_devices.py` from the files in `firmware_specs`; edit those, not this page.

What a file rests on: *capture* is a recording of the real device that lies in this project;
*document* is a specification or somebody else's program, and nobody here has held the device;
*simulated* is a device that does not exist. What is only believed stands with each device.
"""
EVIDENCE = {
    "capture": "a recording of the device",
    "document": "documents; not tried on the device here",
    "simulated": "none needed, the device exists in the simulator only",
}
FORCE = {
    "newton": "newton, as the device is calibrated",
    "estimated": "newton by a general formula, uncalibrated until somebody has stood on it",
    "pressure": "pressure times area, newton of low quality",
    "body_weight": "fractions of body weight",
    "relative": "relative to full scale",
    "adc": "raw counts",
}
LABEL = re.compile(r"^(Verified|Only believed|Believed|Not known)\b")
NEXT_LABEL = re.compile(r"(?<=[.;)])\s+(?=(?:Verified|Only believed|Believed|Not known)\b)")
BELIEVED = re.compile(r"\bbelieved?\b", re.IGNORECASE)


def page(specs: Iterable[DeviceSpec]) -> str:
    """Return the page, devices by name of their file."""
    ordered = sorted(specs, key=lambda spec: spec.id)
    sections = ["\n".join(section(spec)) for spec in ordered]
    return "\n".join([HEAD, *overview(ordered), "", "\n\n".join(sections), ""])


def overview(specs: Iterable[DeviceSpec]) -> Iterator[str]:
    """Yield the lines of a table with one line a device."""
    yield "| file | device | kind | evidence | force |"
    yield "|---|---|---|---|---|"
    for spec in specs:
        kind = spec.kind.replace("_", " ")
        cells = (f"[`{spec.id}`](#{spec.id})", spec.name, kind, spec.evidence)
        yield f"| {' | '.join(cells)} | {FORCE[calibration(spec)]} |"


def section(spec: DeviceSpec) -> Iterator[str]:
    """Yield the lines of one device."""
    said = paragraphs(spec.toml)
    intro = said[0] if spec.toml.startswith("#") else ""
    rest = said[1:] if intro else said
    yield f"## {spec.id}\n\n**{spec.name}**, {spec.kind.replace('_', ' ')}.\n"
    if intro:
        yield f"{wrapped(intro)}\n"
    yield f"- Measures: {'; '.join(measured(spec))}."
    yield f"- Side: {side(spec)}."
    yield f"- Evidence: {EVIDENCE[spec.evidence]}."
    yield from (f"    - {source_line(source)}" for source in spec.sources)
    yield from (wrapped(f"- {labelled(told)}", "  ") for told in evidence(rest))


def measured(spec: DeviceSpec) -> Iterator[str]:
    """Yield what the device tells, in words."""
    fields = [field for message in spec.messages for field in message.every_field]
    roles = {field.role for field in fields}
    loads = load_fields(spec)
    if loads:
        cells = sum(field.shape for field in loads)
        yield f"force on {cells or 'as many'} cells{'' if cells else ' as it has'}"
    if "total" in roles:
        yield "one total force"
    yield FORCE[calibration(spec)]
    if "acc" in roles:
        yield "acceleration and angular rate" if "gyro" in roles else "acceleration"
    if "cop" in roles or {"cop_ap", "cop_ml"} <= roles:
        yield "centre of pressure"
    yield from behaviour(spec, roles)


def behaviour(spec: DeviceSpec, roles: Collection[str]) -> Iterator[str]:
    """Yield how and when the device tells it, in words."""
    if spec.measures.locks:
        yield "settles on one reading, so it is good for body mass only"
    elif spec.clock.sample_period_s:
        yield f"{1 / spec.clock.sample_period_s:g} samples a second"
    flags = [role for role in ("stable", "removed") if role in roles]
    if flags:
        yield f"says when a reading is {' or '.join(flags)}"
    if not spec.measures.continuous:
        yield "sends at times only"
    elif not spec.clock.sample_period_s:
        yield "no steady rate"
    if not spec.measures.oriented:
        yield "which way up the sensors lie is not known"
    if spec.clock.kind == "arrival":
        yield "no clock of its own that could be used"


def side(spec: DeviceSpec) -> str:
    """Return where the side comes from, in words."""
    words = {"user": "told by the user", "name": "told by the name"}
    return words.get(spec.side.source, "told by the device")


def source_line(source: SourceSpec) -> str:
    """Return one source as an entry of a list."""
    linked = source.url.startswith("http")
    title = f"[{source.title}]({source.url})" if linked else source.title
    facts = [
        "" if linked else source.url,
        source.capture,
        source.licence,
        source.accessed and f"read {source.accessed}",
    ]
    covers = f"for {', '.join(source.covers)}"
    return f"{title} ({'; '.join([*filter(None, facts), covers])})"


def evidence(comments: Iterable[str]) -> Iterator[str]:
    """Yield what comments say of being verified, believed or not known, one text for each."""
    for comment in comments:
        for told in NEXT_LABEL.split(comment):
            if LABEL.match(told) or BELIEVED.search(told):
                yield told


def labelled(told: str) -> str:
    """Return a text of `evidence` with its first word, or one that stands for it, in bold."""
    return LABEL.sub(r"**\1**", told) if LABEL.match(told) else f"**Noted**: {told}"


def wrapped(text: str, indent: str = "") -> str:
    """Return a text in lines that fit on a screen."""
    return fill(text, WIDTH, subsequent_indent=indent, break_on_hyphens=False)


def paragraphs(toml: str) -> list[str]:
    """Return the paragraphs of a file's comments; those behind a value on its line are left out."""
    found: list[str] = []
    within = False
    for line in toml.splitlines():
        text = line[1:].strip() if line.startswith("#") else ""
        if text and within:
            found[-1] += f" {text}"
        elif text:
            found.append(text)
        within = bool(text)
    return found


if __name__ == "__main__":
    PAGE.write_text(page(list_specs()), encoding="utf-8")
