from functools import cache

import numpy as np
import pytest
from sim_rig import RAISE, STAND, person, truth

from insole.sim.acting import STEP_DROP_MM
from insole.sim.body import simulate
from insole.sim.scenario import load_scenario, scenario_names
from insole.sim.truth import FOOT_EVENTS, truth_table
from insole.tables import SIDES
from insole.units import G0

FAST = (STAND.format(5), RAISE.format(0.35, 2.0, 0.4, 5))
SLOW = (STAND.format(5), RAISE.format(1.5, 2.0, 5.0, 3), STAND.format(3))


def rows(session, time_s):
    return round(time_s * session.rate_hz)


@cache
def fast_raises():
    """Each foot's fast raises: the session, the foot's column and its event times in s."""
    return [
        (session, SIDES.index(repetition["side"]), repetition)
        for session in (truth(*FAST, seed=seed) for seed in range(20))
        for repetition in truth_table(session).query("side != 'both'").to_dict("records")
    ]


@pytest.mark.parametrize("name", scenario_names())
def test_every_scenario_plays_for_every_person(name):
    for seed in range(2):
        session = simulate(load_scenario(name), person(seed), seed)
        assert np.isfinite(session.force_n).all()
        assert np.isfinite(session.pitch_deg).all()
        assert (session.force_n >= 0).all()
        assert (session.heel_height_mm >= -STEP_DROP_MM - 1e-9).all()
        assert (session.region_fraction >= -1e-12).all()
        assert np.allclose(session.region_fraction.sum(axis=2), 1.0)


def test_demo_takes_80_to_90_s_and_has_its_holds_and_raises():
    session = simulate(load_scenario("demo"), person(), 0)
    table = truth_table(session)
    both = table[table["side"] == "both"]
    assert 80 < session.duration_s < 90
    assert both["kind"].tolist() == ["hold", "hold", "raise", "raise", "raise"]
    assert both["rep"].tolist() == [1, 2, 1, 2, 3]
    assert both["top_hold_s"].iloc[:2].to_numpy() == pytest.approx(10.0, abs=1.5)
    assert both["lowering_s"].iloc[2:].to_numpy() == pytest.approx(5.0, abs=0.8)


def test_the_same_seed_gives_the_same_truth_and_another_one_not():
    first, again, other = (simulate(load_scenario("demo"), person(), seed) for seed in (1, 1, 2))
    assert np.array_equal(first.force_n, again.force_n)
    assert first.events.equals(again.events)
    assert not np.array_equal(first.force_n[:1000], other.force_n[:1000])


