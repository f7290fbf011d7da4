"""The exercise while it goes on: live it is found by the report's own functions, and agrees."""

from __future__ import annotations

import asyncio
import sys
from concurrent.futures import Executor, Future
from dataclasses import fields, replace
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np
import pytest

import insole
from insole import measured, tables
from insole.cli.importing import create_session, read_source
from insole.detect.watch import Watch, Watched
from insole.live import Live
from insole.live.exercise import ExerciseWatch
from insole.live.finished import MOMENTS, Finished, finished
from insole.live.history import History
from insole.live.reading import COLUMNS, HEEL, TOTAL
from insole.measure.following import Round
from insole.measure.model import HoldRow, RaiseRow
from insole.measure.params import Params
from insole.report.build import Known, summarise
from insole.report.model import SessionFacts
from insole.sim.link import rig
from insole.sim.scenario import parse
from insole.spec import load_spec
from insole.transport import rig as links_together

SPEC = load_spec("sim_insole")
BENCHMARK = Path(__file__).parents[1] / "benchmarks" / "live.py"
KNOWN = Known(
    session=SessionFacts("", None, None, 0.0, {}),
    capabilities=insole.capabilities.Capabilities(("heel",), True, True, 100.0, "both", "N"),
    quality={},
    sync=measured.ok(2.0, "ms", "sum_of_clock_residuals"),
    software={},
)
ONE_OF_EACH = """
name = "one_of_each"
description = "A raise, then a hold with a short touch"
[[block]]
kind = "stand"
duration_s = 6.0
[[block]]
kind = "raise"
up_s = 1.0
top_s = 1.0
down_s = 3.0
reps = 1
pause_s = 6.0
[[block]]
kind = "hold"
up_s = 1.2
top_s = 7.0
down_s = 2.0
reps = 1
pause_s = 6.0
"""


TOUCHED = """
name = "touched"
description = "A hold in which the heel touches the floor for a moment"
[[block]]
kind = "stand"
duration_s = 6.0
[[block]]
kind = "hold"
up_s = 1.5
top_s = 15.0
down_s = 2.0
reps = 1
pause_s = 6.0
mistakes = ["touch"]
"""


@cache
def table(scenario=ONE_OF_EACH):
    """Return what both soles told, aligned while it came, as a ForceTable."""
    live = Live({"left": SPEC, "right": SPEC})
    items = sent(scenario)
    for item in items:
        live.take(item)
    live.look(items[-1].host_time_ns)
    history = live._history  # the same samples for both
    return history.table(0, history.end, dict.fromkeys(tables.SIDES, COLUMNS))


@cache
def sent(scenario=ONE_OF_EACH, seed=1):
    links, _ = rig(parse(scenario), SPEC, seed)
    items = []

    async def deliver(batch):
        items.extend(batch)

    asyncio.run(links_together.run(links, deliver))
    return tuple(items)


def column(name):
    """Return what a column is called in a ForceTable, with the side left open."""
    if name == "total":
        return "{}_n"
    return f"{{}}_{name}_n" if name in tables.REGIONS else f"{{}}_{name}"


