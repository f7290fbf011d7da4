"""What a rig can sense; estimators look at this and never at a device's name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

Sides: TypeAlias = Literal["both", "left", "right", "merged", "pull"]
ForceUnit: TypeAlias = Literal["N", "bw", "adc"]


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What the devices of one rig sense together.

    Parameters
    ----------
    regions : tuple of str
        Regions of the sole that carry a load value of their own.
    imu : bool
        True when acceleration and angular rate of the foot are there.
    cop : bool
        True when the centre of pressure of each foot is there.
    rate_hz : float or None
        Rate of the samples, Hz; None if no device has a steady one.
    sides : {"both", "left", "right", "merged", "pull"}
        Which feet are seen; ``merged`` is one number for both, and with ``pull`` nobody stands on
        the device: it is pulled at.
    unit : {"N", "bw", "adc"}
        Unit of force.
    """

    regions: tuple[str, ...]
    imu: bool
    cop: bool
    rate_hz: float | None
    sides: Sides
    unit: ForceUnit

    def to_dict(self) -> dict[str, Any]:
        """Return the object of the report."""
        return {
            "regions": list(self.regions),
            "imu": self.imu,
            "cop": self.cop,
            "rate_hz": self.rate_hz,
            "sides": self.sides,
            "unit": self.unit,
        }
