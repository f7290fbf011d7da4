"""Samples that came and samples that should have, packet by packet."""

from __future__ import annotations

import pytest

from insole.align.follow import Follower
from insole.align.session_clock import TickClock
from insole.align.tally import Tally

PERIOD_S = 0.01
CLOCK = TickClock(65536, 0.001, PERIOD_S, stamps_last=False)


class Device:
    """Sends packets of four samples, the k-th beginning with sample 4 k."""

    def __init__(self):
        self.tally = Tally(PERIOD_S)
        self.connect()

    def connect(self, at_s=0.0):
        self.follower, self.at_s = Follower(CLOCK), at_s

    def send(self, *packets, late_s=0.0):
        fresh = []
        for k in packets:
            host_s = self.at_s + (4 * k + 3) * PERIOD_S + 0.02 + late_s
            session_s = self.follower.place(host_s, (40 * k) % 65536, 4)
            fresh.append(self.tally.is_new(self.follower, session_s, 4))
        return fresh

    @property
    def counts(self):
        return self.tally.came, self.tally.missing


@pytest.fixture
def device():
    return Device()


def test_nothing_is_missing_of_a_whole_stream(device):
    assert all(device.send(*range(2000)))
    assert device.counts == (8000, 0)


def test_what_was_left_out_is_missing(device):
    device.send(0, 1, 4, 5)
    assert device.counts == (16, 8)


def test_what_comes_late_is_no_longer_missing(device):
    device.send(0, 1, 3)
    device.send(2, late_s=0.06)
    device.send(4)
    assert device.counts == (20, 0)


def test_what_comes_twice_counts_once(device):
    assert device.send(0, 1, 1, 2) == [True, True, False, True]
    assert device.counts == (12, 0)


def test_a_lost_link_costs_what_was_due_meanwhile(device):
    device.send(*range(10))
    device.connect(at_s=2.4)
    device.send(*range(10))
    assert device.counts == (80, 200)


def test_a_clock_that_is_set_costs_what_was_due_meanwhile(device):
    device.send(*range(1000, 1200))
    device.at_s = 60.0
    device.send(*range(10))
    assert device.follower.restarts == 1
    assert device.counts == (840, pytest.approx(1200, abs=2))
