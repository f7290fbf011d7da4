"""The page of all devices says what their files say."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from insole.spec import list_specs, load_spec

SCRIPT = Path(__file__).resolve().parents[2] / "docs" / "make_devices.py"
_found = spec_from_file_location("make_devices", SCRIPT)
make_devices = module_from_spec(_found)
_found.loader.exec_module(make_devices)


def test_the_page_is_fresh():
    stale = "docs/devices.md is stale; run: python docs/make_devices.py"
    page = make_devices.PAGE.read_text(encoding="utf-8")
    assert page == make_devices.page(list_specs()), stale


def test_every_device_is_on_it_with_its_sources():
    page = make_devices.page(list_specs())
    for spec in list_specs():
        assert f"\n## {spec.id}\n" in page
        assert f"**{spec.name}**" in page
        assert all(source.title in page for source in spec.sources)


def test_what_is_only_believed_is_told():
    text = "\n".join(make_devices.section(load_spec("wh_c06")))
    assert "- **Believed**: the two unit signs" in text
    assert "- **Verified**: the places" in text


def test_every_device_tells_what_is_verified_and_what_is_not():
    for spec in list_specs():
        if spec.evidence == "document":
            text = "\n".join(make_devices.section(spec))
            assert "- **Verified**" in text, spec.id
            assert "- **Believed**" in text or "- **Not known**" in text, spec.id


def test_a_scale_that_locks_says_so():
    text = "\n".join(make_devices.section(load_spec("xiaomi_mi_scale")))
    assert "body mass only" in text
    assert "samples a second" not in text


def test_comments_are_read_by_paragraph():
    toml = '# One\n# and on.\n#\n# Two.\nid = "x" # not this\n\n# Three.\n'
    assert make_devices.paragraphs(toml) == ["One and on.", "Two.", "Three."]


def test_what_is_known_and_what_is_not_are_told_apart():
    comments = [
        "How it works.",
        "Verified by a run: a, b. Believed: c. Not known: d.",
        "We believe e.",
    ]
    told = list(make_devices.evidence(comments))
    assert told == ["Verified by a run: a, b.", "Believed: c.", "Not known: d.", "We believe e."]
