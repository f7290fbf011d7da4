"""The live view beside a recording: whatever it does, the recording does not wait for it."""

import asyncio
import gc
import sys
import threading
import time
from dataclasses import dataclass, replace

import pytest

from insole.live import DeviceState, Live, LiveState
from insole.profile import Profile
from insole.record.store import open_session
from insole.recording import course
from insole.recording.course import Recording, Rules
from insole.recording.file import keeper
from insole.recording.source import simulated
from insole.recording.view import SWITCH_S, Beside, InStep, undisturbed
from insole.sim.link import rig
from insole.spec import load_spec
from insole.transport.base import LinkEvent, Notification

LONGEST_S = 30.0
DEVICE = DeviceState("streaming", 100.0, 0.25, None, 0.1, 1, 0, "n", None, None)


def packet(number, role="left"):
    return Notification(role, "frames", number * 10**9, b"")


class Follower:
    """Stands where `Live` does; notes what it gets, and can be made to wait."""

    def __init__(self):
        self.taken, self.looks = [], []
        self.may_go_on, self.waits = threading.Event(), threading.Event()
        self.may_go_on.set()

    def take(self, item):
        self.waits.set()
        assert self.may_go_on.wait(LONGEST_S)
        self.taken.append(item)

    def look(self, now_ns):
        self.looks.append(now_ns)
        return LiveState(now_ns / 1e9, {"left": DEVICE})


class Failing(Follower):
    def take(self, item):  # noqa: ARG002 - that of the one it stands for
        raise ZeroDivisionError


def until(is_so):
    end_s = time.monotonic() + LONGEST_S
    while not is_so():
        assert time.monotonic() < end_s, "this takes too long"
        threading.Event().wait(0.005)


@dataclass
class Seen:
    """A view with what it works on, and the time on the recording's clock."""

    follower: Follower
    now_ns: int = 5 * 10**9
    most_waiting: int = 1000

    def __enter__(self):
        self.view = Beside(
            lambda: self.follower, lambda: self.now_ns, most_waiting=self.most_waiting
        )
        return self.view

    def __exit__(self, *_):
        self.follower.may_go_on.set()
        self.view.close()


def test_it_takes_all_in_order_and_knows_the_present_then():
    follower = Follower()
    with Seen(follower) as view:
        items = [packet(number) for number in range(5)]
        for item in items:
            view.take(item)
        until(lambda: len(follower.taken) == 5 and view.look(0).time_s == 5.0)
    assert follower.taken == items


def test_as_long_as_it_is_behind_it_tells_the_past():
    follower = Follower()
    follower.may_go_on.clear()
    with Seen(follower, now_ns=5000 * 10**9, most_waiting=5000) as view:
        for number in range(1, 2000):
            view.take(packet(number))
        follower.may_go_on.set()
        until(lambda: follower.looks[-1:] == [5000 * 10**9])
        past_s = {look / 1e9 for look in follower.looks} - {0.0, 5000.0}
    assert past_s <= set(range(1, 2000))


def test_one_that_hangs_holds_up_nobody_and_keeps_little(caplog):
    follower = Follower()
    follower.may_go_on.clear()
    with Seen(follower, most_waiting=10) as view:
        view.take(packet(0))
        assert follower.waits.wait(LONGEST_S)
        view.take(LinkEvent("left", 1, "lost"))
        for number in range(1, 1001):
            view.take(packet(number))
        assert len(view._items) <= 10
        assert view.look(0) is None or view.look(0).time_s < 6.0
        assert caplog.text.count("is behind and leaves out packets") == 1
        follower.may_go_on.set()
        until(lambda: follower.taken[-1:] == [packet(1000)])
        until(lambda: view.look(0).devices["left"].loss_fraction is None)
    kinds = [item.kind for item in follower.taken if isinstance(item, LinkEvent)]
    assert kinds[0] == "reconnected"  # a seam: nothing connects what was before and after
    assert "lost" in kinds


def test_one_that_fails_says_it_once_and_knows_nothing_more(caplog):
    with Seen(Failing()) as view:
        view.take(packet(0))
        until(lambda: view._failed)
        view.take(packet(1))
        assert view.look(0) is None
        assert not view._items
    assert caplog.text.count("the live view has failed (ZeroDivisionError())") == 1


