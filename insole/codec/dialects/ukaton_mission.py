"""Ukaton Mission: axes of the IMU, which lies otherwise in a left and in a right sole."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, TypeAlias

import numpy as np

from insole.codec import dialect

if TYPE_CHECKING:
    import numpy.typing as npt

    from insole.codec.dialect import Frame
    from insole.codec.script import Action
    from insole.spec.model import DeviceSpec

Axes: TypeAlias = tuple["npt.NDArray[np.intp]", "npt.NDArray[np.float64]"]


def _axes(order: tuple[int, int, int], sign: tuple[int, int, int]) -> Axes:
    return np.array(order), np.array(sign, np.float64)


# Which axis becomes x, y and z, and the sign of each: ukaton-mission-python-sdk, commit 5c9b0c4.
_MODULE, _LEFT, _RIGHT = 0, 1, 2
_VECTOR: dict[int, Axes] = {
    _MODULE: _axes((1, 2, 0), (-1, -1, -1)),
    _LEFT: _axes((2, 0, 1), (-1, 1, -1)),
    _RIGHT: _axes((2, 0, 1), (1, 1, 1)),
}
_RATE: dict[int, Axes] = {
    _MODULE: _axes((1, 2, 0), (1, -1, 1)),
    _LEFT: _axes((2, 1, 0), (1, -1, 1)),
    _RIGHT: _axes((2, 1, 0), (-1, -1, -1)),
}
_AXES = dict.fromkeys(("acc", "gravity", "linear_acc", "magnetometer"), _VECTOR)
_AXES["gyro"] = _RATE


class Dialect(dialect.Dialect):
    """Turns vectors by the kind of the device; before that is told they stay as they are."""

    learns: ClassVar[frozenset[str]] = frozenset({"kind"})

    def __init__(self, spec: DeviceSpec) -> None:
        super().__init__(spec)
        self._kind = -1

    def on_frame(self, frame: Frame) -> list[Action]:
        """Take note of the kind."""
        if frame.message == "kind":
            self._kind = int(frame.header["kind"])
        return []

    def translate(self, frame: Frame) -> Frame | None:
        """Return a frame with the makers' axes."""
        samples = dict(frame.samples)
        for name in samples.keys() & _AXES.keys():
            if self._kind in _AXES[name]:
                order, sign = _AXES[name][self._kind]
                samples[name] = samples[name][..., order] * sign
        return dialect.Frame(frame.message, frame.host_time_ns, frame.header, samples)

    def untranslate(self, frame: Frame) -> Frame:
        """Return a frame with the axes of the IMU itself."""
        samples = dict(frame.samples)
        for name in samples.keys() & _AXES.keys():
            if self._kind in _AXES[name]:
                order, sign = _AXES[name][self._kind]
                samples[name] = (samples[name] * sign)[..., np.argsort(order)]
        return replace(frame, samples=samples)
