import json
from dataclasses import replace

import numpy as np
import pytest
from sim_rig import RAISE, STAND, ZONES, person, truth

from insole.sim import cell, foot
from insole.sim.body import simulate
from insole.sim.device import Sampling, load_elements, sense
from insole.sim.scenario import load_scenario
from insole.sim.truth import LOAD_REGIONS, truth_table
from insole.spec import load_spec, parse
from insole.tables import SIDES

SPEC = load_spec("sim_insole")
SENSORS = load_elements(SPEC)
SAMPLING = Sampling(0.0, 0.01, 0.0)
STANDING = np.array([0.3, 0.2, 0.4, 0.06, 0.04])
TIPTOE = np.array([0.0, 0.0, 0.8, 0.12, 0.08])


@pytest.fixture(scope="module")
def figures(shared_data):
    return json.loads((shared_data / "sensor_figures.json").read_text())


def sole(seed=0):
    return foot.make_sole(SENSORS, np.random.default_rng(seed))


def loads_n(fraction, cop_mm, force_n=400.0):
    count = len(cop_mm)
    return foot.cell_load_n(
        sole(), np.full(count, force_n), np.tile(fraction, (count, 1)), np.asarray(cop_mm, float)
    )


def reading_n(load_n, height_fraction=0.0, seed=0, **model):
    return foot.reading_n(
        load_n,
        np.full(len(load_n), height_fraction),
        sole(),
        0.01,
        rng=np.random.default_rng(seed),
        model=cell.CellModel(**model),
    )


IDEAL = {
    "hysteresis": 0.0, "creep": 0.0, "drift_per_decade": 0.0, "gain_sd": 0.0, "tiptoe_gain": 1.0,
    "tiptoe_gain_sd": 0.0, "warming": 0.0, "preload_n": 0.0, "dead_n": 0.0, "noise_n": 0.0,
}  # fmt: skip


def test_the_cells_of_a_foot_carry_its_whole_force():
    session = simulate(load_scenario("fidget"), person(), 0)
    for side in range(2):
        cop_mm = np.stack([session.cop_ml_mm[:, side], session.cop_ap_mm[:, side]], axis=1)
        force_n, fraction = session.force_n[:, side], session.region_fraction[:, side]
        cells_n = foot.cell_load_n(sole(), force_n, fraction, cop_mm)
        assert (cells_n >= 0).all()
        assert np.allclose(cells_n.sum(axis=1), force_n)


def test_regions_get_their_part_while_the_foot_does_not_sway():
    (cells_n,) = loads_n(STANDING, [[0.0, 0.0]])
    for region, part in zip(LOAD_REGIONS, STANDING, strict=True):
        here = [sensor.region.startswith(region) for sensor in SENSORS]
        assert cells_n[here].sum() == pytest.approx(400 * part)


@pytest.mark.parametrize("fraction", [STANDING, TIPTOE], ids=["standing", "tiptoe"])
@pytest.mark.parametrize("move_mm", [(0.0, 4.0), (3.0, 0.0), (-2.0, -3.0)])
def test_the_centre_of_pressure_moves_as_asked(fraction, move_mm):
    still, moved = loads_n(fraction, [(0.0, 0.0), move_mm])
    places = sole().place_mm
    change_mm = (moved - still) @ places / 400
    assert change_mm == pytest.approx(move_mm, abs=0.2)


def test_a_move_beyond_the_foot_stays_within_it():
    (cells_n,) = loads_n(TIPTOE, [[0.0, 500.0]])
    assert (cells_n >= 0).all()
    assert cells_n.sum() == pytest.approx(400)


def test_ideal_cells_read_the_truth():
    load_n = loads_n(STANDING, np.zeros((100, 2)))
    assert reading_n(load_n, **IDEAL) == pytest.approx(load_n)


def test_hysteresis_reads_less_on_the_way_up_than_on_the_way_down():
    up = np.linspace(0, 100, 500)
    load_n = np.tile(np.concatenate([up, up[::-1]])[:, None], 16)
    felt_n = reading_n(load_n, **IDEAL | {"hysteresis": 0.04})
    gap_n = felt_n[::-1][:500] - felt_n[:500]
    assert gap_n.max() == pytest.approx(4.0, rel=0.1)
    assert (gap_n >= -1e-9).all()
    assert felt_n[-1] == pytest.approx(0.0, abs=1e-9)


def test_creep_raises_a_held_load_slowly_and_leaves_no_trace_when_unloaded():
    load_n = np.zeros((12_000, 16))
    load_n[1000:11_000] = 100.0
    felt_n = reading_n(load_n, **IDEAL | {"creep": 0.05})[:, 0]
    assert felt_n[1001] == pytest.approx(100.0, abs=0.1)
    assert felt_n[10_999] == pytest.approx(100 + 5 * (1 - np.exp(-100 / 40)), abs=0.4)
    assert (felt_n[11_000:] == 0).all()


