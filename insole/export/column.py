"""What the columns of exported tables mean, and their units."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from insole.measure.metric import METRICS

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

Row = tuple[str, str, str, str]

_METRICS = {(metric.table, metric.name): metric for metric in METRICS}
_QUALITY = "_quality"
_SIDE = r"(?P<side>left|right|plate|scale|cell)_"
_REGION = r"(?P<region>hallux|toes|forefoot(?:_medial|_lateral)?|midfoot|heel)"
_LOAD = r"_(?:n|bw|adc|ncm2)"

UNITS = {
    "_n_per_s": "N/s", "_s": "s", "_n": "N", "_bw": "body weights", "_adc": "counts",
    "_ncm2": "N/cm²", "_mm": "mm", "_mm2": "mm²", "_g": "g", "_dps": "°/s", "_deg": "°",
    "_pct": "%", "_ms": "ms", "_ppm": "ppm",
}  # fmt: skip
"""Unit of a column, by the end of its name."""

_MEANINGS = [
    (r"time_s", "time on the session's clock, since its first sample"),
    (r"host_time_s", "when the packet arrived, since the recording began"),
    (r"device_time_s", "time on the device's clock, turns counted"),
    (r"device_ticks", "the device's clock as it was sent"),
    (r"counter", "number of the packet, as it was sent"),
    (r"sample", "place of the sample in its packet, from 0"),
    (r"segment", "connection it came in, from 0"),
    (r"total" + _LOAD, "load of the whole device"),
    (r"cell_(?P<cell>\d+)" + _LOAD, "load of cell {cell}"),
    (_REGION + _LOAD, "load of the {region}"),
    (_SIDE + r"(?:n|bw|adc)", "load of the whole {side} device"),
    (_SIDE + r"ok", "whether {side} is there, measured or bridged over a short hole"),
    (_SIDE + r"lost", "whether {side} was lost on the way"),
    (_SIDE + _REGION + _LOAD, "load of the {region}, {side}"),
    (r"(?:" + _SIDE + r")?cop_ap_mm", "centre of pressure, from heel to toe"),
    (r"(?:" + _SIDE + r")?cop_ml_mm", "centre of pressure, from the inner to the outer edge"),
    (r"(?:" + _SIDE + r")?acc_(?P<axis>[xyz])_g", "acceleration along {axis}"),
    (r"(?:" + _SIDE + r")?gyro_(?P<axis>[xyz])_dps", "angular rate about {axis}"),
    (_SIDE + r"heel_height_mm", "height of the heel over flat standing, {side}"),
    (_SIDE + r"pitch_deg", "tilt of the foot from flat standing, {side}"),
    (r"battery_pct", "charge of the battery"),
    (r"column", "column of the samples"),
    (r"region", "region of the sole it lies in"),
    (r"x_mm", "place on the sole, from the inner to the outer edge"),
    (r"y_mm", "place on the sole, from heel to toe"),
    (r"area_mm2", "area of the sensor"),
    (r"event", "what happened"),
    (r"method", "how it was found"),
    (r"side", "foot, or both"),
    (r"role", "device"),
    (r"set", "number of the set, from 1"),
    (r"rep", "number of the repetition in its set, from 1"),
    (r"exercise", "what was done"),
    (r"variant", "on which feet"),
    (r"start_s", "first heel-off"),
    (r"end_s", "end of the hold, or last heel contact of the set"),
    (r"onset_s", "start of the hold: the top is reached"),
    (r"heel_off_s", "the heel begins to be empty"),
    (r"heel_contact_s", "the heel begins to bear load again"),
    (r"top_s", "the top is reached"),
    (r"lowering_onset_s", "the lowering begins"),
    (r"rounds", "holds of the set"),
    (r"reps", "repetitions of the set that count"),
    (r"breaks", "how often a heel bore load, or sank below half of its height, during a hold"),
    (r"target", "what was prescribed"),
    (r"target_s", "time that was prescribed"),
    (r"met", "whether that was done"),
    (r"tempo", "seconds down - pause at the bottom - up - pause at the top"),
    (r"tempo_met", "whether the lowering took as long as it should"),
    (r"counted", "whether the repetition counts"),
    (r"reasons", "what to keep in mind, as words (docs/report.md)"),
    (r"flags", "what to keep in mind, as words (docs/report.md)"),
    (r"decode_errors", "packets that do not fit the device's file"),
]


def explained(table: str, frame: pd.DataFrame) -> Iterator[Row]:
    """Yield table, column, unit and meaning of each column; a unit is empty where there is none.

    Parameters
    ----------
    table : str
        Its name.
    frame : DataFrame, (n,) rows
        Its columns.
    """
    for column in map(str, frame.columns):
        metric = _METRICS.get((table, column))
        if metric:
            yield table, column, metric.unit, metric.definition
        elif column.endswith(_QUALITY):
            name = column.removesuffix(_QUALITY)
            yield table, column, "", f"how far {name} is to be trusted: ok, low, not_observable"
        else:
            yield table, column, unit(column), _meaning(column)


def unit(column: str) -> str:
    """Return the unit that the end of a name states; empty for none."""
    ends = [end for end in UNITS if column.endswith(end)]
    if ends:
        return UNITS[max(ends, key=len)]
    return {"n": "N", "bw": "body weights", "adc": "counts"}.get(column.rpartition("_")[2], "")


def _meaning(column: str) -> str:
    for pattern, text in _MEANINGS:
        if found := re.fullmatch(pattern, column):
            words = {name: word or "" for name, word in found.groupdict().items()}
            return text.format(**{n: w.replace("_", " ") for n, w in words.items()})
    return ""
