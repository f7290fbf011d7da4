"""How often a device sends, so that silence can be told from a pause."""

from __future__ import annotations

from pathlib import Path

import pytest

from insole import spec as device_specs
from insole.errors import SpecError
from insole.spec.rhythm import measures, packet_period_s, sample_period_s

EXAMPLE = (Path(__file__).parent / "example_insole.toml").read_text()


@pytest.mark.parametrize(
    ("name", "period_s"),
    [
        ("sim_insole", 0.04),  # 4 samples at 100 Hz
        ("orphe_insole", 4 * 0.0048077),
        ("ferra_plate", 0.025),
        ("brilliant_sole", 0.02),
        ("tindeq_progressor", 30 * 0.0125),  # as many samples of 8 bytes as fill a packet
        ("pitchsix_forceboard", 80 * 0.0125),
    ],
)
def test_a_stream_says_how_often_it_comes(name: str, period_s: float) -> None:
    assert packet_period_s(device_specs.load_spec(name)) == pytest.approx(period_s)


@pytest.mark.parametrize(
    "name",
    [
        "sig_weight_scale",  # indicates one reading
        "generic_text",  # sends under load
        "wh_c06",  # advertises
        "xiaomi_mi_scale",
        "xiaomi_mi_scale_2",
    ],
)
def test_a_device_without_a_steady_stream_has_no_period(name: str) -> None:
    assert packet_period_s(device_specs.load_spec(name)) is None


def test_each_mode_of_a_device_may_have_its_own_rhythm() -> None:
    orphe = device_specs.load_spec("orphe_insole")
    periods_s = {m.name: sample_period_s(orphe, m) for m in orphe.messages if measures(m)}
    assert periods_s == {
        "with_pressure": 0.0048077, "with_both": 0.0096154, "with_quaternion": 0.0048077,
        "fifo": 0.0048077,
    }  # fmt: skip


def test_a_device_that_says_no_rhythm_must_not_send_all_the_time() -> None:
    single = EXAMPLE.replace("count = 2 }", "count = 1 }").replace("length = 21", "length = 13")
    silent = single.replace("sample_period_s = 0.01\n", "")
    with pytest.raises(SpecError, match=r"clock.sample_period_s.*frame comes all the time"):
        device_specs.parse(silent)
    on_demand = device_specs.parse(f"{silent}\n[measures]\ncontinuous = false\n")
    assert [sample_period_s(on_demand, m) for m in on_demand.messages] == [0.0, 0.0]
    assert packet_period_s(on_demand) is None


def test_indications_are_no_stream() -> None:
    indicating = EXAMPLE.replace('use = "notify"', 'use = "indicate"')
    assert packet_period_s(device_specs.parse(EXAMPLE)) == pytest.approx(0.02)
    assert packet_period_s(device_specs.parse(indicating)) is None
