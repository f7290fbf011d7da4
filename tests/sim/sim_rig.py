"""What the simulator's tests share: short scenarios, another insole, and packets decoded again."""

from __future__ import annotations

import numpy as np

from insole.codec import decode_block
from insole.sim.body import draw_person, simulate
from insole.sim.scenario import parse
from insole.transport.base import Notification

STAND = '[[block]]\nkind = "stand"\nduration_s = {:.1f}\n'
RAISE = '[[block]]\nkind = "raise"\nup_s = {}\ntop_s = {}\ndown_s = {}\nreps = {}\npause_s = 3.0\n'

ZONES = """
schema = 1
id = "zones"
name = "Three zones without IMU, raw numbers, big endian, length left open"
kind = "insole"
evidence = "simulated"
source = [{ title = "Written for this test", covers = ["match", "layout", "units", "clock"] }]
match = { priority = 7, local_name = ["ZONES-*"] }
side = { from = "user" }
gatt = { frames = { characteristic = "2ec10003-981c-40db-8d2b-23d243b13d8d", use = "notify" } }
connect = { steps = [{ subscribe = "frames" }] }
clock = { kind = "counter", field = "n", modulus = 256, tick_s = 0.08, sample_period_s = 0.02, \
stamp = "last" }

[[message]]
name = "frame"
channel = "frames"
byte_order = "big"
header = [{ name = "n", at = 0, type = "u8", role = "counter" }]
samples = { at = 1, stride = 6, count = "rest" }
fields = [
  { name = "zone", at = 0, type = "u16", shape = 2, unit = "adc", role = "load" },
  { name = "heel", at = 4, type = "u16", unit = "adc", role = "load" },
]

[[sensor]]
field = "zone"
index = 0
region = "forefoot_medial"

[[sensor]]
field = "zone"
index = 1
region = "forefoot_lateral"

[[sensor]]
field = "heel"
index = 0
region = "heel"

[[vector]]
channel = "frames"
hex = "05 0001 0002 0003"
expect = { n = 5, zone = [[1.0, 2.0]], heel = [3.0] }
"""


def scenario(*blocks, faults=""):
    return parse(f'name = "test"\ndescription = "test"\n{faults}\n' + "".join(blocks), "test.toml")


def person(seed=0):
    return draw_person(np.random.default_rng(seed))


def truth(*blocks, seed=0):
    return simulate(scenario(*blocks), person(seed), seed)


def sent(link):
    """All packets of a link that are not answers to its script."""
    read = {name for name, channel in link._device.spec.gatt.items() if channel.use == "read"}
    return [
        item for item in link.items if isinstance(item, Notification) and item.channel not in read
    ]


def decoded(spec, link):
    """Everything a link sends on its streams, as one block for each message."""
    packets = sent(link)
    return decode_block(
        spec,
        packets[0].channel,
        b"".join(one.payload for one in packets),
        np.array([len(one.payload) for one in packets]),
        np.array([one.host_time_ns for one in packets]),
    )
