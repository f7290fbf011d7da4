"""Broken, exchanged and other cells, and soles that are worn wrong."""

from dataclasses import replace

import numpy as np
import pytest
from sim_rig import RAISE, STAND, person, truth

from insole.sim import cell
from insole.sim.blocks import Sensors
from insole.sim.device import Sampling, load_elements, sense
from insole.sim.truth import truth_table
from insole.spec import load_spec

SPEC = load_spec("sim_insole")
SAMPLING = Sampling(0.0, 0.01, 0.0)
SESSION = truth(STAND.format(5), RAISE.format(1.0, 3.0, 2.0, 1))


def load_n(sensors=Sensors(), side="left", seed=0):  # noqa: B008 - frozen
    rng = np.random.default_rng(seed)
    return sense(SESSION, side, SPEC, SAMPLING, rng, sensors=sensors)["load"]


def test_dead_and_stuck_cells_say_nothing_new_and_the_others_what_they_did():
    whole, faulty = load_n(), load_n(Sensors(dead=(3,), stuck=(12, 99)))
    assert (faulty[:, 2] == 0).all()
    assert (faulty[:, 11] == faulty[0, 11]).all()
    others = [index for index in range(16) if index not in {2, 11}]
    assert np.array_equal(faulty[:, others], whole[:, others])


def test_swapped_cells_change_places():
    whole, faulty = load_n(), load_n(Sensors(swapped=(1, 16)))
    assert np.array_equal(faulty[:, [0, 15]], whole[:, [15, 0]])
    assert np.array_equal(faulty[:, 1:15], whole[:, 1:15])


def test_swapped_feet_feel_each_others_load():
    session = replace(SESSION, force_n=SESSION.force_n * [0.5, 1.5])
    rng = np.random.default_rng(0)
    left = sense(session, "left", SPEC, SAMPLING, rng, sensors=Sensors(swapped_feet=True))["total"]
    assert left[:400].mean() == pytest.approx(session.force_n[:800, 1].mean(), rel=0.25)


def test_lacing_anew_adds_a_load_that_stays():
    loose, laced = load_n().sum(axis=1), load_n(Sensors(relace_s=3.0)).sum(axis=1)
    assert np.array_equal(loose[:300], laced[:300])
    added_n = (laced - loose)[300:]
    assert 5.0 < np.median(added_n) < 100.0


def test_spikes_come_as_often_as_asked():
    whole, spiked = load_n(), load_n(Sensors(spikes_per_1000=1.1))
    off = np.abs(spiked - whole) > 1.0
    assert off.mean() == pytest.approx(1.1e-3, rel=0.4)


def test_tiptoe_gains_are_those_that_were_asked_for():
    hold = truth_table(SESSION).query("side == 'both'").iloc[0]
    top = slice(round(hold.top_reached_s * 100), round(hold.lowering_onset_s * 100))
    for side, gain in (("left", 1.2), ("right", 1.45)):
        plain = Sensors(tiptoe_gains=(1.0, 1.0))
        ratios = [
            load_n(Sensors(tiptoe_gains=(1.2, 1.45)), side, seed)[top].sum()
            / load_n(plain, side, seed)[top].sum()
            for seed in range(3)
        ]
        height = SESSION.heel_height_mm[:, 0].max() / SESSION.person.peak_double_mm
        assert np.mean(ratios) == pytest.approx(1 + (gain - 1) * height, abs=0.05)


def test_a_soft_arch_follows_the_foot_less_far():
    hold = truth_table(SESSION).query("side == 'left'").iloc[0]
    top = slice(round(hold.top_reached_s * 100), round(hold.lowering_onset_s * 100))
    tilts = []
    for flex in (0.0, 0.2):
        rng = np.random.default_rng(1)
        acc = sense(SESSION, "left", SPEC, SAMPLING, rng, sensors=Sensors(arch_flex=flex))["acc"]
        flat, held = acc[:300].mean(axis=0), acc[top].mean(axis=0)
        cosine = flat @ held / np.linalg.norm(flat) / np.linalg.norm(held)
        tilts.append(np.degrees(np.arccos(cosine)))
    assert tilts[1] / tilts[0] == pytest.approx(0.8, abs=0.03)


@pytest.mark.parametrize("kind", cell.KINDS)
def test_every_kind_of_sensor_reads_the_load_of_a_foot(kind):
    total_n = load_n(Sensors(kind=kind)).sum(axis=1)
    assert np.isfinite(total_n).all()
    true_n = SESSION.force_n[:800, 0].mean()
    creep = 1.56 if kind == "resistive" else 1.0  # of somebody who has stood for a minute
    assert total_n[:400].mean() == pytest.approx(true_n * creep, rel=0.35)


def test_a_poor_sole_is_worse_than_a_usual_one():
    spread = {}
    for kind in ("usual", "poor"):
        means = [load_n(Sensors(kind=kind), seed=seed)[:400].mean(axis=0) for seed in range(20)]
        spread[kind] = (np.std(means, axis=0) / np.mean(means, axis=0)).mean()
    assert spread["poor"] > spread["usual"]


def test_a_kind_of_sensor_knows_the_persons_tiptoe_gain():
    assert cell.model_for(Sensors(), 0, 1.41).tiptoe_gain == 1.41
    assert cell.model_for(Sensors(tiptoe_gains=(1.2, 1.3)), 1, 1.41).tiptoe_gain == 1.3
    assert len(load_elements(SPEC)) == 16
    assert person().tiptoe_gain >= 1.0