def test_the_forefoot_over_reads_on_tiptoe_as_real_insoles_do():
    load_n = loads_n(TIPTOE, np.zeros((10, 2)))
    ratio = []
    for seed in range(200):
        gain = {"tiptoe_gain": person(seed).tiptoe_gain}
        flat_n, tiptoe_n = (reading_n(load_n, height, seed, **gain)[0] for height in (0.0, 1.0))
        ratio.append(tiptoe_n.sum() / flat_n.sum())
    assert np.mean(ratio) == pytest.approx(1.33, abs=0.04)
    assert np.std(ratio) == pytest.approx(0.13, abs=0.04)


def test_a_cell_saturates_and_small_loads_are_lost():
    load_n = np.tile(np.array([0.3, 240.0, 400.0] + [10.0] * 13), (10, 1))
    felt_n = reading_n(load_n, **IDEAL | {"dead_n": 0.5, "saturation_n": 250.0})
    assert felt_n[0, :4] == pytest.approx([0.0, 240.0, 250.0, 10.0])


def test_an_unloaded_insole_reads_what_unloaded_insoles_read(figures):
    empty_n = np.zeros((100, 16))
    total_n = [reading_n(empty_n, seed=seed).sum(axis=1).mean() for seed in range(100)]
    known = figures["loadsol_ble_3zone"]["unloaded_zero_N"]
    assert known["bench"] <= np.median(total_n) < known["swing_p95"]


def test_noise_of_the_total_is_that_of_a_real_insole(figures):
    load_n = loads_n(STANDING, np.zeros((2000, 2)))
    noise_n = np.diff(reading_n(load_n).sum(axis=1)).std() / np.sqrt(2)
    low_n, high_n = figures["loadsol_ble_3zone"]["total_noise_sd_N"]
    assert noise_n == pytest.approx((low_n + high_n) / 2, abs=0.4)


def test_the_heel_reads_next_to_nothing_on_tiptoe():
    session = truth(STAND.format(5), RAISE.format(1.5, 5.0, 3.0, 2))
    heel = [sensor.region == "heel" for sensor in SENSORS]
    for repetition in truth_table(session).query("side != 'both'").to_dict("records"):
        sensed = sense(session, repetition["side"], SPEC, SAMPLING, np.random.default_rng(0))
        heel_n = sensed["load"][:, heel].sum(axis=1)
        up = slice(int(repetition["heel_off_s"] * 100) + 1,
                   int(repetition["heel_contact_s"] * 100) - 10)  # fmt: skip
        assert heel_n[up].max() < 0.15 * heel_n[:400].mean()


def test_left_share_is_read_within_the_error_of_a_real_pair_flat_and_on_tiptoe(figures):
    session = truth(STAND.format(5), RAISE.format(1.0, 4.0, 1.0, 1))
    hold = truth_table(session).query("side == 'both'").iloc[0]
    top = slice(int(hold.top_reached_s * 100), int(hold.lowering_onset_s * 100))
    known_sd = figures["loadsol_ble_3zone"]["left_share_error_pp"]["sd"] / 100
    for window in (slice(0, 450), top):
        error = [
            read - session.left_share[::2][window].mean() for read in left_shares(session, window)
        ]
        assert np.std(error) == pytest.approx(known_sd, rel=0.5)


def left_shares(session, window):
    for seed in range(30):
        rng = np.random.default_rng(seed)
        left_n, right_n = (
            sense(session, side, SPEC, SAMPLING, rng)["total"][window, 0] for side in SIDES
        )
        yield (left_n / (left_n + right_n)).mean()


def test_a_device_without_midfoot_and_toes_carries_their_load_elsewhere():
    zones = parse(ZONES, "zones.toml")
    cells = foot.make_sole(load_elements(zones), np.random.default_rng(0))
    fraction = np.tile(STANDING, (5, 1))
    load_n = foot.cell_load_n(cells, np.full(5, 400.0), fraction, np.zeros((5, 2)))
    assert load_n.sum(axis=1) == pytest.approx(400.0)
    assert load_n[0, 2] == pytest.approx(0.3 * 400)


def test_a_device_without_cells_reads_the_total():
    total_only = replace(parse(ZONES, "zones.toml"), sensors=(), messages=())
    session = truth(STAND.format(5))
    sensed = sense(session, "left", total_only, SAMPLING, np.random.default_rng(0))
    assert sensed["load"].shape[1] == 1
    assert sensed["total"][:, 0].mean() == pytest.approx(session.force_n[:, 0].mean(), rel=0.3)
