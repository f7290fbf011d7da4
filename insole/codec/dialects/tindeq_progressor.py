"""Progressor: a version that cannot be taken for another answer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from insole.codec import dialect

if TYPE_CHECKING:
    from insole.codec.dialect import Frame

_VERSION = "version"


class Dialect(dialect.Dialect):
    """What a file cannot say: answers are told apart by their length, and a version has any."""

    def untranslate(self, frame: Frame) -> Frame:
        """Return a version padded with zeros, which mean nothing, to a length of its own."""
        if frame.message != _VERSION:
            return frame
        texts = np.atleast_1d(np.asarray(frame.header[_VERSION], dtype=object))
        longest = max((len(str(text)) for text in texts), default=0)
        size = longest
        while size in self._taken():
            size += 1
        padded = np.array([str(text).ljust(size, "\0") for text in texts], dtype=object)
        return replace(frame, header={_VERSION: padded})

    def _taken(self) -> set[int | None]:
        """Return the lengths of the other answers."""
        version = next(m for m in self.spec.messages if m.name == _VERSION)
        return {m.length for m in self.spec.messages if m.tag == version.tag}
