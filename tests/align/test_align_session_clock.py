"""Rows as they arrived become samples in order of session time, each once."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from insole.align.session_clock import TickClock, to_session_time
from insole.errors import AlignError

PERIOD_S = 0.01
CLOCK = TickClock(modulus=65536, tick_s=0.001, sample_period_s=PERIOD_S, stamps_last=False)
DELAY_S = 0.02


def packets(first_samples, counts=4, *, offset_s=0.0, late_s=0.0, ticks_at="first"):
    """Rows of packets that begin with the given samples; ``value`` is the sample's number."""
    counts = np.broadcast_to(counts, len(first_samples))
    late_s = np.broadcast_to(late_s, len(first_samples))
    parts = []
    for first, count, late in zip(first_samples, counts, late_s, strict=True):
        last = first + count - 1
        stamp = first if ticks_at == "first" else last
        parts.append(
            pd.DataFrame(
                {
                    "host_time_s": last * PERIOD_S + DELAY_S + late + offset_s,
                    "device_ticks": (round(stamp * PERIOD_S * 1000)) % 65536,
                    "sample": np.arange(count),
                    "value": np.arange(first, first + count),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def test_samples_of_a_packet_follow_one_another_at_the_period():
    samples, _ = to_session_time(packets(range(0, 400, 4)), CLOCK, [])
    assert samples["value"].tolist() == list(range(400))
    assert np.diff(samples["time_s"]) == pytest.approx(PERIOD_S)
    assert samples["time_s"][0] == pytest.approx(DELAY_S)
    assert samples["device_time_s"][0] == 0.0


def test_the_arrival_belongs_to_the_last_sample_of_a_packet():
    """A packet leaves when its last sample is taken; else packets of 20 samples seem 0.2 s late."""
    long, _ = to_session_time(packets(range(0, 400, 20), 20), CLOCK, [])
    short, _ = to_session_time(packets(range(400), 1), CLOCK, [])
    assert long["time_s"].to_numpy() == pytest.approx(short["time_s"].to_numpy())


def test_ticks_may_belong_to_the_last_sample():
    clock = TickClock(65536, 0.001, PERIOD_S, stamps_last=True)
    samples, _ = to_session_time(packets(range(0, 400, 4), ticks_at="last"), clock, [])
    assert samples["device_time_s"].to_numpy() == pytest.approx(np.arange(400) * PERIOD_S)
    assert samples["time_s"].to_numpy() == pytest.approx(np.arange(400) * PERIOD_S + DELAY_S)


@pytest.mark.parametrize("stamps_last", [False, True])
def test_packets_may_differ_in_length(stamps_last):
    clock = TickClock(65536, 0.001, PERIOD_S, stamps_last)
    counts = [1, 7, 2, 4, 1, 5]
    firsts = np.r_[0, np.cumsum(counts)[:-1]]
    ticks_at = "last" if stamps_last else "first"
    samples, _ = to_session_time(packets(firsts, counts, ticks_at=ticks_at), clock, [])
    assert samples["value"].tolist() == list(range(20))
    assert np.diff(samples["time_s"]) == pytest.approx(PERIOD_S)


def test_a_packet_that_arrives_twice_counts_once():
    samples, _ = to_session_time(packets([0, 4, 4, 8, 12, 8, 16]), CLOCK, [])
    assert samples["value"].tolist() == list(range(20))


def test_a_late_packet_stands_in_its_place():
    samples, _ = to_session_time(packets([0, 4, 12, 8, 16], late_s=[0, 0, 0, 0.05, 0]), CLOCK, [])
    assert samples["value"].tolist() == list(range(20))
    assert np.diff(samples["time_s"]) == pytest.approx(PERIOD_S)


def test_a_lost_packet_leaves_its_time_empty():
    samples, _ = to_session_time(packets([0, 4, 12, 16]), CLOCK, [])
    assert samples["value"].tolist() == [*range(8), *range(12, 20)]
    assert np.diff(samples["time_s"]).max() == pytest.approx(5 * PERIOD_S)


def test_after_a_seam_the_clock_may_start_anew():
    before, after = packets(range(0, 400, 4)), packets(range(0, 400, 4), offset_s=10.0)
    rows = pd.concat([before, after], ignore_index=True)
    seam_s = float(after["host_time_s"].iloc[0])  # the first packet belongs to the new connection
    samples, fits = to_session_time(rows, CLOCK, [seam_s])
    assert samples["segment"].tolist() == [0] * 400 + [1] * 400
    assert samples["value"].tolist() == [*range(400), *range(400)]
    assert samples["time_s"][400] == pytest.approx(10.0 + DELAY_S)
    assert [fit.offset_s for fit in fits] == pytest.approx([DELAY_S, 10.0 + DELAY_S])


def test_a_seam_without_packets_after_it_makes_no_segment():
    samples, fits = to_session_time(packets([0, 4]), CLOCK, [99.0])
    assert len(fits) == 1
    assert set(samples["segment"]) == {0}


def test_without_a_clock_the_arrival_stamps_the_last_sample():
    rows = packets(range(0, 400, 4)).drop(columns="device_ticks")
    samples, fits = to_session_time(rows, CLOCK, [])
    assert samples["time_s"].to_numpy() == pytest.approx(np.arange(400) * PERIOD_S + DELAY_S)
    assert np.isnan(fits[0].residual_ms)


def test_without_a_clock_a_burst_is_spread_and_nothing_is_lost():
    """Five packets of one sample are delivered every 50 ms; they were not measured at once."""
    burst_s = np.repeat(np.arange(1, 101) * 0.05, 5)
    rows = pd.DataFrame({"host_time_s": burst_s, "sample": 0, "value": np.arange(500)})
    samples, _ = to_session_time(rows, CLOCK, [])
    assert samples["value"].tolist() == list(range(500))
    assert np.diff(samples["time_s"]) == pytest.approx(PERIOD_S)
    assert (samples["time_s"].to_numpy() <= burst_s + 1e-9).all()


def test_without_a_clock_a_device_that_runs_fast_is_not_pushed_back_in_time():
    arrival_s = np.arange(60_000) * PERIOD_S * 0.99
    rows = pd.DataFrame({"host_time_s": arrival_s, "sample": 0})
    samples, _ = to_session_time(rows, CLOCK, [])
    assert np.abs(samples["time_s"].to_numpy() - arrival_s).max() < 0.02
    assert (np.diff(samples["time_s"]) >= 0).all()


def test_no_rows_are_no_samples_and_no_clock():
    samples, fits = to_session_time(packets([0]).iloc[:0], CLOCK, [1.0])
    assert samples.empty
    assert {"time_s", "device_time_s", "segment"} <= set(samples.columns)
    assert fits == ()


def test_one_sample_is_placed_at_its_arrival():
    samples, _ = to_session_time(packets([0], 1), CLOCK, [])
    assert samples["time_s"].tolist() == [DELAY_S]


# Clocks that are set, and clocks that cannot be trusted ------------------------------------------


def test_a_clock_that_is_set_within_a_connection_begins_a_segment():
    """As of a device whose time begins at 0 whenever it is told to start."""
    before, after = packets(range(0, 800, 4)), packets(range(0, 800, 4), offset_s=55.0)
    samples, fits = to_session_time(pd.concat([before, after], ignore_index=True), CLOCK, [])
    assert samples["segment"].tolist() == [0] * 800 + [1] * 800
    assert len(fits) == 2
    assert samples["time_s"].to_numpy() == pytest.approx(
        np.r_[np.arange(800), 5500 + np.arange(800)] * PERIOD_S + DELAY_S
    )


def test_segments_are_counted_over_seams_and_settings():
    parts = [packets(range(0, 800, 4), offset_s=20.0 * k) for k in range(3)]
    samples, fits = to_session_time(pd.concat(parts, ignore_index=True), CLOCK, [40.0])
    assert samples["segment"].tolist() == np.repeat([0, 1, 2], 800).tolist()
    assert len(fits) == 3


def test_ten_silent_minutes_in_a_connection_are_counted_right():
    firsts = [*range(0, 400, 4), *range(60_000, 60_400, 4)]
    samples, (fit,) = to_session_time(packets(firsts), CLOCK, [])
    assert samples["time_s"].to_numpy() == pytest.approx(samples["value"] * PERIOD_S + DELAY_S)
    assert fit.residual_ms == pytest.approx(0.0, abs=1e-6)


def test_where_a_turn_may_be_wrong_the_residual_says_so():
    clock = TickClock(modulus=160, tick_s=0.001, sample_period_s=PERIOD_S, stamps_last=False)
    rows = packets([*range(0, 400, 4), *range(60_000, 60_400, 4)])
    rows["device_ticks"] %= 160
    _, (fit,) = to_session_time(rows, clock, [])
    assert fit.residual_ms > 160.0


def test_a_clock_that_runs_at_twice_the_pace_is_not_the_one_of_the_spec():
    samples = np.arange(13_000)
    rows = pd.DataFrame(
        {"host_time_s": samples * PERIOD_S, "device_ticks": 2 * 10 * samples, "sample": 0}
    )
    clock = TickClock(2**31, 0.001, PERIOD_S, stamps_last=False)
    with pytest.raises(AlignError, match="ran 2 s in each second"):
        to_session_time(rows, clock, [])


def test_without_a_rhythm_arrivals_are_the_times():
    arrival_s = np.array([1.0, 1.0, 4.5, 30.0])
    rows = pd.DataFrame({"host_time_s": arrival_s, "sample": 0})
    samples, _ = to_session_time(rows, TickClock(0, 0.0, 0.0, stamps_last=False), [])
    assert samples["time_s"].tolist() == arrival_s.tolist()
