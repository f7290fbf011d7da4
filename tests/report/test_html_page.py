"""The page: valid, whole by itself, says what the report says, and harmless whatever was typed."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from types import MappingProxyType

import pytest
from example_report import calf_raise, hold, quality, report, set_row

from insole.measure.model import ActivityRow
from insole.measured import not_observable
from insole.report import html
from insole.report.html_frame import Picture, Section, document, table
from insole.report.html_markup import Markup, markup, tag, typed
from insole.report.layout import Column, Plain
from insole.report.words import REASONS

VOID = {"meta", "br", "link"}
NASTY = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'; DROP TABLE session; --",
    "</title></style></svg><script>1</script>",
    "\N{RIGHT-TO-LEFT OVERRIDE}txt.exe \N{ARABIC LETTER BEH}\N{ARABIC LETTER TEH}",
    "\N{HOT BEVERAGE}\N{FOOT}\N{EMOJI MODIFIER FITZPATRICK TYPE-5}",
    "\x00\x07\x1b[31m\x9f\ufffe",
    "&amp; &lt;b&gt;",
    "a" * 10_000,
    "\ud800 half a character",
)


class Reader(HTMLParser):
    """Reads a page strictly: what is opened is closed, in order, with each id once."""

    def __init__(self, page):
        super().__init__()
        self.open, self.tags, self.ids, self.text, self.targets = [], [], [], [], []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"{tag} says something twice"
        self.tags.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id"]
        self.targets += [value for name, value in attrs if name in {"href", "src", "xlink:href"}]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)

    def words(self):
        return " ".join(" ".join(self.text).split())


def read(shown, pictures=()):
    page = html.page(shown, pictures)
    reader = Reader(page)
    assert len(reader.ids) == len(set(reader.ids))
    return page, reader


def test_a_page_is_whole_by_itself_and_may_load_and_run_nothing():
    page, reader = read(report())
    assert page.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert all(target.startswith("#") for target in reader.targets)
    assert not [name for name, _ in reader.tags if name in {"script", "img", "link", "iframe"}]
    (policy,) = [a["content"] for name, a in reader.tags if "http-equiv" in a]
    assert policy.startswith("default-src 'none'")
    assert not re.search(r"url\(\s*['\"]?(?!#)|@import|https?:", page)


def test_each_link_of_the_contents_leads_somewhere():
    _, reader = read(report())
    assert {target[1:] for target in reader.targets} <= set(reader.ids)
    assert len(reader.targets) > 5


def test_it_is_one_document_to_whoever_reads_it_aloud():
    _, reader = read(report())
    names = [name for name, _ in reader.tags]
    for landmark in ("header", "nav", "main", "footer", "h1", "title"):
        assert names.count(landmark) == 1
    levels = [int(name[1]) for name in names if re.fullmatch(r"h[1-6]", name)]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert names.count("caption") == names.count("table")
    scopes = [attrs.get("scope") for name, attrs in reader.tags if name == "th"]
    assert set(scopes) == {"col", "row"}


@pytest.mark.parametrize("nasty", NASTY, ids=range(len(NASTY)))
def test_whatever_was_typed_is_text(nasty):
    plain = report()
    devices = {"left": {"spec_id": "x", "name": nasty, "firmware": nasty}}
    session = replace(plain.session, note=nasty, id=nasty, devices=devices)
    shown = replace(
        plain,
        session=session,
        pain=({"when": nasty, "score": 3},),
        programme={"decision": {"reason": nasty, "evidence": [nasty]}},
        params={nasty: {nasty: nasty}},
        software={nasty: nasty},
    )
    page, reader = read(shown)
    _, clean = read(plain)
    assert {name for name, _ in reader.tags} <= {name for name, _ in clean.tags} | {"bdi", "p"}
    assert not [a for _, attrs in reader.tags for a in attrs if a.startswith("on")]
    page.encode("utf-8")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", page)


def test_a_note_keeps_its_words_and_its_direction():
    note = "a <b> & \N{HEBREW LETTER ALEF}\nsecond line"
    _, reader = read(replace(report(), session=replace(report().session, note=note)))
    assert note in reader.text
    assert ("p", {"class": "typed", "dir": "auto"}) in reader.tags


def test_headline_figures_are_three():
    for shown in (
        report(),
        report(imu=False),
        report(holds=(), sets=(set_row(2, "eccentric_raise", 60.0, 90.4),)),
        report(raises=(), sets=(set_row(1, "isometric_hold", 10.0, 42.0),)),
        report(holds=(), raises=(), sets=(), weight_shift=()),
    ):
        _, reader = read(shown)
        values = [a for name, a in reader.tags if name == "dd" and a.get("class") == "value"]
        assert 2 <= len(values) <= 3


def test_the_person_reads_the_longest_hold_what_counted_and_the_typical_lowering():
    raises = (
        calf_raise(2, 1, 60.0, lowering=5.1),
        calf_raise(2, 2, 71.0, counted=False, reasons=("partial",)),
        calf_raise(2, 3, 82.0, lowering=5.3),
    )
    words = read(report(raises=raises))[1].words()
    assert "longest of 2 holds 10.1 s" in words
    assert "calf raises counted 2 of 3" in words
    assert "typical time to lower the heel 5.2 s" in words
    assert f"Set 2, raise 2: heel not high enough. {REASONS['partial'].sentence}" in words


def test_a_target_is_told_where_it_was_reached_and_where_it_was_missed():
    for met, sentence in (
        (True, "the target of 2 x 45 s was reached"),
        (False, "the target of 2 x 45 s was not reached (too short)"),
    ):
        row = set_row(1, "isometric_hold", 10.0, 42.0, target="2 x 45 s", met=met,
                      reasons=("too_short",))  # fmt: skip
        assert sentence in read(report(sets=(row,)))[1].words()


def test_what_is_next_comes_with_its_reasons():
    decision = {"side": "left", "reason": "Stay at 30 s.", "evidence": ["26 s of 30 s held"]}
    words = read(report(programme={"decision": [decision]}))[1].words()
    assert "What is next" in words
    assert "Stay at 30 s." in words
    assert "26 s of 30 s held" in words
    assert "What is next" not in read(report())[1].words()


def test_nothing_found_is_said():
    empty = report(holds=(), raises=(), sets=(), weight_shift=(), events=())
    assert "No hold and no calf raise was found" in read(empty)[1].words()
    blind = replace(empty, capabilities=replace(empty.capabilities, regions=(), imu=False))
    assert "cannot be told" in read(blind)[1].words()


def test_tables_hold_each_repetition_with_its_caution():
    _, reader = read(report())
    rows = [attrs for name, attrs in reader.tags if name == "th" and attrs.get("scope") == "row"]
    assert len(rows) >= 2 + 3 + 2 + 2  # holds, raises, weight shift of each set, devices
    titles = {attrs["title"] for name, attrs in reader.tags if name == "abbr"}
    assert "with caution: no calibration on tiptoe" in titles


def test_each_reason_of_the_report_is_explained_once():
    words = read(report())[1].words()
    assert words.count(REASONS["uncalibrated_tiptoe"].sentence) == 1


def test_rows_of_any_kind_are_told_field_by_field():
    pain = ({"when": "before", "score": 3, "side": "left"}, {"when": "after", "score": 2})
    words = read(report(pain=pain))[1].words()
    assert "Pain" in words
    assert "when score side before 3 left after 2" in words
    stood = ActivityRow("standing", "both", 0.0, 70.5, None, ())
    words = read(report(activities=(stood,)))[1].words()
    assert "start [min:s] end [min:s] standing both 0:00.0 1:10.5" in words


def test_settings_and_versions_are_all_there():
    shown = report(params={"hold": {"min_top_s": 5.0, "words": ("a", "b")}, "flag": True})
    words = read(replace(shown, software={"insole": "9.9", "specs": {"left": "abc"}}))[1].words()
    for told in ("min top [s] 5", "a, b", "insole 9.9", "left abc"):
        assert told in words


def test_a_quiet_device_without_a_single_number_is_told():
    silent = replace(quality(), loss_fraction=not_observable("1", "counter", "no_rhythm"))
    assert "not observable" in read(report(quality={"left": silent}))[1].words()


PICTURE = Picture(
    "time", "Over <time>", 'says "all"', '<svg viewBox="0 0 1 1"><path id="time-a"/></svg>',
    "session", wide=True,
)  # fmt: skip


def test_figures_stand_in_their_section_with_what_they_show_in_words():
    second = replace(PICTURE, key="set-1", section="set 1", svg="<svg ></svg>", wide=False)
    page, reader = read(report(), [PICTURE, second])
    drawn = [attrs for name, attrs in reader.tags if name == "svg"]
    assert [attrs["role"] for attrs in drawn] == ["img", "img"]
    assert drawn[0]["aria-label"] == 'says "all"'
    assert page.index('id="time"') < page.index("figure-time") < page.index('id="sets"')
    assert page.index('id="sets"') < page.index("figure-set-1") < page.index('id="feet"')


def test_nothing_is_markup_that_is_not_made_as_markup():
    assert markup("<b>") == "&lt;b&gt;"
    assert markup(markup("<b>")) == "&lt;b&gt;"
    assert tag("p", "<", Markup("<br>"), title='"') == '<p title="&quot;">&lt;<br></p>'
    assert tag("p", class_="a", aria_label="b", hidden=True, id=None) == (
        '<p class="a" aria-label="b" hidden></p>'
    )
    assert typed("<") == "<bdi>&lt;</bdi>"


def test_a_column_without_a_value_is_left_out_with_the_reason():
    blind = [hold(1, 10.0, 10.0, imu=False)]
    columns = [
        Plain("breaks", "", lambda r: str(r.breaks)),
        Column("held", "s", lambda r: r.duration_s, "time held"),
    ]
    drawn = table("Holds", ["round 1"], blind, columns)
    assert "time held" not in drawn.partition("</table>")[0]
    assert "time held: not observable (no motion sensor)" in drawn.partition("</table>")[2]
    assert table("Holds", [], [], columns) == ""


def test_a_section_without_content_is_left_out_of_page_and_contents():
    page = document("t", Markup("h"), [Section("a", "Empty", Markup())], Markup("f"))
    assert "Empty" not in page


def test_a_history_has_its_own_page():
    page = html.history_page(
        "2026-10-01 to 2026-11-12",
        cards=[html.Card("45 s", "longest hold")],
        sentences=["Twelve <sessions>."],
        programme=MappingProxyType({"decision": {"reason": "Go on."}}),
        tables=[("Sessions", ("day", "held [s]"), [("2026-10-01", 45), ("2026-10-02", "<")])],
        pictures=[replace(PICTURE, key="trend", svg='<svg viewBox="0 0 1 1"></svg>')],
        person="<Ada>",
    )
    words = Reader(page).words()
    for told in ("longest hold 45 s", "Twelve <sessions>.", "Go on.", "2026-10-02 <", "<Ada>"):
        assert told in words


def test_the_svg_of_a_picture_is_put_in_as_it_is():
    page, _ = read(report(), [PICTURE])
    svg = re.search(r"<svg.*?</svg>", page, re.DOTALL)[0]
    assert ET.fromstring(svg)[0].get("id") == "time-a"  # noqa: S314 - our own text
