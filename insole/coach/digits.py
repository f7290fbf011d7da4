"""Letters and digits of our own, large enough to be read from three metres away."""

from __future__ import annotations

HEIGHT = 5
"""Rows of a letter at scale 1."""

_FONT = {
    "0": ("###", "# #", "# #", "# #", "###"),
    "1": (" # ", "## ", " # ", " # ", "###"),
    "2": ("###", "  #", "###", "#  ", "###"),
    "3": ("###", "  #", "###", "  #", "###"),
    "4": ("# #", "# #", "###", "  #", "  #"),
    "5": ("###", "#  ", "###", "  #", "###"),
    "6": ("###", "#  ", "###", "# #", "###"),
    "7": ("###", "  #", " # ", " # ", " # "),
    "8": ("###", "# #", "###", "# #", "###"),
    "9": ("###", "# #", "###", "  #", "###"),
    ":": (" ", "#", " ", "#", " "),
    "-": ("   ", "   ", "###", "   ", "   "),
    "|": ("#", "#", "#", "#", "#"),
    "?": ("###", "  #", " # ", "   ", " # "),
    "D": ("## ", "# #", "# #", "# #", "## "),
    "E": ("###", "#  ", "## ", "#  ", "###"),
    "N": ("#  #", "## #", "# ##", "#  #", "#  #"),
    "O": ("###", "# #", "# #", "# #", "###"),
    "P": ("###", "# #", "###", "#  ", "#  "),
    "U": ("# #", "# #", "# #", "# #", "###"),
    "W": ("#   #", "#   #", "# # #", "## ##", "#   #"),
}


def rows(text: str, scale: int, ink: str, *, narrow: bool = False) -> list[str]:
    """Return a text in large letters.

    Parameters
    ----------
    text : str
        Of what the font has; anything else becomes a question mark.
    scale : int
        1 for letters five rows high, 2 for ten, and so on.
    ink : str
        The character to draw with.
    narrow : bool
        True to draw letters half as wide as they ought to be.
    """
    letters = [_letter(character) for character in text]
    lines = [" ".join(letter[row] for letter in letters) for row in range(HEIGHT)]
    # a character of a terminal is about twice as high as it is wide
    columns = scale if narrow else 2 * scale
    wide = ["".join(character * columns for character in line) for line in lines]
    return [line.replace("#", ink) for line in wide for _ in range(scale)]


def width(text: str) -> int:
    """Return how many columns a text takes at scale 1."""
    return 2 * len(" ".join(_letter(character)[0] for character in text))


def _letter(character: str) -> tuple[str, ...]:
    return _FONT.get(character, _FONT["?"])
