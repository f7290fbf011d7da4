"""Exercises and people's errors: what the truth says happens, and what really moves."""

import numpy as np
import pytest
from sim_rig import STAND, person, scenario, truth

from insole.errors import SpecError
from insole.sim.body import simulate
from insole.sim.scenario import load_scenario, parse
from insole.sim.truth import LOAD_REGIONS, truth_table
from insole.tables import SIDES
from insole.units import G0

HEEL, HALLUX, TOES = (LOAD_REGIONS.index(region) for region in ("heel", "hallux", "toes"))
THREE = '[[block]]\nkind = "raise"\nup_s = 1.2\ntop_s = 2.0\ndown_s = 4.0\nreps = 3\n'


def raises(mistake, *, more="", seed=0):
    block = f'{THREE}{more}mistakes = ["none", "{mistake}", "none"]\n'
    return truth(STAND.format(4), block, STAND.format(3), seed=seed)


def times(session, event, side="both", rep=None):
    rows = session.events[(session.events["event"] == event) & (session.events["side"] == side)]
    if rep:
        rows = rows[rows["rep"] == rep]
    return rows["t_true_s"].to_numpy()


def at(session, time_s):
    return round(time_s * session.rate_hz)


def between(session, start_s, end_s):
    return slice(at(session, start_s), at(session, end_s))


def total(session):
    return session.force_n.sum(axis=1) / (session.person.mass_kg * G0)


def both(session):
    table = truth_table(session)
    return table[table["side"] == "both"].set_index("rep")


def test_every_repetition_says_what_went_wrong_in_it():
    session = raises("partial")
    wrong = session.events[session.events["rep"] > 0].groupby("rep")["mistake"].unique()
    assert [list(names) for names in wrong] == [["none"], ["partial"], ["none"]]


def test_a_partial_raise_is_a_quarter_to_two_thirds_as_high():
    for seed in range(5):
        height = both(raises("partial", seed=seed))["heel_height_mm"]
        assert 0.22 < height[2] / height[[1, 3]].mean() < 0.72


def test_a_bounce_touches_the_floor_and_hardly_loads_the_heel():
    session = raises("bounce")
    table = both(session)
    gap_s = table["heel_off_s"][3] - table["heel_contact_s"][2]
    assert 0.05 < gap_s < 0.4
    touch = between(session, table["heel_contact_s"][2] - 0.2, table["heel_off_s"][3] + 0.1)
    heel = session.region_fraction[:, 0, HEEL]
    assert session.heel_height_mm[touch, 0].min() < 1.0
    assert 0.02 < heel[touch].max() / heel[:600].mean() < 0.9


def test_a_pause_stops_the_lowering_for_as_long_as_the_truth_says():
    session = raises("pause")
    start_s, end_s = (times(session, f"pause_{edge}", "left")[0] for edge in ("start", "end"))
    assert 0.8 < end_s - start_s < 2.1
    height_mm = session.heel_height_mm[:, 0]
    stopped = between(session, start_s + 0.35, end_s - 0.35)
    table = both(session)
    lowering = between(session, table["lowering_onset_s"][2], table["heel_contact_s"][2])
    slow = abs(np.polyfit(np.arange(stopped.stop - stopped.start), height_mm[stopped], 1)[0]) * 200
    assert slow < 6.0
    assert height_mm[stopped].mean() == pytest.approx(height_mm[lowering].max() / 2, rel=0.6)
    assert np.abs(total(session) - 1).max() < 0.12


def test_a_dropped_lowering_is_short_and_lands_hard():
    session = raises("dropped")
    table = both(session)
    assert table["lowering_s"][2] < 0.6
    assert table["lowering_s"][[1, 3]].min() > 3.0
    after = between(session, table["heel_contact_s"][2], table["heel_contact_s"][2] + 0.3)
    assert total(session)[after].max() > 1.25


def test_a_dip_before_a_raise_shows_in_the_force():
    session = raises("dip")
    start_s, end_s = times(session, "dip_start")[0], times(session, "dip_end")[0]
    dipping = total(session)[between(session, start_s, end_s)]
    assert dipping.min() < 0.9
    assert dipping.max() > 1.1
    assert end_s < both(session)["heel_off_s"][2]