class Fed:
    """Feeds a ForceTable in pieces, as a session does, and keeps what was known after each."""

    def __init__(self, force, first_s=0.0, known=COLUMNS, executor=None):
        self.known = dict.fromkeys(tables.SIDES, frozenset(known))
        self.force, self.rate_hz = force, tables.rate_hz(force)
        self.history = History(tables.SIDES, COLUMNS, "n", self.rate_hz)
        watched = Watched(unit="n", heel=True, bears=True)
        self.watch = Watch(dict.fromkeys(tables.SIDES, watched), self.rate_hz)
        self.exercise = ExerciseWatch(
            self.history,
            self.watch,
            KNOWN.capabilities,
            rate_hz=self.rate_hz,
            first_s=first_s,
            exercise=None,
            params=Params(),
            executor=executor,
        )
        self.values = {
            side: force[[column(name).format(side) for name in COLUMNS]].to_numpy()
            for side in tables.SIDES
        }
        self.ok = {side: force[f"{side}_ok"].to_numpy() for side in tables.SIDES}
        self.seen = 0

    def feed(self, start, end):
        self.history.append(
            {side: values[start:end] for side, values in self.values.items()},
            {side: ok[start:end] for side, ok in self.ok.items()},
        )
        width = round(0.1 * self.rate_hz)
        while self.seen + width <= self.history.end:
            part = slice(self.seen, self.seen + width)
            self.watch.feed(
                self.seen, {side: v[part][:, [TOTAL, HEEL]] for side, v in self.values.items()}
            )
            self.seen += width
            self.exercise.step(self.seen, self.known, lambda: KNOWN.sync)
        return self.exercise.following()


def offline(force):
    return finished(summarise(force, KNOWN, Params()), 0.0, provisional=False)


@cache
def followed():
    """Return all that is known of the table at each tenth of a second."""
    fed = Fed(table())
    return [fed.feed(a, a + 10) for a in range(0, len(fed.force) - 9, 10)]


class Later(Executor):
    """Works out what it was given when it is told to."""

    def __init__(self):
        self.waiting, self.done = [], 0

    def submit(self, fn, /, *args, **kwargs):
        self.waiting.append((Future(), lambda: fn(*args, **kwargs)))
        return self.waiting[-1][0]

    def work(self):
        while self.waiting:
            future, work = self.waiting.pop(0)
            future.set_result(work())
            self.done += 1


# Looks back that somebody else works out --------------------------------------------------------


def test_what_blocks_tell_does_not_wait_for_looks_back():
    later = Later()
    fed = Fed(table(), executor=later)
    plain = followed()
    shown = [fed.feed(a, a + 10) for a in range(0, 1000, 10)]
    for one, other in zip(shown, plain, strict=False):
        assert (one.heel_up, one.heels) == (other.heel_up, other.heels)
        assert one.time_s == other.time_s
    assert any(one.heel_up for one in shown)
    assert len(later.waiting) == 1  # as long as one look goes on, there is no other
    assert all(one.top_reached_s is None for one in shown)


def test_looks_back_that_come_late_find_the_same_in_the_end():
    later = Later()
    fed, plain = Fed(table(), executor=later), followed()
    for number, start in enumerate(range(0, 1700, 10)):
        last = fed.feed(start, start + 10)
        if number % 3 == 2:
            later.work()
    assert len(last.reps) == len(plain[169].reps) == 1
    (late,), (prompt,) = last.reps, plain[169].reps
    assert late.row.heel_off_s == pytest.approx(prompt.row.heel_off_s, abs=0.02)
    assert late.row.lowering_s.value == pytest.approx(prompt.row.lowering_s.value, abs=0.05)
    assert later.done > 3


def test_a_look_that_the_heels_have_overtaken_is_dropped():
    later = Later()
    fed = Fed(table(), executor=later)
    end = next(10 * (k + 1) for k, one in enumerate(followed()) if one.heel_up)
    while not later.waiting:
        end += 10
        last = fed.feed(end - 10 if fed.seen else 0, end)
    while last.heel_up:
        end += 10
        last = fed.feed(end - 10, end)
    later.work()
    fed.exercise.gather()
    assert fed.exercise.following().top_reached_s is None
    assert fed.exercise.following().heel_contact_s is not None


# After the set ----------------------------------------------------------------------------------


def test_what_has_ended_is_what_the_report_says_of_the_same_samples():
    last = followed()[-1]
    known = round(last.settled_s * 100.0)
    report = offline(table().iloc[:known])
    assert (len(last.rounds), len(last.reps)) == (1, 1)
    assert (last.rounds, last.reps) == (report.rounds, report.reps)
    assert last.events == report.events


