"""A dialect for tests: a scale that one message tells, by which another is read."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from insole.codec import dialect, script


class Dialect(dialect.Dialect):
    learns: ClassVar[frozenset[str]] = frozenset({"places", "version"})

    def __init__(self, spec):
        super().__init__(spec)
        self.factor = 1.0

    def on_frame(self, frame):
        if frame.message == "places":
            self.factor = 1.0 + float(frame.samples["place"][0, 0])
            return [script.command(self.spec, "begin")]
        if frame.message == "version":
            self.factor = float(len(frame.header["firmware"]))
        return []

    def translate(self, frame):
        if frame.message == "id":
            return None
        return replace(frame, samples=self.scaled(frame, self.factor))

    def untranslate(self, frame):
        return replace(frame, samples=self.scaled(frame, 1 / self.factor))

    def scaled(self, frame, factor):
        if frame.message != "told":
            return frame.samples
        return {name: value * factor for name, value in frame.samples.items()}

    def learnt(self):
        return replace(self.spec, name=f"{self.spec.name}, factor {self.factor:g}")
