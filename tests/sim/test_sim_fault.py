import numpy as np
import pytest

from insole.sim.fault import FASTEST_S, arrival_ns, jumbled, lost, silent
from insole.sim.scenario import Faults

READY_S = np.arange(20_000) * 0.0413


@pytest.mark.parametrize("fraction", [0.0, 0.005, 0.086, 1.0])
def test_as_many_packets_are_lost_as_asked(fraction):
    gone = lost(Faults(loss_fraction=fraction), 200_000, np.random.default_rng(0))
    assert gone.mean() == pytest.approx(fraction, abs=0.003)


def test_losses_are_mostly_single_packets():
    gone = lost(Faults(loss_fraction=0.05), 200_000, np.random.default_rng(0))
    assert (gone[1:] & gone[:-1]).mean() == pytest.approx(0.05**2, abs=0.0005)


def test_packets_arrive_in_order_and_never_before_they_are_sent():
    delay_s = arrival_ns(READY_S, Faults(), np.random.default_rng(0)) / 1e9 - READY_S
    assert (np.diff(delay_s + READY_S) >= 0).all()
    assert delay_s.min() == pytest.approx(FASTEST_S, abs=0.001)
    assert np.median(delay_s) == pytest.approx(0.030 / 2 + FASTEST_S + 0.003 * 0.67, abs=0.003)


def test_packets_of_one_connection_event_arrive_together():
    faults = Faults(interval_ms=50.0, jitter_ms=0.0, stall_fraction=0.0)
    arrival_s = arrival_ns(np.arange(5000) * 0.01, faults, np.random.default_rng(0)) / 1e9
    phase_s = (arrival_s - arrival_s[0]) % 0.05
    assert np.minimum(phase_s, 0.05 - phase_s).max() < 1e-6
    assert len(np.unique(arrival_s.round(6))) == pytest.approx(1000, abs=2)


def test_stalls_hold_packets_back_for_up_to_300_ms():
    faults = Faults(stall_fraction=0.01, jitter_ms=0.0)
    late_s = arrival_ns(READY_S, faults, np.random.default_rng(0)) / 1e9 - READY_S
    calm_s = arrival_ns(READY_S, Faults(stall_fraction=0.0, jitter_ms=0.0),
                        np.random.default_rng(0)) / 1e9 - READY_S  # fmt: skip
    assert calm_s.max() < 0.033
    assert 0.25 < late_s.max() < 0.34
    assert 0.01 < (late_s > 0.04).mean() < 0.1


def test_some_packets_come_twice_and_some_after_the_next_one():
    order = jumbled(
        20_000, Faults(duplicate_fraction=0.01, reordered_fraction=0.02), np.random.default_rng(5)
    )
    assert set(order.tolist()) == set(range(20_000))
    assert len(order) - 20_000 == pytest.approx(200, abs=50)
    assert (np.diff(order) == 0).sum() == pytest.approx(200, abs=60)
    assert (np.diff(order) < 0).sum() == pytest.approx(400, abs=90)
    assert np.array_equal(jumbled(50, Faults(), np.random.default_rng(5)), np.arange(50))


def test_silence_takes_what_is_sent_in_it():
    time_s = np.arange(0.0, 10.0, 0.5)
    gone = silent(time_s, Faults(silences=(2.0, 1.0, 7.0, 0.6)))
    assert time_s[gone].tolist() == [2.0, 2.5, 7.0, 7.5]
    assert not silent(time_s, Faults()).any()
