"""Draw docs/figure.png, the picture in the README, from the simulated session in fixtures.

Run: ``python docs/make_figure.py``.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from PIL import Image  # comes with matplotlib

import insole

FIGURE = Path(__file__).with_name("figure.png")
SESSION = FIGURE.parents[1] / "fixtures" / "sessions" / "demo.insole"
COLOURS = 128
"""Enough for lines and plain areas, and a third of the size."""


def main() -> None:
    """Draw, reduce the colours, write."""
    figure = insole.load(SESSION).plot()
    png = insole.plot.to_png(figure)
    Image.open(BytesIO(png)).convert("RGB").quantize(COLOURS).save(FIGURE, optimize=True)


if __name__ == "__main__":
    main()
