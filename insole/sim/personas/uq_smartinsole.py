"""UQ SmartInsole, version 1: its name is in every packet, its clock begins with each start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from insole.sim import persona

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from insole.spec.model import MessageSpec


class Persona(persona.Persona):
    """A sole that tells its foot by a letter."""

    clock_restarts = True

    def header(self, message: MessageSpec, order: NDArray[np.int64]) -> Mapping[str, Any]:
        """Return the letter of the foot.

        Parameters
        ----------
        message : MessageSpec
            Which one.
        order : ndarray of int64, (p,)
            Number of each packet since the start.
        """
        del message, order
        return {"foot": float(ord("L" if self.role == "left" else "R"))}
