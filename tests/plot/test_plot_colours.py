"""Colours that mean something are told apart by readers who see no red or no green.

How they see is simulated after Machado, Oliveira & Fernandes, "A physiologically-based model for
simulation of color vision deficiency" (IEEE TVCG 2009), with its matrices for severity 1.0, which
hold for linear RGB. How far two colours are apart is their distance in CIELAB (D65, CIE 1976), of
which about 2.3 is just noticeable (Mahy et al. 1994).
"""

import re
from importlib.resources import files
from itertools import combinations

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from insole.plot.style import PHASE_COLOUR, REGION_STYLE, SIDE_COLOUR
from insole.plot.svg import NAME_OF

EYES = {
    "all colours": np.eye(3),
    "no red": np.array([[0.152286, 1.052583, -0.204868],
                        [0.114503, 0.786281, 0.099216],
                        [-0.003882, -0.048116, 1.051998]]),
    "no green": np.array([[0.367322, 0.860646, -0.227968],
                          [0.280085, 0.672501, 0.047413],
                          [-0.011820, 0.042940, 0.968881]]),
}  # fmt: skip
TO_XYZ = np.array([[0.4124564, 0.3575761, 0.1804375],
                   [0.2126729, 0.7151522, 0.0721750],
                   [0.0193339, 0.1191920, 0.9503041]])  # fmt: skip
"""From linear sRGB (IEC 61966-2-1); its white is D65."""
APART = 15.0
"""Least distance of two colours that mean different things: at six times what is just noticeable,
nobody has to search (our choice). The nearest pairs are 15.2 apart for shades, 15.5 for curves."""


def linear(rgb):
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def lab(light):
    """Return CIELAB of linear RGB."""
    ratio = TO_XYZ @ np.clip(light, 0.0, 1.0) / TO_XYZ.sum(axis=1)
    x, y, z = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def variables():
    """Return colours of the page by name: on white, and on a dark page."""
    css = (files("insole.report") / "page.css").read_text(encoding="utf-8")
    light, dark = (
        dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", rules))
        for rules in re.findall(r":root \{(.*?)\}", css, re.DOTALL)[:2]
    )
    return {"white": light, "dark": {**light, **dark}}


def shown(colour, density, page):
    """Return a colour as the page shows it, drawn over its paper."""
    names = variables()[page]
    over, paper = (
        np.array(to_rgb(one)) for one in (names[NAME_OF[colour.lower()]], names["paper"])
    )
    return density * over + (1 - density) * paper


def nearest(colours, eyes, page):
    """Return the least distance of two colours, with their names."""
    seen = {
        name: lab(EYES[eyes] @ linear(shown(colour, density, page)))
        for name, (colour, density) in colours.items()
    }
    return min((float(np.linalg.norm(seen[a] - seen[b])), a, b) for a, b in combinations(seen, 2))


CASES = [(eyes, page) for eyes in EYES for page in ("white", "dark")]


def test_distance_is_measured_as_others_do():
    """Red and green of sRGB, by hand: L*a*b* 53.2, 80.1, 67.2 and 87.7, -86.2, 83.2."""
    assert lab(np.array([1.0, 0, 0])) == pytest.approx([53.2, 80.1, 67.2], abs=0.1)
    assert lab(np.array([0, 1.0, 0])) == pytest.approx([87.7, -86.2, 83.2], abs=0.1)
    red, green = np.array([0.5, 0.0, 0.0]), np.array([0.08, 0.10, 0.0])
    near = np.linalg.norm(lab(EYES["no red"] @ red) - lab(EYES["no red"] @ green))
    assert near < 0.2 * np.linalg.norm(lab(red) - lab(green)), "who sees no red mixes these up"


@pytest.mark.parametrize(("eyes", "page"), CASES)
def test_shades_of_phases_are_told_apart(eyes, page):
    distance, *pair = nearest(PHASE_COLOUR, eyes, page)
    assert distance >= APART, pair


@pytest.mark.parametrize(("eyes", "page"), CASES)
def test_bars_of_phases_are_told_apart(eyes, page):
    bars = {name: (colour, 1.0) for name, (colour, _) in PHASE_COLOUR.items()}
    del bars["heel up"]  # stands alone, where no phase is known
    distance, *pair = nearest(bars, eyes, page)
    assert distance >= APART, pair


@pytest.mark.parametrize(("eyes", "page"), CASES)
def test_feet_and_regions_are_told_apart(eyes, page):
    """Regions that share a colour differ by dashes."""
    feet = {name: (colour, 1.0) for name, colour in SIDE_COLOUR.items()}
    assert nearest(feet, eyes, page)[0] > 50.0
    assert len(set(REGION_STYLE.values())) == len(REGION_STYLE) - 1, "forefoot and its medial part"
    curves = {colour: (colour, 1.0) for colour, _ in REGION_STYLE.values()}
    distance, *pair = nearest(curves, eyes, page)
    assert distance >= APART, pair