def test_hands_lighten_the_feet_in_one_repetition_only():
    session = raises("hands")
    table = both(session)
    top = [
        total(session)[between(session, row.top_reached_s, row.lowering_onset_s)].mean()
        for row in table.itertuples()
    ]
    assert 0.72 < top[1] < 0.92
    assert top[0] == pytest.approx(1.0, abs=0.03)


def test_gripping_toes_carry_more_and_the_foot_as_much():
    session = raises("toe_grip")
    table = both(session)
    toes = session.region_fraction[:, 0, [HALLUX, TOES]].sum(axis=1)
    top = [
        toes[between(session, row.top_reached_s, row.lowering_onset_s)].mean()
        for row in table.itertuples()
    ]
    assert 1.4 < top[1] / top[0] < 3.1
    assert np.allclose(session.region_fraction.sum(axis=2), 1.0)


def test_a_stumble_sends_the_load_to_one_foot_and_ends_the_repetition():
    session = raises("stumble")
    (start_s,) = session.events.loc[session.events["event"] == "stumble_start", "t_true_s"]
    one = between(session, start_s, start_s + 0.45)
    foot = session.force_n[one] / (session.person.mass_kg * G0)
    assert foot.min() < 0.2
    assert both(session)["lowering_s"][2] < 0.6


def test_a_set_that_ends_early_has_fewer_repetitions_and_a_hold_is_shorter():
    assert both(raises("early_end")).index.tolist() == [1, 2]
    hold = '[[block]]\nkind = "hold"\nup_s = 1.0\ntop_s = 10.0\ndown_s = 1.5\n'
    session = truth(STAND.format(4), f'{hold}mistakes = ["early_end"]\n')
    assert 2.5 < both(session)["top_hold_s"][1] < 8.0


def test_the_wrong_side_comes_first_once():
    block = f'{THREE}side = "left"\nmistakes = ["wrong_side", "none", "none"]\n'
    table = truth_table(truth(STAND.format(4), block))
    assert table["side"].tolist() == ["right", "left", "left", "left"]


def test_a_heel_touches_in_a_hold_for_as_long_as_the_truth_says():
    hold = '[[block]]\nkind = "hold"\nup_s = 1.0\ntop_s = 12.0\ndown_s = 1.5\n'
    session = truth(STAND.format(4), f'{hold}mistakes = ["touch"]\n')
    touches = session.events[session.events["kind"] == "disturbance"]
    start_s, end_s = touches["t_true_s"]
    foot = SIDES.index(touches["side"].iloc[0])
    assert 0.4 <= end_s - start_s <= 0.8
    touching = between(session, start_s + 0.02, end_s - 0.02)
    assert session.heel_height_mm[touching, foot].max() < 1.0
    flat = session.region_fraction[:600, foot, HEEL].mean()
    assert session.region_fraction[touching, foot, HEEL].max() > 0.4 * flat
    assert session.heel_height_mm[at(session, start_s - 0.5), foot] > 20
    assert len(both(session)) == 1


@pytest.mark.parametrize(("lower_on", "seed"), [("left", 0), ("right", 1)])
def test_up_on_two_and_down_on_one_moves_the_load_at_the_top(lower_on, seed):
    session = truth(STAND.format(4), f'{THREE}lower_on = "{lower_on}"\n', seed=seed)
    foot, resting = SIDES.index(lower_on), SIDES[1 - SIDES.index(lower_on)]
    table = truth_table(session)
    working = table[table["side"] == lower_on]
    assert len(working) == len(times(session, "foot_off", resting)) == 3
    for row, off_s in zip(working.itertuples(), times(session, "foot_off", resting), strict=True):
        assert row.top_reached_s < off_s < row.lowering_onset_s
        lowering = between(session, row.lowering_onset_s, row.heel_contact_s)
        share = session.left_share[lowering]
        assert np.all(share > 0.99) if foot == 0 else np.all(share < 0.01)
        raising = between(session, row.heel_off_s, row.top_reached_s)
        assert 0.3 < session.left_share[raising].mean() < 0.7
        assert row.lowering_s == pytest.approx(4.0, abs=0.7)
    assert "lowering_onset" not in set(session.events.query("side == @resting")["event"])


