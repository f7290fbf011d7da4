"""SVG for pages: well formed, with ids of its own, words as words, colours that follow the page."""

import re
import xml.etree.ElementTree as ET
from functools import cache

from example_report import ShownSession, force_table, report

from insole import plot
from insole.codec.table import sensor_map
from insole.plot.style import INK
from insole.spec import load_spec


@cache
def figure():
    shown = report()
    force = force_table(shown, lost=[("left", 46.0, 48.5)])
    return plot.timeline(ShownSession(force, shown), width_in=7.4, dpi=72)


@cache
def drawn(key="a"):
    return plot.to_svg(figure(), key)


def test_it_is_well_formed_and_scales_with_its_place():
    svg = drawn()
    root = ET.fromstring(svg)  # noqa: S314 - our own text
    assert root.get("viewBox").startswith("0 0 532.8 ")
    assert root.get("width") is None
    assert "<?xml" not in svg
    assert "<metadata" not in svg
    assert "<style" not in svg, "it would hold for the whole page"


def test_ids_are_its_own_and_each_reference_leads_to_one():
    ids = {key: set(re.findall(r'\bid="([^"]*)"', drawn(key))) for key in ("a", "b")}
    assert all(one.startswith("a-") for one in ids["a"])
    assert not ids["a"] & ids["b"]
    used = set(re.findall(r'(?:href="#|url\(#)([^")]*)', drawn("a")))
    assert used
    assert used <= ids["a"]


def test_words_stay_words():
    words = re.findall(r">([^<>]+)</text>", drawn())
    assert "left foot [N]" in words
    assert "time [min:s]" in words
    assert "var(--font" in drawn()


def test_colours_of_the_house_follow_the_page_and_stand_without_one():
    svg = drawn()
    assert f"var(--ink, {INK})" in svg
    assert set(re.findall(r"(?<!, )#[0-9a-f]{6}", svg)) <= {"#000000"}


def test_it_is_the_same_each_time():
    assert drawn() == plot.to_svg(figure(), "a")


def test_it_is_small():
    assert len(drawn()) < 600_000


def test_nothing_in_it_is_a_bitmap():
    sensors = sensor_map(load_spec("sim_insole"), "left")
    ax = plot.panel_sole_load(plot.Timeline(figsize=(4, 4)).subplots(), sensors, sensors["y_mm"])
    assert "<image" not in plot.to_svg(ax.figure, "a")
