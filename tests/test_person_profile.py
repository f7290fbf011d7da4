"""The person's profile: kept, copied, and refused when it cannot be."""

from __future__ import annotations

import json
import os
import stat
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insole import profile
from insole.errors import StoreError
from insole.profile import Profile

KNOWN = Profile(75.0, 262.0, "left", "floor")


def test_what_was_saved_is_loaded(tmp_path):
    profile.save_profile(KNOWN, tmp_path / "new folder")
    assert profile.load_profile(tmp_path / "new folder") == KNOWN


def test_nobody_asked_yet_is_no_error(tmp_path):
    assert profile.load_profile(tmp_path) is None


def test_a_new_answer_replaces_the_old_one_and_leaves_nothing_behind(tmp_path):
    profile.save_profile(KNOWN, tmp_path)
    profile.save_profile(Profile(80.0), tmp_path)
    assert profile.load_profile(tmp_path) == Profile(80.0)
    assert [path.name for path in tmp_path.iterdir()] == ["profile.json"]


@pytest.mark.skipif(os.name != "posix", reason="rights of files are POSIX")
def test_only_the_user_can_read_it(tmp_path):
    path = profile.save_profile(KNOWN, tmp_path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_any_bytes_are_a_profile_or_an_error(octets):
    with suppress(StoreError):
        profile.from_json(octets, "here")


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("body_mass_kg", 7.5, "from 20 to 300"),
        ("body_mass_kg", True, "from 20 to 300"),
        ("body_mass_kg", float("nan"), "from 20 to 300"),
        ("foot_length_mm", "26 cm", "from 150 to 350"),
        ("sore_side", "Left", "left, right, both, none"),
        ("ground", ["floor"], "floor, step"),
        ("shoe", 42, "the keys body_mass_kg"),
    ],
)
def test_a_value_that_cannot_be_names_its_key_and_what_is_accepted(key, value, words):
    with pytest.raises(StoreError, match=words):
        profile.from_json(json.dumps({key: value}), "here")


def test_a_folder_that_cannot_be_written_keeps_the_old_profile(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    with pytest.raises(StoreError, match="cannot be written"):
        profile.save_profile(KNOWN, blocked)


@pytest.mark.parametrize(("size_eu", "length_mm"), [(36, 225.0), (42, 265.0), (45, 285.0)])
def test_a_shoe_size_tells_the_length_of_the_foot(size_eu, length_mm):
    assert profile.foot_length_of_shoe_mm(size_eu) == pytest.approx(length_mm)
