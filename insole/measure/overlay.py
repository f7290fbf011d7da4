"""Corrections by hand, laid over what the analysis found; the analysis itself is left alone."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from insole import tables
from insole.measure.added import heel_up, with_heights
from insole.measure.edits import KINDS, OPS, VARIANTS, is_time
from insole.measure.kind import Hold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from insole.measure.boundary import Phases
    from insole.measure.edits import Edit
    from insole.measure.finding import Findings, HeelUpTime
    from insole.measure.params import Params

Item: TypeAlias = "Hold | HeelUpTime"
Key: TypeAlias = tuple[int, int]

SAME = 0.5
"""Part of the time of both together that two stretches must share to be the same one (our choice:
edges of one movement differ by far less between versions, neighbours share nothing)."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one correction: the originals that it changed, or why it changed nothing."""

    originals: tuple[Key, ...] = ()
    problem: str = ""


@dataclass(slots=True)
class Overlay:
    """Holds and raises after the corrections; bounds in samples are their keys.

    ``findings`` are those found, with heights of what was added; ``moved`` are
    those whose times somebody gave, ``touched`` all that somebody corrected; ``variants`` and
    ``counted`` are what somebody said of them.
    """

    findings: Findings
    holds: list[Hold]
    raises: list[HeelUpTime]
    outcomes: list[Outcome] = field(default_factory=list)
    moved: set[Key] = field(default_factory=set)
    touched: set[Key] = field(default_factory=set)
    variants: dict[Key, str] = field(default_factory=dict)
    counted: dict[Key, bool] = field(default_factory=dict)
    removed: list[Key] = field(default_factory=list)
    origin: dict[Key, Key] = field(default_factory=dict)
    """Which found one a corrected one was, where its bounds changed."""

    @property
    def found(self) -> Findings:
        """The findings with these heel-ups, in order of time, instead of those found."""
        pieces = [piece for hold in self.holds for piece in hold.pieces]
        times = sorted([*self.raises, *pieces], key=lambda time: time.pair.start)
        return replace(self.findings, times=times)


def key_of(item: Item) -> Key:
    """Return the bounds of a hold or a raise, in samples."""
    if isinstance(item, Hold):
        return item.pieces[0].pair.start, item.pieces[-1].pair.end
    return item.pair.start, item.pair.end


def apply(
    edits: Sequence[Edit],
    holds: Sequence[Hold],
    raises: Sequence[HeelUpTime],
    *,
    force: pd.DataFrame,
    findings: Findings,
    params: Params,
) -> Overlay:
    """Return holds and raises as corrected; the hand wins over the analysis.

    Parameters
    ----------
    edits : sequence of Edit
        In the order in which they were made.
    holds, raises : sequence
        What was found, in samples.
    force : ForceTable, (n,) rows
        What it was found in.
    findings : Findings
        All that was found; heights in mm.
    params : Params
        Settings.
    """
    added = [
        (*_samples(edit, findings.rate_hz), edit.change.get("side", "both"))
        for edit in edits
        if edit.op == "add"
    ]
    whole = with_heights(
        force, findings, [a for a in added if 0 <= a[0] < a[1] <= len(force)], params
    )
    over = Overlay(whole, [*holds], [*raises])
    work = _Work(over, force, findings, params)
    for edit in edits:
        over.outcomes.append(work.do(edit))
    return over


