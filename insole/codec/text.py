"""Lines of text as numbers, by the template of their message, and back."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from insole.spec.template import LETTER, NUMBER

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    import numpy.typing as npt

    from insole.spec.model import FieldSpec, MessageSpec

# possessive within a number; the blanks behind one may be what the template wants there
_WHOLE = r"[ \t]*+([+-]?+[0-9]{1,15}+)[ \t]*"
_DECIMAL = (
    r"[ \t]*+([+-]?+(?:[0-9]{1,15}+(?:\.[0-9]{0,15}+)?+|\.[0-9]{1,15}+)(?:[eE][+-]?+[0-9]{1,2}+)?+"
    r"|[nN][aA][nN])[ \t]*"
)


@dataclass(frozen=True, slots=True)
class Template:
    """A compiled template.

    Parameters
    ----------
    parts : tuple of str
        What stands before each number, and after the last.
    kinds : tuple of str
        ``int``, ``dec`` or ``letter`` for each number.
    decimals : tuple of int
        How many each ``dec`` is written with at most.
    pattern : re.Pattern of bytes
        Matches a whole line.
    readers : tuple of callable
        Make a number of each word that it finds.
    """

    parts: tuple[str, ...]
    kinds: tuple[str, ...]
    decimals: tuple[int, ...]
    pattern: re.Pattern[bytes]
    readers: tuple[Callable[[bytes], float], ...]

    def read(self, line: bytes) -> list[float] | None:
        """Return the numbers of a line, of a letter its code; None if it does not match."""
        match = self.pattern.fullmatch(line)
        if match is None:
            return None
        return [read(word) for read, word in zip(self.readers, match.groups(), strict=True)]

    def write(self, numbers: npt.NDArray[np.float64]) -> bytes:
        """Return the line with these numbers, (n,) as the layout has them."""
        words = map(_word, numbers.tolist(), self.kinds, self.decimals)
        body = "".join(part + word for part, word in zip(self.parts, (*words, ""), strict=True))
        return body.encode("latin-1")


def compile_template(message: MessageSpec) -> Template:
    """Return the template of a message of text."""
    pieces = re.split(f"([{NUMBER}{LETTER}])", message.template)
    parts, marks = tuple(pieces[::2]), pieces[1::2]
    fields = dict(_fields(message))
    kinds = tuple(
        "letter" if mark == LETTER else fields[place].type if place in fields else "dec"
        for place, mark in enumerate(marks)
    )
    decimals = tuple(fields[p].decimals if p in fields else 0 for p in range(len(marks)))
    groups = {"letter": "([!-~])", "int": _WHOLE, "dec": _DECIMAL}
    pattern = "".join(
        _literal(part) + (groups[kind] if kind else "")
        for part, kind in zip(parts, (*kinds, ""), strict=True)
    )
    readers = tuple(ord if kind == "letter" else float for kind in kinds)
    return Template(parts, kinds, decimals, re.compile(pattern.encode("latin-1")), readers)


def _fields(message: MessageSpec) -> list[tuple[int, FieldSpec]]:
    """Return which field each number of a template belongs to."""
    of = [(field.at // 8, field) for field in message.header]
    for field in message.fields:
        samples = message.samples
        count = (samples.count or 1) if samples else 1
        first = field.at if field.stride or not samples else samples.at + field.at
        stride = field.stride or (samples.stride if samples else 8)
        of += [
            ((first + stride * sample) // 8 + element, field)
            for sample in range(count)
            for element in range(field.shape)
        ]
    return of


def _literal(part: str) -> str:
    return re.sub(r"(\\ )+", r"[ \\t]+", re.escape(part))


def _word(number: float, kind: str, decimals: int) -> str:
    if kind == "letter":
        code = int(number)
        return chr(code) if 0x21 <= code <= 0x7E else "?"
    if kind == "int":
        return str(int(number))
    if math.isnan(number):
        return "nan"
    written = f"{number:.{decimals}f}"
    return written.rstrip("0").rstrip(".") if decimals else written
