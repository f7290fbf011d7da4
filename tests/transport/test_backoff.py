"""When a lost device is tried again, and when no more."""

from hypothesis import given
from hypothesis import strategies as st

from insole.transport.backoff import delay_within_s, next_delay_s
from insole.transport.patience import Patience

PATIENCE = Patience(pause_s=0.5, longest_pause_s=10)


def test_pauses_double_up_to_a_limit():
    pauses = [next_delay_s(attempt, PATIENCE) for attempt in range(7)]
    assert pauses == [0.5, 1, 2, 4, 8, 10, 10]
    assert next_delay_s(10**9, PATIENCE) == 10


@given(st.integers(0, 100), st.floats(-1, 200))
def test_no_pause_is_longer_than_the_time_that_is_left(attempt, left_s):
    delay_s = delay_within_s(attempt, left_s, PATIENCE)
    if delay_s is None:
        assert left_s <= next_delay_s(attempt, PATIENCE)
    else:
        assert 0.5 <= delay_s < left_s


def test_silence_is_a_fault_after_three_packets_and_two_seconds_of_a_steady_stream_only():
    assert Patience().stall_s(0.01) == 2.0
    assert Patience().stall_s(1.5) == 4.5
    assert Patience().stall_s(None) is None
