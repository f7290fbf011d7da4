"""How one message is read in a live view, compiled once for each of its shapes.

One `struct` takes all numbers of the header, another those of the samples, which are scaled as one
row and dealt out to their fields: several times faster than numpy field by field.
"""

from __future__ import annotations

import struct
from math import inf, nan
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from insole.codec.number import STRUCT, meaning

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    import numpy.typing as npt

    from insole.codec.layout import Place, Plan
    from insole.spec.model import ByteOrder, FieldSpec

    Floats: TypeAlias = npt.NDArray[np.float64]
    Header: TypeAlias = dict[str, int | float | str]
    Samples: TypeAlias = dict[str, Floats]
    Take: TypeAlias = Callable[[Any], Sequence[Any]]
    Scale: TypeAlias = Callable[[Floats], Floats]


class _Atom(NamedTuple):
    """What `struct` takes as one: its first byte, and its letter."""

    at: int
    code: str

    @property
    def end(self) -> int:
        return self.at + struct.calcsize(f"<{self.code}")


class _Row(NamedTuple):
    """Numbers in a row: what takes them out of a packet, where each is, how many there are."""

    take: Take
    where: npt.NDArray[np.intp]
    width: int


def compile_read(plan: Plan, at: int) -> Callable[[Any], tuple[Header, Samples]]:
    """Return a function that reads header and samples of one message.

    Parameters
    ----------
    plan : Plan
        Its shape.
    at : int
        The byte of the packet at which it begins.

    Returns
    -------
    callable
        From the packet, or from the numbers of a text, to header and samples: plain numbers and
        texts; ndarray (n,) or (n, k), float64 in the field's unit, NaN where missing. They are
        what :meth:`Plan.read_rows` says of many.
    """
    header, samples = _header(plan, at), _samples(plan, at)
    return lambda source: (header(source), samples(source))


def _header(plan: Plan, at: int) -> Callable[[Any], Header]:
    if not plan.header:
        return lambda _: {}
    order = plan.message.byte_order
    atoms = [_Atom(place.at, STRUCT.get(place.field.type, f"{place.octets}s"))
             for place in plan.header]  # fmt: skip
    distinct = list(dict.fromkeys(atoms))  # fields may share bytes
    row = _row(plan, distinct, at)
    parts = [
        (place.field.name, int(row.where[distinct.index(atom)]), meaning(place.field, order))
        for place, atom in zip(plan.header, atoms, strict=True)
    ]

    def read(source: Any) -> Header:
        raw = row.take(source)
        return {name: mean(raw[i]) if mean else raw[i] for name, i, mean in parts}

    return read


def _samples(plan: Plan, at: int) -> Callable[[Any], Samples]:
    if not plan.samples:
        return lambda _: {}
    order = plan.message.byte_order
    elements = [
        (place.field, offset) for place in plan.samples for offset in place.offsets.ravel().tolist()
    ]
    upper = [(n, _upper(each, order)) for n, each in enumerate(elements) if _is_24(each[0])]
    atoms = [_lower(each, order) for each in elements] + [atom for _, atom in upper]
    row = _row(plan, atoms, at)
    scaled = _scaling([field for field, _ in elements], row, [n for n, _ in upper])
    deal = list(_dealt(plan.samples, row.where))
    take = row.take

    def read(source: Any) -> Samples:
        numbers = scaled(np.array(take(source), np.float64))
        return {name: numbers[index] for name, index in deal}

    return read


def _is_24(field: FieldSpec) -> bool:
    return field.type.endswith("24")


def _lower(element: tuple[FieldSpec, int], order: ByteOrder) -> _Atom:
    """Return a number of the samples, or the lower two bytes of one of 24 bits."""
    field, at = element
    if _is_24(field):
        return _Atom(at + (order == "big"), "H")
    return _Atom(at, STRUCT[field.type])