@pytest.mark.parametrize("where", ["make", "take", "look"])
def test_in_step_too_a_failure_is_said_once(where, caplog):
    def fail(*_):
        raise ZeroDivisionError

    follower = Follower()
    if where != "make":
        setattr(follower, where, fail)
    view = InStep(fail if where == "make" else lambda: follower)
    view.take(packet(0))
    view.take(packet(1))
    assert view.look(0) is None
    assert caplog.text.count("the live view has failed") == 1


def test_threads_take_turns_quickly_and_garbage_is_not_searched_in_what_was_there():
    before_s, before = sys.getswitchinterval(), gc.get_freeze_count()
    with undisturbed():
        assert sys.getswitchinterval() == pytest.approx(SWITCH_S)
        assert gc.get_freeze_count() > before + 1000
    assert sys.getswitchinterval() == pytest.approx(before_s)
    assert gc.get_freeze_count() == 0


# A whole recording -------------------------------------------------------------------------------


def recorded(path, monkeypatch, follower, *, exercise="", told=None, **rules):
    """Record a simulated person with a clock, as over the air, and a view of one's own."""
    source, _ = simulated("quiet_stance")
    newest_ns = [0]
    source = replace(source, now_ns=lambda: newest_ns[0], exercise=exercise)

    def make(_, **more):
        (told if told is not None else {}).update(more)
        return follower

    monkeypatch.setattr(course, "Live", make)
    recording = Recording(source, lambda: keeper(path)(source), rules=Rules(**rules))
    take = recording._take

    def note_time(item):
        newest_ns[0] = max(newest_ns[0], item.host_time_ns)
        take(item)

    recording._take = note_time
    asyncio.run(recording.run())
    return open_session(path)


def packets_of(session):
    return [len(session.packets(*stream)) for stream in session.streams()]


def test_a_hanging_or_failing_view_costs_no_packet(tmp_path, monkeypatch):
    whole = recorded(tmp_path / "a.insole", monkeypatch, Follower())
    hanging = Follower()
    hanging.may_go_on.clear()
    monkeypatch.setattr("insole.recording.view.LEAVE_AFTER_S", 0.01)
    without = recorded(tmp_path / "b.insole", monkeypatch, hanging, auto_stop_s=1.0)
    hanging.may_go_on.set()
    failing = recorded(tmp_path / "c.insole", monkeypatch, Failing(), auto_stop_s=1.0)
    assert packets_of(whole) == packets_of(without) == packets_of(failing)
    assert sum(packets_of(whole)) > 100


@pytest.mark.parametrize(
    ("exercise", "expected"), [("eccentric_raise", "eccentric_raise"), ("demo", None)]
)
def test_the_view_is_told_what_the_report_will_be_told(tmp_path, monkeypatch, exercise, expected):
    monkeypatch.setattr("insole.profile.load_profile", lambda: Profile(foot_length_mm=231.0))
    told = {}
    session = recorded(
        tmp_path / "a.insole", monkeypatch, Follower(), exercise=exercise, told=told, duration_s=1.0
    )
    assert told["exercise"] == expected
    assert session.meta.exercise == exercise
    assert told["params"].height.foot_length_mm == 231.0
    assert told["params"].height.foot_length_known


def test_the_end_after_exercise_counts_in_the_time_of_packets():
    recording = Recording(simulated("quiet_stance")[0], lambda: None, rules=Rules(auto_stop_s=5.0))
    recording._end_after_exercise(LiveState(6.9, {}, exercise_ended_s=2.0))
    assert not recording.stop.is_asked
    recording._end_after_exercise(LiveState(7.0, {}, exercise_ended_s=2.0))
    assert recording.stop.is_asked


def test_a_scale_that_tells_one_load_a_message_shows_it():
    links, _ = rig("hold_double", load_spec("wh_c06"), 1)
    live = Live({"plate": load_spec("wh_c06")})
    packets = [item for item in links[0].items if isinstance(item, Notification)]
    for item in packets[:25]:
        live.take(item)
    assert live.look(packets[24].host_time_ns).devices["plate"].load > 300