@pytest.mark.parametrize("assist", [0.05, 0.15])
def test_the_other_foot_assists_as_much_as_it_should(assist):
    block = f'{THREE}side = "right"\nassist = {assist}\n'
    session = truth(STAND.format(4), block)
    row = truth_table(session).iloc[1]
    lowering = between(session, row["lowering_onset_s"], row["heel_contact_s"])
    assert session.left_share[lowering].mean() == pytest.approx(assist, abs=0.02)
    assert not len(times(session, "foot_off", "left"))


def test_toe_yoga_presses_the_big_toe_and_the_little_ones_in_turn():
    session = truth(STAND.format(4), '[[block]]\nkind = "toe_yoga"\nreps = 4\nforce_n = 30\n')
    events = session.events[
        (session.events["kind"] == "toe_yoga") & (session.events["side"] == "left")
    ]
    assert (
        events["event"].tolist()
        == ["big_press", "big_release", "little_press", "little_release"] * 4
    )
    assert events["rep"].tolist() == [rep for rep in (1, 2, 3, 4) for _ in range(4)]
    toe_n = session.force_n[:, :1] * session.region_fraction[:, 0, [HALLUX, TOES]]
    rest_n = toe_n[:600].mean(axis=0)
    for name, pressed, idle in (("big", 0, 1), ("little", 1, 0)):
        for start_s, end_s in zip(
            times(session, f"{name}_press", "left"),
            times(session, f"{name}_release", "left"),
            strict=True,
        ):
            middle = between(session, start_s + 0.4, end_s - 0.4)
            assert toe_n[middle, pressed].mean() - rest_n[pressed] == pytest.approx(30, abs=15)
            assert toe_n[middle, idle].mean() < 0.6 * rest_n[idle]
    assert (session.heel_height_mm == 0).all()


def test_rocking_keeps_the_heel_down_and_goes_over_each_toe():
    session = truth(STAND.format(4), '[[block]]\nkind = "rocking"\nreps = 6\n')
    heel = session.region_fraction[:, 1, HEEL] / session.region_fraction[:600, 1, HEEL].mean()
    fore = session.region_fraction[:, 1, 2:].sum(axis=1)
    across = {toe: [] for toe in ("big", "middle", "little")}
    for toe, places in across.items():
        for time_s in times(session, f"rock_{toe}", "right"):
            near = between(session, time_s - 0.25, time_s + 0.25)
            places.append(session.cop_ml_mm[near, 1].mean())
            assert 0.05 < heel[near].mean() < 0.7
            assert fore[near].mean() - fore[:600].mean() > 0.15
    means = [np.mean(places) for places in across.values()]
    assert means[0] < means[1] - 4 < means[2] - 8
    assert (session.heel_height_mm == 0).all()


def test_talking_sways_more_and_shifts_a_little_without_raising_a_heel():
    quiet, talking = (
        truth(f'[[block]]\nkind = "{kind}"\nduration_s = 40.0\n', seed=3)
        for kind in ("stand", "talk")
    )
    middle = slice(600, 7400)
    ratio = talking.cop_ap_mm[middle].std() / quiet.cop_ap_mm[middle].std()
    assert ratio == pytest.approx(3.0, abs=0.5)
    assert (talking.heel_height_mm == 0).all()
    assert truth_table(talking).empty


def test_a_tired_person_rises_less_high_and_trembles():
    session = simulate(load_scenario("tired"), person(), 0)
    table = both(session)
    height = table["heel_height_mm"].to_numpy()
    assert height[-3:].mean() / height[:3].mean() == pytest.approx(0.67, abs=0.12)
    tremor = []
    for rep in (1, len(table)):
        row = table.loc[rep]
        up = between(session, row["heel_off_s"], row["heel_contact_s"])
        spectrum = np.abs(np.fft.rfft(np.diff(session.heel_height_mm[up, 0], n=2)))
        hz = np.fft.rfftfreq(up.stop - up.start - 2, 1 / session.rate_hz)
        tremor.append(spectrum[(hz > 7) & (hz < 13)].mean())
    assert tremor[1] > 3 * tremor[0]