def test_events_come_in_order_and_fit_the_heel_height():
    session = truth(*SLOW)
    table = truth_table(session)
    table = table[table["side"] != "both"]
    assert len(table) == 6
    times = table[[f"{event}_s" for event in FOOT_EVENTS]].to_numpy()
    assert (np.diff(times, axis=1) > 0).all()
    for repetition in table.to_dict("records"):
        height_mm = session.heel_height_mm[:, SIDES.index(repetition["side"])]
        off, top, lowering, contact = (
            rows(session, repetition[f"{event}_s"])
            for event in ("heel_off", "top_reached", "lowering_onset", "heel_contact")
        )
        peak_mm = repetition["heel_height_mm"]
        assert (height_mm[off - 20 : off] == 0).all()
        assert (height_mm[off + 20 : contact - 20] > 0).all()
        assert (height_mm[contact + 2 : contact + 100] == 0).all()
        assert (height_mm[top:lowering] > 0.85 * peak_mm).all()
        assert height_mm[off + (top - off) // 2] == pytest.approx(0.5 * peak_mm, abs=0.1 * peak_mm)
        assert height_mm[(lowering + contact) // 2] < 0.8 * peak_mm


def test_both_feet_are_up_from_the_later_off_to_the_earlier_contact():
    table = truth_table(truth(*SLOW))
    by_side = {side: table[table["side"] == side].set_index("rep") for side in (*SIDES, "both")}
    off = np.maximum(by_side["left"]["heel_off_s"], by_side["right"]["heel_off_s"])
    contact = np.minimum(by_side["left"]["heel_contact_s"], by_side["right"]["heel_contact_s"])
    assert np.allclose(by_side["both"]["heel_off_s"], off)
    assert np.allclose(by_side["both"]["heel_contact_s"], contact)


def test_the_feet_carry_the_body_in_quiet_stance():
    for seed in range(5):
        session = truth(STAND.format(60), seed=seed)
        weight_n = session.person.mass_kg * G0
        assert session.force_n.sum(axis=1).mean() == pytest.approx(weight_n, rel=0.005)


def test_the_force_is_weight_and_inertia_of_the_body():
    session = truth(*SLOW)
    still = truth(STAND.format(60))
    weight_n = session.person.mass_kg * G0
    share = np.stack([session.left_share, 1 - session.left_share], axis=1)
    com_m = session.person.com_factor * (share * session.heel_height_mm).sum(axis=1) / 1000
    acceleration = np.gradient(np.gradient(com_m)) * session.rate_hz**2
    rest_n = session.force_n.sum(axis=1) - weight_n - session.person.mass_kg * acceleration
    flat = (session.heel_height_mm == 0).all(axis=1)
    own_n = (still.force_n.sum(axis=1) - weight_n).std()
    assert own_n < 5.0
    assert rest_n[~flat].std() == pytest.approx(own_n, rel=0.6)


def test_a_slow_lowering_hardly_shows_in_the_total():
    session = truth(*SLOW)
    weight_n = session.person.mass_kg * G0
    third = truth_table(session).query("side == 'both'").iloc[2]
    lowering = slice(rows(session, third.lowering_onset_s), rows(session, third.heel_contact_s))
    total_n = session.force_n[lowering].sum(axis=1)
    assert np.abs(total_n / weight_n - 1).mean() < 0.02


def test_the_heel_carries_nothing_on_tiptoe():
    session = truth(*SLOW)
    for repetition in truth_table(session).query("side != 'both'").to_dict("records"):
        foot = SIDES.index(repetition["side"])
        up = slice(rows(session, repetition["heel_off_s"]) + 1,
                   rows(session, repetition["heel_contact_s"] - 0.1))  # fmt: skip
        assert session.region_fraction[up, foot, 0].max() < 1e-9


def test_a_single_leg_set_leaves_the_other_foot_empty():
    session = simulate(load_scenario("raise_single"), person(), 0)
    table = truth_table(session)
    assert table["side"].tolist() == ["left"] * 5 + ["right"] * 5
    assert table["left_share"].to_numpy() == pytest.approx([1.0] * 5 + [0.0] * 5)
    changes = session.events[session.events["kind"] == "one_foot"]
    assert changes["event"].value_counts().to_dict() == {
        "transfer_start": 4, "transfer_end": 4, "foot_off": 2, "foot_on": 2,
    }  # fmt: skip
    off_s, on_s = changes.query("side == 'right'")["t_true_s"]
    assert (session.force_n[rows(session, off_s) + 1 : rows(session, on_s), 1] < 1e-6).all()


def test_fidgeting_has_no_repetition_but_empties_heels():
    session = simulate(load_scenario("fidget"), person(), 0)
    assert truth_table(session).empty
    assert (session.heel_height_mm == 0).all()
    assert session.pitch_deg.max() > 15
    assert session.region_fraction[:, :, 0].min() < 0.05
    assert np.isnan(session.left_share).any()


def test_sway_and_share_in_quiet_stance_are_those_of_people():
    sway_mm, velocity_mm_s, share = [], [], []
    for seed in range(5):
        session = truth(STAND.format(60), seed=seed)
        along, across = session.cop_ap_mm[:, 0], session.cop_ml_mm[:, 0]
        sway_mm.append(along.std())
        velocity_mm_s.append(np.hypot(np.diff(along), np.diff(across)).sum() / 60)
        share.append(session.left_share.std())
    assert np.mean(sway_mm) == pytest.approx(4.0, abs=1.0)
    assert 10 < np.mean(velocity_mm_s) < 20
    assert np.mean(share) == pytest.approx(0.03, abs=0.012)


# The next figures are of ten people's fast raises on a three-zone insole beside motion capture:
# mean ± SD. The simulated mean has to lie within one SD of the real one.


def test_the_heel_is_overloaded_before_it_empties():
    peak = []
    for session, foot, repetition in fast_raises():
        heel_n = session.force_n[:, foot] * session.region_fraction[:, foot, 0]
        before = slice(rows(session, repetition["unload_start_s"] - 0.4),
                       rows(session, repetition["heel_off_s"]))  # fmt: skip
        peak.append(heel_n[before].max() / heel_n[:800].mean())
    assert np.mean(peak) == pytest.approx(1.79, abs=0.2)
    assert np.std(peak) == pytest.approx(0.44, abs=0.25)


def test_the_heel_empties_before_the_ankle_moves_and_the_midfoot_after_the_heel():
    heel_s, midfoot_s = [], []
    for session, foot, repetition in fast_raises():
        window = slice(rows(session, repetition["unload_start_s"] - 0.2),
                       rows(session, repetition["top_reached_s"]))  # fmt: skip
        time_s, pitch_deg = session.time_s[window], session.pitch_deg[window, foot]
        onset_s = time_s[np.argmax(pitch_deg > 0.05 * pitch_deg.max())]
        for region, lead_s in ((0, heel_s), (1, midfoot_s)):
            load_n = (session.force_n[:, foot] * session.region_fraction[:, foot, region])[window]
            lead_s.append(time_s[np.flatnonzero(load_n > 20)[-1]] - onset_s)
    assert np.mean(heel_s) == pytest.approx(-0.131, abs=0.062)
    assert np.mean(midfoot_s) == pytest.approx(-0.056, abs=0.045)


def test_the_heel_loads_again_as_the_ankle_comes_down():
    late_s = []
    for session, foot, repetition in fast_raises():
        window = slice(rows(session, repetition["lowering_onset_s"]),
                       rows(session, repetition["settled_s"] + 0.3))  # fmt: skip
        time_s, pitch_deg = session.time_s[window], session.pitch_deg[window, foot]
        down_s = time_s[np.flatnonzero(pitch_deg > 0.05 * pitch_deg[0])[-1]]
        heel_n = (session.force_n[:, foot] * session.region_fraction[:, foot, 0])[window]
        late_s.append(time_s[np.flatnonzero(heel_n < 20)[-1]] - down_s)
    assert np.mean(late_s) == pytest.approx(0.025, abs=0.024)


def test_an_uncontrolled_landing_peaks_and_a_slow_one_does_not():
    fast = [_landing(*raised) for raised in fast_raises()]
    session = truth(*SLOW)
    table = truth_table(session).query("side != 'both'").to_dict("records")
    slow = [_landing(session, SIDES.index(row["side"]), row) for row in table]
    assert np.mean(fast) == pytest.approx(1.48, abs=0.23)
    assert max(fast) < 2.2
    assert max(slow) < 1.3


def _landing(session, foot, repetition):
    after = slice(rows(session, repetition["heel_contact_s"]),
                  rows(session, repetition["settled_s"] + 0.2))  # fmt: skip
    weight_n = session.person.mass_kg * G0
    own = session.left_share[after] if foot == 0 else 1 - session.left_share[after]
    return (session.force_n[after, foot] / (own * weight_n)).max()