def _upper(element: tuple[FieldSpec, int], order: ByteOrder) -> _Atom:
    """Return the upper byte of a 24-bit number, which has its sign."""
    field, at = element
    return _Atom(at + 2 * (order == "little"), "b" if field.type == "i24" else "B")


def _dealt(places: Iterable[Place], where: npt.NDArray[np.intp]) -> Iterator[tuple[str, Any]]:
    """Yield which numbers of the row belong to each field, (n,) or (n, k)."""
    start = 0
    for place in places:
        end = start + place.offsets.size
        yield place.field.name, where[start:end].reshape(place.offsets.shape)
        start = end


def _row(plan: Plan, atoms: Sequence[_Atom], at: int) -> _Row:
    if plan.message.template:
        return _Row(lambda numbers: numbers, np.array([a.at // 8 for a in atoms]), plan.length // 8)
    runs = _runs(atoms)
    order = "<" if plan.message.byte_order == "little" else ">"
    unpacks = [
        struct.Struct(order + _format([atoms[n] for n in run], at)).unpack_from for run in runs
    ]
    where = np.argsort([n for run in runs for n in run])

    def take(packet: bytes) -> list[Any]:
        return [number for unpack in unpacks for number in unpack(packet)]

    return _Row(unpacks[0] if len(unpacks) == 1 else take, where, len(atoms))


def _runs(atoms: Sequence[_Atom]) -> list[list[int]]:
    """Return atoms in order of their bytes, in as many runs as it takes that none overlap."""
    runs: list[list[int]] = []
    rest = sorted(range(len(atoms)), key=atoms.__getitem__)
    while rest:
        run: list[int] = []
        for n in rest:
            if not run or atoms[n].at >= atoms[run[-1]].end:
                run.append(n)
        runs.append(run)
        taken = set(run)
        rest = [n for n in rest if n not in taken]
    return runs


def _format(run: Sequence[_Atom], at: int) -> str:
    ends = [0, *(at + atom.end for atom in run)]
    return "".join(
        f"{at + atom.at - end}x{atom.code}" for atom, end in zip(run, ends, strict=False)
    )


def _scaling(fields: Sequence[FieldSpec], row: _Row, upper: Sequence[int]) -> Scale:
    """Return what makes a row of raw numbers physical, as :func:`number.physical` does by field.

    Parameters
    ----------
    fields : sequence of FieldSpec, (n,)
        Of each element; the first n places of the row are theirs.
    row : _Row
        The row.
    upper : sequence of int, (u,)
        Elements of 24 bits; the last u places are those of their upper bytes.
    """
    here, above = row.where[: len(fields)], row.where[len(fields) :]

    def spread(values: Iterable[float], elsewhere: float) -> Floats:
        whole = np.full(row.width, elsewhere)
        whole[here] = list(values)
        return whole

    below = here[list(upper)]
    scale = spread((field.scale for field in fields), 1.0)
    offset = spread((field.offset for field in fields), 0.0)
    marker = spread((nan if f.invalid is None else f.invalid for f in fields), nan)
    limits = [f.valid if f.valid and f.number.whole else (-inf, inf) for f in fields]
    lowest, highest = (spread(side, nan) for side in zip(*limits, strict=True))
    has_offset, has_limits = offset.any(), np.isfinite(lowest).any()
    has_marker = np.isfinite(marker).any()

    def scaled(raw: Floats) -> Floats:
        if upper:
            raw[below] += raw[above] * 2.0**16
        value: Floats = raw * scale
        if has_offset:
            value += offset
        if has_marker:
            value[raw == marker] = nan
        if has_limits:
            value[(raw < lowest) | (raw > highest)] = nan
        return value

    def finite(raw: Floats) -> Floats:
        # any bytes may be a float, see number.physical
        with np.errstate(invalid="ignore", over="ignore"):
            value = scaled(raw)
        value[~np.isfinite(value)] = nan
        return value

    return scaled if all(field.number.whole for field in fields) else finite