def test_standing_on_afterwards_changes_it_by_no_more_than_a_few_ms():
    last, whole = followed()[-1], offline(table())
    assert last.settled_s < len(table()) / 100.0
    for one, other in zip((*last.rounds, *last.reps), (*whole.rounds, *whole.reps), strict=True):
        assert one.row.heel_off_s == pytest.approx(other.row.heel_off_s, abs=0.02)
        assert one.row.heel_contact_s == pytest.approx(other.row.heel_contact_s, abs=0.02)
        assert one.row.reasons == other.row.reasons


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 4))]
)
def test_however_it_is_cut_the_same_is_found(seed):
    rng = np.random.default_rng(seed)
    fed, a = Fed(table()), 0
    n = len(fed.force) // 10 * 10 if seed else 1500
    while a < n:
        b = min(n, a + int(rng.integers(1, 400)))
        known, a = fed.feed(a, b), b
    assert known == followed()[n // 10 - 1]


# While it goes on -------------------------------------------------------------------------------


def test_heels_are_seen_at_once_and_the_moments_are_dated_back():
    rep, hold = followed()[-1].reps[0].row, followed()[-1].rounds[0].row
    for row, top_s in ((rep, rep.top_s), (hold, hold.onset_s)):
        up = [k for k in followed() if row.heel_off_s < k.time_s < row.heel_contact_s]
        first = next(k for k in up if k.heel_up)
        assert first.time_s - row.heel_off_s < 0.35
        assert first.heel_contact_s is None
        topped = next(k for k in up if k.top_reached_s is not None)
        assert topped.time_s - top_s < 1.5
        assert topped.top_reached_s == pytest.approx(top_s, abs=0.3)
        assert topped.heel_up_since_s == pytest.approx(row.heel_off_s, abs=0.1)
        lowered = next(k for k in up if k.lowering_onset_s is not None)
        assert lowered.lowering_onset_s < lowered.time_s < row.heel_contact_s


def test_the_hold_clock_runs_from_the_top_and_ends_with_the_lowering():
    row = followed()[-1].rounds[0].row
    held = [k for k in followed() if row.onset_s + 2.0 < k.time_s < row.end_s - 0.1]
    for k in held:
        assert k.hold_clock_s == pytest.approx(k.time_s - row.onset_s, abs=0.3)
        assert k.sag == pytest.approx(0.0, abs=0.1)
        assert k.height_mm == pytest.approx(k.top_height_mm, rel=0.1)
    assert held[-1].kind == "isometric_hold"
    after = next(k for k in followed() if k.time_s > row.heel_contact_s + 1.0)
    assert after.hold_clock_s == pytest.approx(row.duration_s.value, abs=0.1)
    assert not after.heel_up


def test_a_row_appears_soon_after_the_contact_and_is_provisional_until_it_settles():
    row = followed()[-1].reps[0].row
    told = [k for k in followed() if k.reps]
    assert told[0].time_s - row.heel_contact_s < 0.8
    assert told[0].reps[0].provisional
    assert not told[-1].reps[0].provisional
    settled = next(k for k in told if not k.reps[0].provisional)
    assert settled.settled_s == pytest.approx(settled.time_s, abs=0.1)
    assert settled.time_s - row.heel_contact_s < 4.5
    counts = [len(k.reps) + len(k.rounds) for k in followed()]
    assert counts == sorted(counts)


def test_events_come_in_order_and_none_of_what_has_not_been():
    for k in followed():
        times = [event.time_s for event in k.events]
        assert times == sorted(times)
        assert not times or times[-1] <= k.time_s + 0.1
        if k.heel_up and k.lowering_onset_s is None and k.heel_up_since_s is not None:
            late = [e for e in k.events if e.time_s > k.heel_up_since_s + 0.5]
            assert {e.event for e in late} <= {"top_reached"}


def test_shares_are_those_of_the_moment():
    shares = [k.left_share for k in followed()[20:]]
    # a foot that is silent for a moment has no share
    assert sum(share is None for share in shares) < 0.02 * len(shares)
    for share in filter(None, shares):
        assert 0.2 < share < 0.8
    for k in followed():
        assert k.side is None or k.side == "both"
        assert k.resting_foot_share is None


def test_times_are_those_of_the_recording():
    fed = Fed(table().iloc[:1600], first_s=100.0)
    late, plain = fed.feed(0, 1600), followed()[159]
    assert late.time_s == pytest.approx(plain.time_s + 100.0)
    assert late.heel_up_since_s == pytest.approx(plain.heel_up_since_s + 100.0)
    assert late.reps[0].row.heel_contact_s == pytest.approx(
        plain.reps[0].row.heel_contact_s + 100.0
    )
    assert late.hold_clock_s == pytest.approx(plain.hold_clock_s)


@pytest.mark.slow
def test_a_short_touch_pauses_a_hold_and_does_not_end_it():
    fed = Fed(table(TOUCHED))
    known = [fed.feed(a, a + 10) for a in range(0, len(fed.force) - 9, 10)]
    row = known[-1].rounds[0].row
    assert (len(known[-1].rounds), row.breaks) == (1, 1)
    inside = [k for k in known if row.onset_s + 5.5 < k.time_s < row.end_s]
    paused = [k for k in inside if k.paused]
    assert paused
    assert not any(k.rounds for k in paused)
    clocks = [k.hold_clock_s for k in paused]
    assert max(clocks) - min(clocks) < 0.6
    gone_on = [k for k in inside if k.time_s > paused[-1].time_s + 0.5 and k.heel_up]
    for k in gone_on:
        assert k.lowering_onset_s is not None or k.hold_clock_s == pytest.approx(
            k.time_s - row.onset_s, abs=0.3
        )
    assert known[-1].hold_clock_s == pytest.approx(row.duration_s.value, abs=0.1)


# Rows -------------------------------------------------------------------------------------------


def test_every_moment_of_a_row_is_moved_and_no_length_is():
    lengths = {"target_s"}
    for row in (HoldRow, RaiseRow):
        plain = {f.name for f in fields(row) if f.name.endswith("_s") and "float" in str(f.type)}
        assert plain - lengths <= MOMENTS


def test_sets_are_counted_on():
    row = followed()[-1].rounds[0].row
    one = Finished(rounds=(Round(replace(row, set=3), provisional=False),))
    two = Finished(rounds=(Round(replace(row, set=1), provisional=True),))
    assert [r.row.set for r in one.then(two).rounds] == [3, 4]
    assert one.then(Finished()) == one
    assert one.before(row.heel_contact_s) == one
    assert one.since(row.heel_contact_s) == one.without_rounds(0.0) == Finished()


# Other rigs -------------------------------------------------------------------------------------


def test_devices_that_do_not_see_heels_have_nothing_to_follow():
    plate = load_spec("ferra_plate")
    live = Live({"plate": plate})
    assert live.look(1_000_000_000).following is None


def test_before_anything_came_nothing_is_followed():
    assert Live({"left": SPEC, "right": SPEC}).look(5_000_000_000).following is None


def test_without_an_inertial_sensor_the_clock_runs_from_the_heel_off():
    fed = Fed(table(), known=COLUMNS[: COLUMNS.index("acc_x_g")])
    n = len(fed.force) // 10 * 10
    known = [fed.feed(a, a + 10) for a in range(0, n, 10)]
    row = followed()[-1].rounds[0].row
    held = [k for k in known if row.onset_s < k.time_s < row.end_s]
    for k in held:
        assert k.top_reached_s is k.lowering_onset_s is k.height_mm is k.sag is None
        assert k.hold_clock_s == pytest.approx(k.time_s - row.heel_off_s, abs=0.3)
    told = known[-1].reps[-1].row  # shorter than 20 s: nothing says that it was held
    assert known[-1].hold_clock_s == told.heel_up_s.value
    assert told.heel_up_s.value == pytest.approx(row.heel_up_s.value, abs=0.05)


@pytest.mark.parametrize("silent", [["left"], ["left", "right"]])
def test_a_sole_that_falls_silent_for_a_while_is_survived(silent):
    force = table().copy()
    for side in silent:
        gone = [c for c in force if c.startswith(side) and not c.endswith("_ok")]
        force.loc[8.0:20.0, gone] = np.nan
        force.loc[8.0:20.0, f"{side}_ok"] = False
    fed = Fed(force)
    known = [fed.feed(a, a + 100) for a in range(0, len(force) - 99, 100)]
    assert all(k.left_share is None for k in known if 9.0 < k.time_s < 20.0)
    report = offline(force.iloc[: round(known[-1].settled_s * 100.0)])
    assert (known[-1].rounds, known[-1].reps) == (report.rounds, report.reps)


@pytest.mark.parametrize("seed", range(3))
def test_numbers_that_mean_nothing_are_survived(seed):
    rng = np.random.default_rng(seed)
    force = table().iloc[:1500].copy()
    for name in force.columns.drop(["left_ok", "right_ok"]):
        start = int(rng.integers(1400))
        part = force.columns.get_loc(name)
        wrong = (np.nan, 0.0, -50.0, 1e6)[int(rng.integers(4))]
        force.iloc[start : start + int(rng.integers(300)), part] = wrong
    fed = Fed(force)
    for a in range(0, 1500, 50):
        known = fed.feed(a, a + 50)
    assert known.time_s == pytest.approx(15.0)


@pytest.mark.slow
@pytest.mark.parametrize("trial", ["test_pointe_5_05_02", "test_pointe_3_05_02", "test_poussee_2"])
def test_real_people_are_followed_to_what_their_report_says(trial, shared_data, tmp_path):
    source = read_source(shared_data / "loadsol_tiptoe" / f"{trial}.txt")
    session = insole.load(create_session(source, tmp_path / "real.insole", ""))
    force = session.forces
    known = [c for c in COLUMNS if column(c).format("left") in force]
    absent = {
        column(c).format(side): np.nan for c in {*COLUMNS} - {*known} for side in tables.SIDES
    }
    fed = Fed(force.assign(**absent), known=known)
    width = round(0.1 * fed.rate_hz)
    for a in range(0, len(force), width):
        last = fed.feed(a, a + width)
    rows = (*last.rounds, *last.reps)
    told = (*session.report().holds, *session.report().raises)
    for one, row in zip(rows, told, strict=True):
        assert one.row.heel_off_s == pytest.approx(row.heel_off_s, abs=0.05)
        assert one.row.heel_contact_s == pytest.approx(row.heel_contact_s, abs=0.05)
        assert one.row.heel_up_s.value == pytest.approx(row.heel_up_s.value, abs=0.05)


# Many people ------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_hold_clock_and_the_count_are_those_of_the_report(monkeypatch):
    """The benchmark's sets, somewhat shorter: 13 people, four sets each."""
    spec = spec_from_file_location("live_benchmark", BENCHMARK)
    benchmark = module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, benchmark)
    spec.loader.exec_module(benchmark)
    monkeypatch.setattr(benchmark, "LOOK_NS", 500_000_000)
    short = {"reps = 2": "reps = 1", "down_s = 4.0": "down_s = 3.0", "top_s = 8.0": "top_s = 6.5"}
    scenario = benchmark.SETS
    for plain, shorter in short.items():
        scenario = scenario.replace(plain, shorter)
    result = benchmark.measure(range(500, 513), scenario)
    assert result.sets >= 50
    assert np.percentile(np.abs(result.clock_s), 95) <= 0.3
    assert result.same_count >= 0.98 * result.sets