@pytest.mark.parametrize("ramp", [0.05, 0.2, 0.5])
def test_a_lowering_has_the_ramps_that_were_asked_for(ramp):
    block = THREE.replace("reps = 3", "reps = 1") + f"ramp = {ramp}\nuneven = 0.0\n"
    session = truth(STAND.format(4), block)
    row = both(session).loc[1]
    # the noise of holding dies out on the way down; the middle's speed tells the ramps
    middle = between(session, row["lowering_onset_s"] + 1.2, row["heel_contact_s"] - 1.2)
    height_mm = session.heel_height_mm[:, 0]
    speed = (height_mm[middle.start] - height_mm[middle.stop]) * session.rate_hz
    speed /= middle.stop - middle.start
    start_mm = height_mm[at(session, row["lowering_onset_s"])]
    mean = start_mm / row["lowering_s"]
    expected = {0.05: 1 / 0.95, 0.2: 1 / 0.8, 0.5: 1.76}[ramp]
    assert speed / mean == pytest.approx(expected, rel=0.15)


def test_habits_hold_all_the_time():
    loose = parse(
        'name = "x"\ndescription = "x"\n[person]\nroll_mm = 8.0\ntoe_grip = 2.0\nleft_share = 0.4\n'
        + STAND.format(4) + THREE
    )  # fmt: skip
    plain = scenario(STAND.format(4), THREE)
    rolled, straight = (simulate(each, person(), 0) for each in (loose, plain))
    top = both(straight).loc[1]
    held = between(straight, top["top_reached_s"], top["lowering_onset_s"])
    moved = rolled.cop_ml_mm[held].mean() - straight.cop_ml_mm[held].mean()
    assert moved == pytest.approx(7.0, abs=2.0)
    assert (
        rolled.region_fraction[held, 0, TOES].mean()
        > 1.5 * straight.region_fraction[held, 0, TOES].mean()
    )
    assert rolled.left_share[:800].mean() == pytest.approx(0.4, abs=0.04)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f'{THREE}mistakes = ["wrong"]\n', "mistakes: must be one of none, partial"),
        (f'{THREE}mistakes = "partial"\n', "mistakes: must be a list"),
        (f"{THREE}assist = 0.7\n", "assist: must be from 0 to 0.5"),
        (f'{THREE}side = "left"\nlower_on = "left"\n', 'lower_on: needs side = "both"'),
        (f"{THREE}ramp = 0.7\n", "ramp: must be from 0.05 to 0.5"),
        ('[[block]]\nkind = "toe_yoga"\nreps = 0\n', "reps: must be a whole number above 0"),
        (f"[person]\nstep = 1\n{THREE}", "person.step: must be true or false"),
        (f'[sensors]\nkind = "best"\n{THREE}', "sensors.kind: must be one of usual"),
        (f"[sensors]\nswapped = [1]\n{THREE}", "sensors.swapped: must be a list of pairs"),
        (f"[sensors]\ndead = [0]\n{THREE}", "sensors.dead: must be a whole number above 0"),
        (f"[faults]\nreconnects = [3.0]\n{THREE}", "faults.reconnects: must be a list of pairs"),
        (f"person = 3\n{THREE}", "person: must be a table"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_scenario_is_named(text, message):
    with pytest.raises(SpecError, match=message.replace("[", r"\[")):
        parse(f'name = "x"\ndescription = "x"\n{text}')


def test_weight_goes_slowly_from_foot_to_foot_and_stays_on_both():
    session = truth(
        STAND.format(4), '[[block]]\nkind = "shift"\nduration_s = 14\n', STAND.format(4)
    )
    share = session.left_share[between(session, 4, 18)]
    assert share.max() > 0.75
    assert share.min() < 0.25
    assert share.min() > 0.05
    assert share.max() < 0.95
    assert np.abs(np.gradient(share, 1 / session.rate_hz)).max() < 0.8
    assert session.left_share[-1] == pytest.approx(session.person.left_share, abs=0.1)


def test_weight_goes_from_foot_to_foot_while_the_heels_are_up():
    block = '[[block]]\nkind = "hold"\nup_s = 1.5\ntop_s = 12\ndown_s = 2\nshift = true\n'
    session = truth(STAND.format(4), block, STAND.format(2))
    top_s, down_s = (
        times(session, "top_reached", "left")[0],
        times(session, "lowering_onset", "left")[0],
    )
    share = session.left_share[between(session, top_s, down_s)]
    assert np.ptp(share) > 0.5
    assert (session.heel_height_mm[between(session, top_s, down_s)] > 10).all()
