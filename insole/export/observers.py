"""Which devices can observe a metric: their files, held against what the metric needs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from insole.codec.table import capabilities
from insole.measure.metric import missing

if TYPE_CHECKING:
    from insole.measure.metric import Metric
    from insole.spec.model import DeviceSpec


def observes(spec: DeviceSpec, metric: Metric) -> bool:
    """Return whether devices of a kind can observe a metric, as they come.

    Parameters
    ----------
    spec : DeviceSpec
        The device: a pair of insoles, or one of anything else, on which both feet stand.
    metric : Metric
        What to observe.
    """
    rig = capabilities(spec, "both" if spec.kind == "insole" else "merged")
    if spec.kind == "dynamometer":  # it is pulled: nobody stands on it
        rig = replace(rig, sides="left")
    return not missing(metric, rig)
