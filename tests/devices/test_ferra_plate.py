"""Ferra: four cells with places, a centre of pressure that may be none, frames that are cut."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from force_rig import at_once, every_write, fed, rows, unasked
from hypothesis import given
from hypothesis import strategies as st

from insole.codec import Decoder
from insole.codec.table import capabilities, sensor_map
from insole.spec import load_spec

SPEC = load_spec("ferra_plate")
FULL = [v.payload for v in SPEC.vectors if len(v.payload) == 32]
KG = st.floats(width=32, min_value=-20, max_value=200)


def frame_of(right, forward, total, cells=(1.0, 1.0, 1.0, 1.0)):
    """Return a frame, written without the encoder."""
    return struct.pack("<I7f", 1000, right, forward, total, *cells)


def cop(payload):
    (frame,) = Decoder(SPEC).feed("data", payload, 0)
    return frame.samples["cop_ml"][0], frame.samples["cop_ap"][0]


def test_the_table_has_newton_and_millimetres():
    table = rows(SPEC, "data", FULL[:3], "frame")
    assert table["device_ticks"].tolist() == [1000, 1025, 1050]
    assert table["total_n"].tolist() == pytest.approx([77 * 9.80665] * 3)
    assert table["cop_ml_mm"].tolist() == pytest.approx([0, 0, 103.58647], rel=1e-6)
    assert table["cop_ap_mm"].tolist() == pytest.approx([6.611903, 94.7706, 72.73093], rel=1e-6)
    cells = table[[f"cell_0{number}_n" for number in (1, 2, 3, 4)]]
    assert cells.iloc[2].tolist() == pytest.approx([kg * 9.80665 for kg in (10, 45, 5, 17)])


def test_the_cells_and_their_places_give_the_centre_that_is_sent():
    places = sensor_map(SPEC, "left")
    assert places["column"].tolist() == [f"cell_0{number}_n" for number in (1, 2, 3, 4)]
    assert set(places["region"]) == {""}
    table = rows(SPEC, "data", FULL[:3], "frame")
    cells = table[places["column"]].to_numpy()
    for axis, column in (("x_mm", "cop_ml_mm"), ("y_mm", "cop_ap_mm")):
        centre = cells @ places[axis].to_numpy() / cells.sum(axis=1)
        np.testing.assert_allclose(centre, table[column], atol=1e-4)


def test_the_cells_are_the_corners_of_a_square_round_the_centre():
    assert [(s.x_mm, s.y_mm, s.region) for s in SPEC.sensors] == [
        (-169.7055, 169.7055, ""), (169.7055, 169.7055, ""),
        (-169.7055, -169.7055, ""), (169.7055, -169.7055, ""),
    ]  # fmt: skip
    assert capabilities(SPEC, "merged").regions == ()


@given(st.floats(width=32, min_value=-20, max_value=14.75))
def test_below_15_kg_zero_zero_is_no_centre(total):
    assert np.isnan(cop(frame_of(0.0, 0.0, total))).all()


@given(st.floats(width=32, min_value=15, max_value=300))
def test_from_15_kg_on_zero_zero_is_the_middle(total):
    assert cop(frame_of(0.0, 0.0, total)) == (0.0, 0.0)


@given(KG.filter(bool), st.booleans(), KG)
def test_any_other_centre_stands_as_sent(other, swapped, total):
    sent = (other, 0.0) if swapped else (0.0, other)
    assert cop(frame_of(*sent, total)) == sent


@given(st.lists(st.tuples(st.sampled_from([0.0, 1.5]), KG), min_size=1, max_size=8))
def test_a_recording_is_missing_the_same_centres_as_the_live_frames(sent):
    packets = [frame_of(right, 0.0, total) for right, total in sent]
    frames, _ = fed(SPEC, "data", packets)
    block = at_once(SPEC, "data", packets).blocks["frame"]
    live = np.array([frame.samples["cop_ml"] for frame in frames])
    np.testing.assert_array_equal(block.samples["cop_ml"], live)
    lacking = [right == 0 and total < 15 for right, total in sent]
    assert np.isnan(live[:, 0]).tolist() == lacking


@pytest.mark.parametrize(("length", "message"), [(16, "without_cells"), (20, "cut")])
def test_short_frames_have_the_total_and_the_centre_but_no_cells(length, message):
    table = rows(SPEC, "data", [FULL[2][:length]], message)
    assert not [name for name in table if name.startswith("cell_")]
    whole = rows(SPEC, "data", [FULL[2]], "frame")
    for name in ("device_ticks", "total_n", "cop_ml_mm", "cop_ap_mm"):
        assert table[name].tolist() == whole[name].tolist()


@pytest.mark.parametrize("length", [length for length in range(32) if length not in {16, 20}])
def test_any_other_length_is_an_error(length):
    frames, errors = fed(SPEC, "data", [FULL[0][:length]])
    assert (frames, len(errors)) == ([], 1)


def test_every_byte_string_that_can_be_written():
    assert every_write(SPEC) == {
        "start": ("7e400003", b"start".hex(" "), False),
        "stop": ("7e400003", b"stop".hex(" "), False),
        "zero": ("7e400003", b"ZERO".hex(" "), True),
    }
    assert unasked(SPEC) == [b"start".hex(" "), b"stop".hex(" ")]
