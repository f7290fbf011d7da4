"""The journal's lines: what is written is read again, and what is damaged costs only itself."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from insole.programme.adherence import Tick
from insole.programme.course import Choice
from insole.programme.entry import Journal, Rating, Use, read, to_line

AT = datetime(2026, 4, 1, 7, 30, tzinfo=timezone(timedelta(hours=2)))
ALL = (
    Use(AT, "heel_pain", "ab12"),
    Tick(AT, "toe_yoga", "left", 2),
    Rating(AT, "later", "both", 3, "abc"),
    Rating(AT, "next_morning", "left", None),
    Choice(AT, "set", "hold_single", "45x5", "left"),
    Choice(AT, "confirm", "single_leg"),
)


def lines(*entries) -> bytes:
    return "".join(f"{to_line(entry)}\n" for entry in entries).encode()


def test_every_kind_comes_back_as_it_was():
    journal = read(lines(*ALL))
    assert journal == Journal(ALL, ())
    assert [*journal.uses, *journal.ticks, *journal.ratings, *journal.choices] == list(ALL)


def test_entries_come_in_order_of_time_whatever_the_clock_did_between():
    later, earlier = (Tick(AT + timedelta(hours=h), "toe_yoga", "left", 1) for h in (5, -5))
    assert read(lines(later, earlier)).entries == (earlier, later)


def test_the_day_of_a_tick_is_that_of_the_place_where_it_was_made():
    west = timezone(timedelta(hours=-9))
    tick = Tick(datetime(2026, 4, 1, 23, 50, tzinfo=west), "toe_yoga", "left", 1)
    (found,) = read(lines(tick)).ticks
    assert found.day.isoformat() == "2026-04-01"
    assert found.at.astimezone(UTC).date().isoformat() == "2026-04-02"


@given(st.data())
def test_a_line_that_lost_a_piece_is_named_and_the_others_count(data):
    text = lines(*ALL)
    number = data.draw(st.integers(0, len(ALL) - 1))
    kept = text.split(b"\n")
    cut = data.draw(st.integers(1, len(kept[number]) - 1))
    kept[number] = kept[number][:cut]
    journal = read(b"\n".join(kept))
    assert journal.entries == ALL[:number] + ALL[number + 1 :]
    assert journal.problems == (f"line {number + 1} is damaged and left out",)


@given(st.data())
def test_a_changed_byte_changes_no_entry_unseen(data):
    text = bytearray(lines(ALL[2]))
    place = data.draw(st.integers(0, len(text) - 2))
    text[place] = data.draw(st.integers(0, 255).filter(lambda b: b not in {text[place], 10}))
    journal = read(bytes(text))
    assert journal.entries in {(), (ALL[2],)}
    assert bool(journal.problems) == (not journal.entries)


@given(st.binary(max_size=300))
@example(b"0")
@example(b'{"seal": 1}')
@example(b"[" * 5000)
@example(b'{"seal": "\\ud800"}')
def test_any_bytes_are_no_error(text):
    assert isinstance(read(text), Journal)


def forged(**changes) -> bytes:
    """A line that is sealed but says what no line may say."""
    from insole.programme.entry import _seal

    plain = json.loads(to_line(ALL[2]))
    plain.pop("seal")
    plain |= changes
    return json.dumps({**plain, "seal": _seal(plain)}).encode()


@pytest.mark.parametrize(
    "changes",
    [{"score": 11}, {"score": -1}, {"score": True}, {"score": 3.5}, {"score": "3"},
     {"side": "middle"}, {"when": "never"}, {"at": "2026-04-01T07:30:00"}, {"at": "yesterday"},
     {"at": 3}, {"session": ["x"]}, {"session": "x" * 1000}],
)  # fmt: skip
def test_what_cannot_be_is_left_out(changes):
    assert read(forged(**changes)).problems == ("line 1 is damaged and left out",)


def test_a_kind_of_a_later_version_is_said_to_be_one():
    (problem,) = read(forged(kind="dream")).problems
    assert "does not know" in problem
