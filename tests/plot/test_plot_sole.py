"""The sole is drawn with every sensor on its side, by numbers that the table has."""

from __future__ import annotations

import numpy as np
import pytest

from insole import tables
from insole.codec.table import sensor_map
from insole.plot.sole import sole
from insole.spec import load_spec

SIM = load_spec("sim_insole")


def drawn(figure):
    """Return the numbers that are written on the sole, with their places."""
    return {text.get_text(): text.get_position() for text in figure.axes[0].texts}


@pytest.mark.parametrize(("side", "sign"), [("left", -1), ("right", 1)])
def test_each_sensor_lies_where_the_map_says_on_its_side(side, sign):
    sensors = sensor_map(SIM, side)
    places = drawn(sole(sensors, SIM.name, side))
    assert list(places) == [str(number) for number in range(1, 17)]
    for number, sensor in enumerate(sensors.itertuples(), 1):
        assert places[str(number)] == (sign * sensor.x_mm, sensor.y_mm)


def test_the_hallux_of_a_left_foot_is_to_the_right():
    places = drawn(sole(sensor_map(SIM, "left"), SIM.name, "left"))
    assert places["14"][0] > places["16"][0]


def test_sensors_of_unknown_place_are_counted():
    sensors = tables.sensor_map(
        [("cell_01_n", "heel", np.nan, 5, 9), ("cell_02_n", "heel", 1, 2, np.nan)]
    )
    figure = sole(sensors, "Two", "left")
    assert list(drawn(figure)) == ["2"]
    assert "2 sensors, 1 of unknown place" in figure.axes[0].get_title(loc="left")


def test_cells_of_a_plate_are_drawn_from_left_to_right_without_a_sole():
    plate = load_spec("ferra_plate")
    figure = sole(sensor_map(plate, "left"), plate.name, "plate")
    places = drawn(figure)  # front left, front right, back left, back right
    assert places["1"][0] < places["2"][0]
    assert places["1"][1] > places["3"][1]
    assert len(figure.axes[0].patches) == 4
    assert "left – plate" in figure.axes[0].get_xlabel()


def test_no_two_regions_look_alike():
    figure = sole(sensor_map(SIM, "left"), SIM.name, "left")
    looks = {}
    cells = figure.axes[0].patches[1:]  # after the outline
    for patch, region in zip(cells, sensor_map(SIM, "left")["region"], strict=True):
        looks.setdefault(region, set()).add((patch.get_facecolor(), patch.get_hatch()))
    assert all(len(look) == 1 for look in looks.values())
    assert len(set.union(*looks.values())) == len(looks)


def test_a_device_without_sensors_is_an_empty_sole():
    figure = sole(tables.sensor_map(), "None", "right")
    assert drawn(figure) == {}
    assert "no sensor has a place" in figure.axes[0].get_title(loc="left")
