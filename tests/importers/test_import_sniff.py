"""Which importer a file belongs to, and what is said when none or several claim it."""

from __future__ import annotations

import pytest

from insole import importers
from insole.errors import FormatError
from insole.importers import sniff


def test_a_file_is_known_by_content_not_by_name(fixtures):
    payload = (fixtures / "imports" / "loadsol" / "two_sided.txt").read_bytes()
    assert importers.identify(payload, "opengo.csv").name == "loadsol"


@pytest.mark.parametrize(
    ("head", "problem"),
    [
        (b"", "is empty"),
        (b" \r\n", "is empty"),
        (b"time,left,right\n0,1,2\n", "is of no known format"),
        (b"\x89PNG\r\n\x1a\n\0\0", "is a binary file"),
        ("# time\tleft total force[N]\n".encode("utf-16"), "is UTF-16 text"),
        (b"SQLite format 3\0", "is a binary file"),
    ],
)
def test_an_unknown_file_is_refused_with_what_was_tried(head, problem):
    with pytest.raises(FormatError, match=problem) as caught:
        importers.identify(head, "x.txt")
    text = str(caught.value)
    assert text.startswith("x.txt: ")
    assert "tried loadsol, opengo" in text
    assert "--columns MAP.toml" in text
    assert "--format NAME" in text


def test_several_claims_are_listed(monkeypatch, fixtures):
    twin = type("Twin", (), {"name": "twin", "sniff": lambda _self, _head: True})()
    monkeypatch.setattr(sniff, "IMPORTERS", (*sniff.IMPORTERS, twin))
    payload = (fixtures / "imports" / "loadsol" / "two_sided.txt").read_bytes()
    with pytest.raises(FormatError, match="could be loadsol, twin; settle it with --format"):
        importers.identify(payload)


def test_by_name_lists_what_there_is():
    assert importers.by_name("opengo").name == "opengo"
    with pytest.raises(FormatError, match="there are loadsol, opengo, columns"):
        importers.by_name("pedar")
