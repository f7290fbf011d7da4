"""Which devices can observe a metric: their files, held against what the metric needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insole.codec.table import capabilities
from insole.measure.metric import missing

if TYPE_CHECKING:
    from insole.capabilities import Sides
    from insole.measure.metric import Metric
    from insole.spec.model import DeviceSpec

_SIDES: dict[str, Sides] = {"insole": "both", "dynamometer": "pull"}
"""How kinds of devices are used; anything else takes both feet as one."""


def observes(spec: DeviceSpec, metric: Metric) -> bool:
    """Return whether devices of a kind can observe a metric, as they come.

    Parameters
    ----------
    spec : DeviceSpec
        The device: a pair of insoles, or one of anything else, on which both feet stand.
    metric : Metric
        What to observe.
    """
    return not missing(metric, capabilities(spec, _SIDES.get(spec.kind, "merged")))