@dataclass(frozen=True, slots=True)
class _Work:
    """Applies corrections one by one."""

    over: Overlay
    force: pd.DataFrame
    findings: Findings
    params: Params

    def do(self, edit: Edit) -> Outcome:
        if edit.op not in OPS or edit.kind not in KINDS or not edit.start_s < edit.end_s:
            return Outcome(problem="this version of the program does not know such a correction")
        if edit.op == "add":
            return self._add(edit)
        items = self._meant(edit)
        if not items:
            return Outcome(problem="this analysis finds nothing there")
        originals = tuple(self._origin(key_of(item)) for item in items)
        for item in items:
            if problem := getattr(self, f"_{edit.op}")(item, edit.change):
                return Outcome(problem=problem)
        return Outcome(originals)

    def _origin(self, key: Key) -> Key:
        return self.over.origin.get(key, key)

    def _meant(self, edit: Edit) -> list[Item]:
        """Return what a correction is about: all of a set, or the one that shares its time best."""
        span = self._samples(edit.start_s), self._samples(edit.end_s)
        items: list[Item] = [*self.over.holds, *self.over.raises]
        if edit.kind == "set":
            return [item for item in items if _within(key_of(item), span)]
        best = max(items, key=lambda item: _common(key_of(item), span), default=None)
        return [best] if best and _common(key_of(best), span) >= SAME else []

    def _samples(self, time_s: float) -> int:
        return round(time_s * self.findings.rate_hz)

    # ---------------------------------------------------------------------------- operations

    def _add(self, edit: Edit) -> Outcome:
        span = self._samples(edit.start_s), min(self._samples(edit.end_s), len(self.force))
        side = edit.change.get("side", "both")
        if edit.kind == "set" or span[0] < 0 or span[1] - span[0] < 2:
            return Outcome(problem="it lies outside the recording")
        if side not in {"both", *tables.sides_of(self.force)}:
            return Outcome(problem=f"no foot called {side!r} was measured")
        items: list[Item] = [*self.over.holds, *self.over.raises]
        found = [item for item in items if _shared(key_of(item), span) > 0]
        for item in found:
            self._take(item)  # the hand says that here is this one, and no other
        heights, rate_hz = self.over.findings.heights, self.findings.rate_hz
        new = heel_up(self.force, heights, (*span, side), rate_hz, self.params)
        self._put(new, edit.kind)
        key = key_of(new)
        self.over.moved.add(key)
        self.over.touched.add(key)
        if side in tables.SIDES:
            self.over.variants[key] = f"single_{side}"
        return Outcome(tuple(self._origin(key_of(item)) for item in found))

    def _remove(self, item: Item, _: Mapping[str, Any]) -> str:
        self._take(item)
        self.over.removed.append(key_of(item))
        return ""

    def _retime(self, item: Item, change: Mapping[str, Any]) -> str:
        old = key_of(item)
        start, end = (
            self._samples(change[name]) if is_time(change.get(name)) else usual
            for name, usual in zip(("start_s", "end_s"), old, strict=True)
        )
        if not 0 <= start < end <= len(self.force):
            return "it would end before it begins, or lie outside the recording"
        pieces = item.pieces if isinstance(item, Hold) else (item,)
        inside = [one for one in pieces if one.pair.start < end and one.pair.end > start]
        if not inside:
            return "nothing of it would be left"
        tops = [change.get("top_s"), *[None] * (len(inside) - 1)]
        onsets = [*[None] * (len(inside) - 1), change.get("lowering_onset_s")]
        moved = []
        for k, (one, top_s, onset_s) in enumerate(zip(inside, tops, onsets, strict=True)):
            bounds = start if k == 0 else one.pair.start, end if one is inside[-1] else one.pair.end
            new = self._moved(one, bounds, top_s, onset_s)
            if isinstance(new, str):
                return new
            moved.append(new)
        self._take(item)
        self._replace(
            item, replace(item, pieces=tuple(moved)) if isinstance(item, Hold) else moved[0]
        )
        self.over.moved.add((start, end))
        return ""

    def _relabel(self, item: Item, change: Mapping[str, Any]) -> str:
        label, key = change.get("label"), key_of(item)
        if label in {"raise", "hold"}:
            self._take(item)
            self._put(item, str(label))
        elif label in {"counted", "not_counted"} and not isinstance(item, Hold):
            self.over.counted[key] = label == "counted"
        elif isinstance(item, Hold) and VARIANTS.get(str(label)):
            self._take(item)
            side = VARIANTS[str(label)]
            pieces = tuple(_on_side(piece, side) for piece in item.pieces)
            self.over.holds.append(replace(item, pieces=pieces))
        elif not isinstance(item, Hold) and label in VARIANTS:
            self.over.variants[key] = str(label)
        else:
            return f"nothing of this kind is called {label!r}"
        self.over.touched.add(key)
        return ""

    # ----------------------------------------------------------------------------- the lists

    def _take(self, item: Item) -> None:
        if isinstance(item, Hold):
            self.over.holds.remove(item)
        else:
            self.over.raises.remove(item)

    def _put(self, item: Item, kind: str) -> None:
        """Add a hold or a raise as what somebody says it is; a hold in pieces becomes raises."""
        pieces = item.pieces if isinstance(item, Hold) else (item,)
        if kind == "hold":
            self.over.holds.append(Hold(pieces, guessed=False))
            self.over.holds.sort(key=key_of)
            return
        self.over.raises += pieces
        self.over.raises.sort(key=key_of)
        self.over.touched |= {key_of(piece) for piece in pieces}

    def _replace(self, old: Item, new: Item) -> None:
        was, now = key_of(old), key_of(new)
        self._put(new, "hold" if isinstance(new, Hold) else "raise")
        self.over.origin[now] = self._origin(was)
        if was in self.over.variants:
            self.over.variants[now] = self.over.variants.pop(was)
        if was in self.over.counted:
            self.over.counted[now] = self.over.counted.pop(was)
        self.over.touched.add(now)

    # ------------------------------------------------------------------------------ heel-ups

    def _moved(
        self, time: HeelUpTime, bounds: Key, top_s: float | None, onset_s: float | None
    ) -> HeelUpTime | str:
        """Return a heel-up with other bounds, and other phases where they are told."""
        start, end = bounds
        phases = time.phases
        if phases is None and (is_time(top_s) or is_time(onset_s)):
            return "without a motion sensor it has no top to move"
        if phases is not None:
            phases = self._phases(time, phases, bounds, top_s, onset_s)
            if not phases.top <= phases.onset:
                return "its top would come after its lowering"
        feet = {
            side: replace(
                up,
                off=float(start) if start != time.pair.start else up.off,
                contact=float(end) if end != time.pair.end else up.contact,
                off_method="by_hand" if start != time.pair.start else up.off_method,
                contact_method="by_hand" if end != time.pair.end else up.contact_method,
            )
            for side, up in time.feet.items()
        }
        pair = replace(time.pair, start=start, end=end)
        seen = time.contact_seen or end != time.pair.end
        return replace(time, pair=pair, lead=start, phases=phases, feet=feet, contact_seen=seen)

    def _phases(
        self,
        time: HeelUpTime,
        phases: Phases,
        bounds: Key,
        top_s: float | None,
        onset_s: float | None,
    ) -> Phases:
        """Return phases counted from the new start; what nobody moved stays, inside the bounds."""
        rate_hz = self.findings.rate_hz
        top, onset = (
            told * rate_hz
            if told is not None and is_time(told)
            else min(max(old, bounds[0]), bounds[1])
            for told, old in ((top_s, time.top or 0.0), (onset_s, time.onset or 0.0))
        )
        return replace(phases, top=top - bounds[0], onset=onset - bounds[0])


def _samples(edit: Edit, rate_hz: float) -> Key:
    return round(edit.start_s * rate_hz), round(edit.end_s * rate_hz)


def _on_side(time: HeelUpTime, side: str) -> HeelUpTime:
    feet = {one: up for one, up in time.feet.items() if side in {"both", one}} or time.feet
    pair = replace(time.pair, side=side)  # type: ignore[arg-type]  # a value of VARIANTS
    return replace(time, pair=pair, feet=feet)


def _shared(one: Key, other: Key) -> int:
    return min(one[1], other[1]) - max(one[0], other[0])


def _common(one: Key, other: Key) -> float:
    """Return the time two stretches share, over the time of both together."""
    both = max(one[1], other[1]) - min(one[0], other[0])
    return _shared(one, other) / both if both > 0 else 0.0


def _within(one: Key, whole: Key) -> bool:
    return _shared(one, whole) >= SAME * (one[1] - one[0])
