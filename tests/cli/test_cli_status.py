"""The lines of a running recording: complete, in columns, and never wider than the terminal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insole.cli.status import TROUBLE, Progress, minutes, size, size_on_disk, status, summary
from insole.live import DeviceState, LiveState


def device(state="streaming", **facts):
    usual = {
        "rate_hz": 99.8, "loss_fraction": 0.004, "battery_percent": 82.0, "age_s": 0.01,
        "packets": 5000, "decode_errors": 0, "unit": "n", "load": 412.4, "heel_up": False,
    }  # fmt: skip
    return DeviceState(state=state, **(usual | facts))


def state(standing_s=3.0, *, exercising=False, **devices):
    return LiveState(
        time_s=83.0, devices=devices or {"right": device(), "left": device()},
        standing_since_s=standing_s, first_standing_s=3.0, sees_exercise=True,
        exercising=exercising, exercise_ended_s=None, unit="n", load=800.0, left_share=0.5,
    )  # fmt: skip


def texts(live, width=80, size_bytes=3_400_000):
    return [line.text for line in status(live, Progress(83.0, size_bytes), "Ctrl-C ends it", width)]


def test_a_wide_terminal_has_everything():
    assert texts(state()) == [
        "       packets/s  lost  battery  last packet   load",
        "left        99.8  0.4%      82%        0.0 s  412 N",
        "right       99.8  0.4%      82%        0.0 s  412 N",
        "recording 1:23, 3.4 MB, standing still",
        "Ctrl-C ends it",
    ]


def test_a_narrow_terminal_has_all_that_matters():
    assert texts(state(), width=40) == [
        "      pkt/s lost batt  last",
        "left    100 0.4%  82% 0.0 s",
        "right   100 0.4%  82% 0.0 s",
        "recording 1:23, 3.4 MB, standing still",
        "Ctrl-C ends it",
    ]


@pytest.mark.parametrize("word", ["lost", "stalled"])
def test_trouble_is_named_and_shown_in_red(word):
    lines = status(state(left=device(word, age_s=3.2, load=None)), Progress(83.0), "", 80)
    assert lines[1].text.endswith(f"3.2 s     -  {word}")
    assert lines[1].style == TROUBLE


def test_what_is_not_known_is_a_dash():
    line = texts(state(left=device(loss_fraction=None, battery_percent=None, age_s=None)))[1]
    assert line.split() == ["left", "99.8", "-", "-", "-", "412", "N"]


@pytest.mark.parametrize(
    ("unit", "load", "told"), [("bw", 0.512, "0.51 of body weight"), ("adc", 4095.0, "4095 counts")]
)
def test_loads_have_their_unit(unit, load, told):
    assert texts(state(left=device(unit=unit, load=load)))[1].endswith(told)


def test_what_is_not_kept_has_no_size():
    assert texts(state(None), size_bytes=None)[3] == "1:23"


def test_exercise_is_seen():
    assert texts(state(exercising=True))[3].endswith(", exercise")


def test_a_view_that_is_behind_says_so():
    behind = Progress(83.0, 3_400_000, 4.2)
    assert status(state(None), behind, "", 80)[3].text == (
        "recording 1:23, 3.4 MB, this view is 4 s behind"
    )


def test_without_a_view_it_still_says_how_far_it_is():
    assert texts(None) == ["recording 1:23, 3.4 MB", "Ctrl-C ends it"]
    assert summary(None, Progress(83.0, 3_400_000)) == "recording 1:23, 3.4 MB"


def test_where_no_line_can_be_written_over_one_sentence_says_it_all():
    said = summary(state(left=device(), right=device("lost")), Progress(83.0, 3_400_000))
    assert said == (
        "recording 1:23, 3.4 MB, standing still; left 100/s, 0.4% lost, battery 82%; right lost"
    )


@given(
    st.dictionaries(st.sampled_from(["left", "right", "plate", "x" * 40]), st.builds(
        device,
        st.sampled_from(["waiting", "connected", "streaming", "stalled", "lost", "closed"]),
        rate_hz=st.floats(0, 1e5),
        age_s=st.none() | st.floats(0, 1e6),
        load=st.none() | st.floats(-1e5, 1e5),
        unit=st.sampled_from(["n", "bw", "adc", ""]),
    ), min_size=1),
    st.integers(1, 200),
)  # fmt: skip
def test_no_line_is_wider_than_the_terminal(devices, width):
    assert all(len(line) <= width for line in texts(state(**devices), width))


@pytest.mark.parametrize(
    ("time_s", "told"), [(0, "0:00"), (59.9, "0:59"), (83, "1:23"), (3723, "1:02:03")]
)
def test_times_are_told_as_on_a_clock(time_s, told):
    assert minutes(time_s) == told


@pytest.mark.parametrize(
    ("octets", "told"), [(0, "0 kB"), (812_000, "812 kB"), (41_200_000, "41.2 MB")]
)
def test_sizes_are_told_in_kb_or_mb(octets, told):
    assert size(octets) == told


def test_what_sqlite_has_beside_a_file_belongs_to_its_size(tmp_path):
    (tmp_path / "s.insole").write_bytes(bytes(100))
    assert size_on_disk(tmp_path / "s.insole") == 100
    (tmp_path / "s.insole-wal").write_bytes(bytes(50))
    assert size_on_disk(tmp_path / "s.insole") == 150
    assert size_on_disk(tmp_path / "gone.insole") == 0
