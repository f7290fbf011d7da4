"""Which devices are taken for what was asked for, and what is said when that is not clear."""

from dataclasses import replace
from itertools import permutations

import pytest

from insole.errors import LinkError
from insole.spec import list_specs
from insole.spec.match import Advertisement
from insole.transport.choose import SETTLE_S, Wish, choose, enough, wishes
from insole.transport.scan import UNHEARD_DBM, Discovery

SPECS = list_specs()
A, B, C, D = (f"C0:00:00:00:00:0{letter}" for letter in "ABCD")


def heard(address, spec_id="sim_insole", side=None, name="Insole"):
    return Discovery(address, name, -60, spec_id, side, None, Advertisement(name))


def chosen(found, devices=(), left="", right=""):
    choices = choose(wishes(SPECS, devices, left, right), found, SPECS)
    return {choice.address: (choice.role, choice.spec.id) for choice in choices}


def test_nothing_said_means_an_insole_for_each_foot():
    assert wishes(SPECS) == [Wish("left"), Wish("right")]
    found = [heard(A), heard(C, "wh_c06"), heard(B), heard(D, None)]
    assert chosen(found) == {A: (None, "sim_insole"), B: (None, "sim_insole")}


def test_a_side_that_is_told_counts():
    uq = "uq_smartinsole"
    for found in permutations([heard(A, uq, "right"), heard(B, uq, "left")]):
        assert chosen(found) == {A: ("right", uq), B: ("left", uq)}
    assert chosen([heard(A, uq, "right"), heard(B)]) == {
        A: ("right", uq),
        B: ("left", "sim_insole"),
    }


def test_one_insole_only_is_an_error_that_says_what_helps():
    with pytest.raises(
        LinkError, match=r"left and right: does not answer, only Insole at .*A does; step on it"
    ) as caught:
        chosen([heard(A)])
    assert f"alone with --left {A} or --right {A}" in str(caught.value)
    assert "close the maker's app, charge it" in str(caught.value)
    with pytest.raises(LinkError, match="right: does not answer, only Insole"):
        chosen([heard(A, "uq_smartinsole", "left")])
    with pytest.raises(LinkError, match="nothing of the kind answers; step on it"):
        chosen([heard(C, "wh_c06")])


def test_more_insoles_than_feet_are_listed():
    with pytest.raises(LinkError, match=rf"several could be meant: .*{A} \(-60 dBm\), .*{C}"):
        chosen([heard(A), heard(B), heard(C)])
    uq = "uq_smartinsole"
    with pytest.raises(LinkError, match="left: several could be meant"):
        chosen([heard(A, uq, "left"), heard(B, uq, "left"), heard(C, uq, "right")])


def test_of_a_pair_the_one_foot_asked_for_is_found_by_asking_both():
    found = [heard(A), heard(B)]
    [choice] = choose(wishes(SPECS, left="sim_insole"), found, SPECS)
    assert (choice.role, choice.address, choice.instead) == ("left", A, B)
    [choice] = choose([Wish("right")], found, SPECS)
    assert (choice.role, choice.instead) == ("right", B)
    with pytest.raises(LinkError, match="left: several could be meant"):
        chosen([heard(A), heard(B), heard(C)], left="sim_insole")
    with pytest.raises(LinkError, match="left: several could be meant"):
        chosen([heard(A, "generic_binary"), heard(B, "generic_binary")], left="generic_binary")


def test_one_left_connected_has_no_strength():
    found = [replace(heard(A), rssi_dbm=UNHEARD_DBM), heard(B), heard(C)]
    with pytest.raises(LinkError, match=rf"{A} \(connected\), .*{B} \(-60 dBm\)"):
        chosen(found)


def test_one_foot_may_be_asked_for():
    assert chosen([heard(A)], left="sim_insole") == {A: ("left", "sim_insole")}
    assert chosen([heard(A), heard(B)], right=B.lower()) == {B: ("right", "sim_insole")}
    with pytest.raises(LinkError, match="says that it is the left one; swap"):
        chosen([heard(A, "uq_smartinsole", "left")], right=A)


def test_any_mix_of_devices():
    found = [heard(A), heard(B), heard(C, "ferra_plate"), heard(D, "wh_c06")]
    assert chosen(found, ["sim_insole", "ferra_plate"]) == {
        A: (None, "sim_insole"), B: (None, "sim_insole"), C: ("plate", "ferra_plate"),
    }  # fmt: skip
    assert chosen(found, [D], left=A, right="sim_insole") == {
        D: ("plate", "wh_c06"), A: ("left", "sim_insole"), B: ("right", "sim_insole"),
    }  # fmt: skip
    assert chosen(found, left="ferra_plate", right="wh_c06") == {
        C: ("left", "ferra_plate"), D: ("right", "wh_c06"),
    }  # fmt: skip


def test_two_of_a_role_are_refused():
    found = [heard(C, "ferra_plate"), heard(D, "wh_c06")]
    with pytest.raises(LinkError, match="plate: both ferra_plate and wh_c06 would be this"):
        chosen(found, ["ferra_plate", "wh_c06"])


def test_an_address_that_does_not_answer_or_is_unknown():
    with pytest.raises(LinkError, match=f"nothing answers at {A}; step on it"):
        chosen([], [A])
    with pytest.raises(LinkError, match=r"Watch at .* is no known device"):
        chosen([heard(A, None, name="Watch")], [A])


def test_an_insole_that_never_tells_its_side_is_named_by_hand():
    # generic_binary tells it by its name only, which was not heard
    with pytest.raises(LinkError, match=f"--left {A} or --right {A}"):
        chosen([heard(A, "generic_binary"), heard(B, "generic_binary")])
    with pytest.raises(LinkError, match=f"--left {A} or --right {A}"):
        chosen([heard(A, "generic_binary")], [A])
    assert chosen([heard(A, "generic_binary")], left=A) == {A: ("left", "generic_binary")}


def test_an_identifier_of_macos_is_an_address():
    mac = "6E8F5A52-9D0B-4C7A-8A2B-0123456789AB"
    assert wishes(SPECS, [mac]) == [Wish("", "", mac)]


@pytest.mark.parametrize("text", ["sim_insol", "C0:00:00:00:00", "", "C0-00-00-00-00-0A"])
def test_what_is_neither_spec_nor_address_is_refused(text):
    with pytest.raises(LinkError, match=r"no known device; known are: .*sim_insole"):
        wishes(SPECS, [text])


def test_a_scan_goes_on_for_a_while_in_case_that_more_are_near():
    now_s = 0.0
    is_enough = enough(wishes(SPECS), SPECS, lambda: now_s)
    both = [heard(A), heard(B)]
    assert not is_enough(both[:1])
    assert not is_enough(both)
    now_s = SETTLE_S - 0.1
    assert not is_enough(both)
    now_s = SETTLE_S
    assert is_enough(both)
    assert not is_enough([*both, heard(C)])
    assert enough(wishes(SPECS, [A]), SPECS, lambda: 0.0)(both)
