"""The screen capture in the README is what the coach shows."""

import re
from html import unescape
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "docs" / "make_capture.py"
_found = spec_from_file_location("make_capture", SCRIPT)
make_capture = module_from_spec(_found)
_found.loader.exec_module(make_capture)


def words(svg):
    return [unescape(text).strip() for text in re.findall(r">([^<>]*\S[^<>]*)</text>", svg)]


@pytest.mark.slow  # half a minute of a simulated person is followed
def test_the_picture_is_fresh_and_asks_nobody_for_anything():
    stale = "docs/coach.svg is stale; run: python docs/make_capture.py"
    kept = make_capture.PICTURE.read_text(encoding="utf-8")
    fresh = make_capture.picture(make_capture.screen())
    assert words(kept) == words(fresh), stale
    assert any(word.startswith("hold\N{NO-BREAK SPACE}30") for word in words(kept))
    assert not re.search(r"url\((?!#)|@import|href=.http|<script", kept)
