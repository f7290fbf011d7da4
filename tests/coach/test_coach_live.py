"""The coach beside simulated people: what it shows is what the report says afterwards."""

from __future__ import annotations

import pytest
from agreeing import compared, stand
from coached import coached, holds, person, plan


def hold_for(top_s, pause_s=2.0, **more):
    return {
        "kind": "hold", "up_s": 1.2, "top_s": top_s, "down_s": 1.8, "pause_s": pause_s, **more
    }  # fmt: skip


@pytest.mark.slow
def test_the_coach_and_the_report_agree():
    """Held times to 0.3 s, counts in each set; benchmarks/coach.py --sets has more of them."""
    sets = [one for name in ("holds", "raises") for one in compared((name, 1))]
    assert [one.shown for one in sets] == [one.counted for one in sets] == [3, sets[1].counted]
    assert len(sets[0].errors_s) == 3
    assert max(sets[0].errors_s) <= 0.3
    assert sets[1].counted >= 3


@pytest.mark.slow
def test_a_hold_is_coached_from_packets_alone():
    scenario = person(stand(13.0), hold_for(6.0), stand(3.0))
    session = coached(scenario, plan(holds(rounds=1, hold_s=5.0), asked=()), look_s=0.1)
    kinds = session.kinds()
    for kind in ("ready", "up", "hold", "round_done", "set_done"):
        assert kinds.count(kind) == 1, kind
    (result,) = session.state.results
    assert result.rounds[0].held_s == pytest.approx(6.0, abs=0.6)
