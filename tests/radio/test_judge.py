"""What was recorded against what was sent: only what was on the way at a seam may be missing."""

from __future__ import annotations

import pytest
from judge import Hole, at_a_seam, holes

SENT = [b"%d" % number for number in range(10)]


def recorded(*numbers):
    """Return packets that arrive a second apart."""
    return [(number, b"%d" % number) for number in numbers]


def test_whole_recording_has_no_hole():
    assert holes(recorded(*range(10)), SENT) == ([], 0)


def test_holes_are_found_with_the_arrivals_beside_them():
    found, strangers = holes(recorded(2, 3, 6), SENT)
    assert found == [Hole(2, None, 2), Hole(2, 3, 6), Hole(3, 6, None)]
    assert strangers == 0


@pytest.mark.parametrize(
    "numbers", [(0, 1, 1, 2), (0, 2, 1, 3), (0, 1, 42, 2)], ids=["doubled", "swapped", "changed"]
)
def test_packet_that_is_not_the_next_is_a_stranger(numbers):
    assert holes(recorded(*numbers), SENT)[1] == 1


def test_hole_is_excused_by_a_seam_inside_it_or_by_an_end():
    assert at_a_seam(Hole(1, 3, 6), [4])
    assert not at_a_seam(Hole(1, 3, 6), [7])
    assert at_a_seam(Hole(1, None, 6), [])
    assert at_a_seam(Hole(1, 3, None), [])
