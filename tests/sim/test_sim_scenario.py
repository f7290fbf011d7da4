import subprocess
import sys

import pytest
from sim_rig import RAISE, STAND, scenario

from insole.errors import SpecError
from insole.sim.scenario import Rise, Spell, load_scenario, parse, scenario_names


def test_the_shipped_scenarios_are_there_and_named_like_their_files():
    names = scenario_names()
    assert {"demo", "quiet_stance", "hold_double", "raise_double", "raise_single", "fidget"} <= {
        *names
    }
    for name in names:
        assert load_scenario(name).name == name


def test_demo_is_what_it_says():
    blocks = load_scenario("demo").blocks
    hold, raises = (block for block in blocks if isinstance(block, Rise))
    assert (hold.kind, hold.reps, hold.top_s) == ("hold", 2, 10.0)
    assert (raises.kind, raises.reps, raises.down_s) == ("raise", 3, 5.0)
    assert isinstance(blocks[0], Spell)
    assert isinstance(blocks[-1], Spell)


def test_defaults_stand_for_what_is_left_out():
    (rise,) = scenario('[[block]]\nkind = "raise"\nup_s = 1\ntop_s = 0\ndown_s = 5\n').blocks
    assert rise == Rise("raise", 1, 0, 5)


def test_an_unknown_scenario_lists_the_known_ones():
    with pytest.raises(SpecError, match=r"nothing_such.*choose from calibration, demo, fidget"):
        load_scenario("nothing_such")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("duration_s = 5.0", "duration_s = 0", r"block\[0\].duration_s: must be above 0"),
        ("duration_s = 5.0", "duration_s = nan", r"block\[0\].duration_s: must be a number"),
        ("duration_s = 5.0", 'duration_s = "long"', r"block\[0\].duration_s: must be a number"),
        ("duration_s = 5.0", "", r"block\[0\].duration_s: is missing"),
        ("duration_s = 5.0", "duration = 5.0", r"block\[0\].duration: unknown key"),
        ('kind = "stand"', 'kind = "fly"', r"block\[0\].kind: must be one of stand, rest"),
        ("reps = 2", "reps = 2.5", r"block\[1\].reps: must be a whole number"),
        ("reps = 2", "reps = true", r"block\[1\].reps: must be a whole number"),
        ("reps = 2", 'side = "middle"', r"block\[1\].side: must be one of left, right, both"),
        ("pause_s = 3.0", "pause_s = 0.5", r"block\[1\].pause_s: must be 1.5 or more"),
        ("loss_fraction = 0.1", "loss_fraction = 2", r"faults.loss_fraction: must be from 0 to 1"),
        ("loss_fraction = 0.1", "interval_ms = 0", r"faults.interval_ms: must be above 0"),
        ("[faults]", "[fault]", r"fault: unknown key"),
        ("[faults]", "[faults", r"is not TOML"),
    ],
)
def test_a_wrong_scenario_names_file_key_and_what_is_accepted(old, new, message):
    text = (
        'name = "test"\ndescription = "test"\n[faults]\nloss_fraction = 0.1\n'
        + STAND.format(5)
        + RAISE.format(1.0, 1.0, 5.0, 2)
    )
    parse(text)
    assert old in text
    with pytest.raises(SpecError, match=rf"test\.toml: {message}"):
        parse(text.replace(old, new, 1), "test.toml")


def test_a_scenario_without_blocks_is_refused():
    with pytest.raises(SpecError, match="block: must be a list"):
        parse('name = "test"\ndescription = "test"')


def test_scenarios_are_listed_without_numpy():
    code = "import sys, insole.sim.scenario as s; s.scenario_names(); print('numpy' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
