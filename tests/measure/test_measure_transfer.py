"""Two up, one down: the load's way to one foot, and the other foot's way up and off the ground."""

import pytest
from feet import feet, heel_up, mirrored, report_of, stand


def events(force):
    return {(e.event, e.side): e.time_s for e in report_of(force).events}


def lowered(*, assist=0.0, transfer=0.6):
    act = heel_up(1.0, 2.0, 5.0, lowers="left", transfer=transfer, assist=assist)
    return feet(stand(6), act, stand(6))


@pytest.mark.parametrize("mirror", [False, True])
def test_a_lifted_foot_rises_with_the_other_and_leaves_the_ground(mirror):
    found = events(mirrored(lowered()) if mirror else lowered())
    lifted = "left" if mirror else "right"
    assert found["heel_off", "left"] == pytest.approx(6.0, abs=0.25)
    assert found["heel_off", "right"] == pytest.approx(6.0, abs=0.25)
    # the load moves in the middle of the top, from 8.0 - 0.3 to 8.0 + 0.3 s
    assert 7.6 < found["transfer_start", "both"] < 8.0 < found["transfer_end", "both"] < 8.4
    assert found["transfer_end", "both"] - 0.3 < found["foot_off", lifted]
    assert found["foot_off", lifted] < found["foot_on", lifted]
    assert ("heel_contact", lifted) not in found


def test_toes_that_stay_leave_no_ground():
    found = events(lowered(assist=0.08))
    assert ("transfer_end", "both") in found
    assert ("foot_off", "right") not in found


@pytest.mark.parametrize("assist", [0.15, 0.4])
def test_a_foot_that_keeps_working_is_not_lifted(assist):
    assert not {name for name, _ in events(lowered(assist=assist))} & {"transfer_start", "foot_off"}


@pytest.mark.parametrize("side", ["both", "left"])
def test_raises_on_the_same_feet_all_along_move_no_load(side):
    force = feet(stand(6), heel_up(1.0, 2.0, 5.0, side=side), stand(6))
    assert not any(name.startswith("transfer") for name, _ in events(force))
