"""ORPHE INSOLE: newton by the makers' polynomial, the ranges of its IMU, its FIFO."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from insole.codec import dialect
from insole.codec.dialects.orphe_fifo import Fifo

if TYPE_CHECKING:
    import numpy.typing as npt

    from insole.codec.dialect import Frame
    from insole.codec.script import Action
    from insole.spec.model import DeviceSpec

    Floats = npt.NDArray[np.float64]

# Newton = a r⁴ + b r³ + c r² + d r + e by channel, r raw: the export of ORPHE-INSOLE.js 1.3.2.
_POLYNOMIAL = np.array(
    [
        (6.31278e-11, -2.33093e-07, 3.27825e-04, -1.63373e-01, 22.5012),
        (6.65168e-11, -2.10741e-07, 2.31937e-04, -7.10366e-02, 6.97927),
        (1.07646e-10, -3.85112e-07, 5.02384e-04, -2.37328e-01, 31.8015),
        (5.91156e-11, -1.81045e-07, 1.86644e-04, -4.46178e-02, 3.10811),
        (5.32573e-11, -1.68515e-07, 1.79518e-04, -4.66859e-02, 3.71484),
        (4.44324e-11, -1.09728e-07, 8.90389e-05, 3.82816e-03, -4.46580),
    ]
)
# Below its minimum it rises again, to 32 N for a sensor that is not even connected.
_MINIMUM = np.array([386.0, 206.0, 376.0, 150.0, 166.0, 0.0])
_END = 4095  # of the converter: no force
_WIDEST = 3  # number of the ranges of 16 g and 2000 deg/s, for which the spec has the scales


class Dialect(dialect.Dialect):
    """What `info` says of the IMU scales it; pressure becomes newton, beside it stays ``adc``."""

    learns: ClassVar[frozenset[str]] = frozenset({"info"})

    def __init__(self, spec: DeviceSpec) -> None:
        super().__init__(spec)
        self._fifo = Fifo(spec)
        self._factor = {"acc": 1.0, "gyro": 1.0}

    def on_frame(self, frame: Frame) -> list[Action]:
        """Take note of the ranges; keep the FIFO going."""
        if frame.message == "info":
            told = {sensor: frame.header[f"{sensor}_range"] for sensor in self._factor}
            self._factor = {sensor: 2.0 ** (told[sensor] - _WIDEST) for sensor in told}
        return self._fifo.on_frame(frame)

    def translate(self, frame: Frame) -> Frame | None:
        """Return a frame with newtons, and the IMU by its range."""
        if frame.message == "step":
            half = np.asarray(frame.header["calories"], np.uint16).view(np.float16)
            with np.errstate(invalid="ignore"):  # any bytes may be a float
                calories = half.astype(np.float64)[()]
            return replace(frame, header={**frame.header, "calories": calories})
        samples = self._ranged(frame, 1)
        if "load" in samples:
            samples |= {"load": newton(samples["load"]), "adc": samples["load"]}
        return dialect.Frame(frame.message, frame.host_time_ns, frame.header, samples)

    def untranslate(self, frame: Frame) -> Frame:
        """Return a frame with raw pressure: ``adc`` where it agrees with ``load``."""
        if frame.message == "step":
            with np.errstate(over="ignore", invalid="ignore"):
                half = np.asarray(frame.header["calories"]).astype(np.float16).view(np.uint16)
            return replace(frame, header={**frame.header, "calories": half})
        samples = self._ranged(frame, -1)
        if "load" in samples:
            raw, adc = raw_of(samples["load"]), samples.pop("adc", None)
            if adc is not None:
                raw = np.where(newton(adc) == samples["load"], adc, raw)
            samples["load"] = raw
        return replace(frame, samples=samples)

    def _ranged(self, frame: Frame, power: int) -> dict[str, Floats]:
        samples = dict(frame.samples)
        for name, factor in self._factor.items():
            if name in samples and factor != 1 and frame.message != "fifo":
                samples[name] = samples[name] * factor**power
        return samples


def newton(raw: Floats) -> Floats:
    """Return the force of raw pressures, (…, 6), by channel; NaN where missing."""
    place = np.fmin(raw, _END).astype(np.intp)  # of a number and NaN, the number
    place += _FIRST
    force: Floats = _FORCES[place]
    return force


def raw_of(force: Floats) -> Floats:
    """Return the raw pressures, (…, 6), of forces in N; of none, the highest that means none."""
    channels = zip(np.moveaxis(force, -1, 0), _FORCES.reshape(len(_MINIMUM), -1), strict=True)
    return np.stack([_inverse(newtons, curve) for newtons, curve in channels], axis=-1)


def _inverse(force: Floats, curve: Floats) -> Floats:
    rising = np.arange(np.flatnonzero(curve == 0)[-1], _END)
    return np.interp(force, curve[rising], rising)


def _every_force() -> Floats:
    """Return the force of every raw value, channel by channel in one row."""
    raw = np.arange(_END + 1.0)
    force = np.array([np.polyval(channel, raw) for channel in _POLYNOMIAL])
    force[(force < 0) | (raw < _MINIMUM[:, np.newaxis])] = 0.0
    force[:, _END] = np.nan
    return force.ravel()


_FORCES = _every_force()
_FIRST = np.arange(len(_MINIMUM)) * (_END + 1)
