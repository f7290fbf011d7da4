"""What is written down by hand besides the sessions: ticks, ratings, choices; each one line."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

from insole.programme.adherence import Tick
from insole.programme.course import Choice, ChoiceKind
from insole.programme.model import PAIN_SCALE, When

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Side: TypeAlias = Literal["left", "right", "both"]
SETS_AT_ONCE = (1, 50)
"""How many sets one tick can stand for; as many as a programme can ask for."""
_SEAL = 12
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Rating:
    """Pain that was told after a session, or asked for in vain.

    Parameters
    ----------
    at : datetime
        When it was told, with its UTC offset.
    when : str
        Which pain: before, worst, after, later, next_morning.
    side : {"left", "right", "both"}
        Of which foot.
    score : int or None
        0 to 10; None if it was asked for and not answered.
    session : str
        Id of the session that it belongs to; "" for one of the day alone.
    """

    at: datetime
    when: When
    side: str
    score: int | None
    session: str = ""


@dataclass(frozen=True, slots=True)
class Use:
    """A programme that was taken up; with an id of "" the offer of one was declined."""

    at: datetime
    programme: str
    hash: str


Entry: TypeAlias = Tick | Rating | Choice | Use


@dataclass(frozen=True, slots=True)
class Journal:
    """All that was written down, in order of time, and what of it cannot be read."""

    entries: tuple[Entry, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def ticks(self) -> tuple[Tick, ...]:
        """What was ticked."""
        return tuple(entry for entry in self.entries if isinstance(entry, Tick))

    @property
    def ratings(self) -> tuple[Rating, ...]:
        """What was told of pain, and what was asked for in vain."""
        return tuple(entry for entry in self.entries if isinstance(entry, Rating))

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What the person or the therapist chose."""
        return tuple(entry for entry in self.entries if isinstance(entry, Choice))

    @property
    def uses(self) -> tuple[Use, ...]:
        """Which programmes were taken up."""
        return tuple(entry for entry in self.entries if isinstance(entry, Use))


def to_line(entry: Entry) -> str:
    """Return an entry as a line of JSON, sealed, without a line end."""
    plain = {"at": entry.at.isoformat(), **_plain(entry)}
    return json.dumps({**plain, "seal": _seal(plain)}, ensure_ascii=False)


def read(text: bytes) -> Journal:
    """Return the journal that lines hold; a line that is damaged is named and left out.

    Parameters
    ----------
    text : bytes
        Lines of `to_line`, in any order; empty ones are passed over.
    """
    entries, problems = [], []
    for number, line in enumerate(text.split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            entries.append(_entry(line))
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
            why = str(error) if isinstance(error, _UnknownError) else "is damaged and left out"
            problems.append(f"line {number} {why}")
    return Journal(tuple(sorted(entries, key=lambda entry: entry.at)), tuple(problems))


class _UnknownError(ValueError):
    """A line that this version does not know."""


def _plain(entry: Entry) -> dict[str, Any]:
    match entry:
        case Tick():
            return {
                "kind": "tick", "exercise": entry.exercise, "side": entry.side, "sets": entry.sets
            }  # fmt: skip
        case Rating():
            return {
                "kind": "pain", "when": entry.when, "side": entry.side, "score": entry.score,
                "session": entry.session,
            }  # fmt: skip
        case Choice():
            return {
                "kind": entry.kind, "word": entry.word, "step": entry.step, "side": entry.side
            }  # fmt: skip
        case Use():
            return {"kind": "use", "programme": entry.programme, "hash": entry.hash}


def _entry(line: bytes) -> Entry:
    stored = json.loads(line)
    if not isinstance(stored, dict):
        raise TypeError("no object")
    seal = stored.pop("seal")
    if seal != _seal(stored):
        raise ValueError("the seal does not fit")
    at = datetime.fromisoformat(stored["at"])
    if at.utcoffset() is None:
        raise ValueError("no UTC offset")
    kind = stored["kind"]
    if kind not in _READ:
        raise _UnknownError("is of a kind that this version does not know; it is left out")
    return _READ[kind](at, stored)


def _seal(plain: Mapping[str, Any]) -> str:
    """Return what finds an accident: digits of the SHA-256 of the entry in a fixed form."""
    fixed = json.dumps(plain, sort_keys=True, ensure_ascii=True)
    return sha256(fixed.encode()).hexdigest()[:_SEAL]


def _tick(at: datetime, stored: Mapping[str, Any]) -> Entry:
    sets = _whole(stored["sets"], SETS_AT_ONCE)
    return Tick(at, _text(stored["exercise"]), _side(stored["side"]), sets)


def _rating(at: datetime, stored: Mapping[str, Any]) -> Entry:
    score = stored["score"]
    score = None if score is None else _whole(score, PAIN_SCALE)
    when = _word(stored["when"], get_args(When))
    return Rating(at, when, _side(stored["side"]), score, _text(stored["session"]))


def _choice(at: datetime, stored: Mapping[str, Any]) -> Entry:
    kind = _word(stored["kind"], get_args(ChoiceKind))
    side = _side(stored["side"])
    return Choice(at, kind, _text(stored["word"]), _text(stored["step"]), side)


def _use(at: datetime, stored: Mapping[str, Any]) -> Entry:
    return Use(at, _text(stored["programme"]), _text(stored["hash"]))


_READ: dict[str, Callable[[datetime, Mapping[str, Any]], Entry]] = {
    "tick": _tick, "pain": _rating, "set": _choice, "confirm": _choice, "use": _use,
}  # fmt: skip


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise ValueError("no text")
    return value


def _word(value: Any, accepted: tuple[Any, ...]) -> Any:
    if value not in accepted:
        raise ValueError("no word of the list")
    return value


def _side(value: Any) -> str:
    return str(_word(value, get_args(Side)))


def _whole(value: Any, limits: tuple[int, int]) -> int:
    low, high = limits
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise ValueError("out of range")
    return value
