"""Two clocks and a radio, made for the tests of `align`; nothing of it is the simulator's.

A device takes samples by its own crystal and sends a packet when its last sample is there. The
packet leaves at the next connection event, whose beat the computer's radio sets by a crystal of its
own. An event may fail, and in bad moments most do. Packets keep their order. The computer stamps
what has arrived a little later, and now and then not before it has time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Radio:
    """One link; times in s."""

    interval_s: float = 0.03
    skew: float = 0.0
    offset_s: float = 0.0
    period_s: float = 0.01
    per_packet: int = 4
    length_s: float = 900.0
    loss: float = 0.03
    missed: float = 0.03
    bad_per_min: float = 2.0
    bad_s: float = 0.6
    bad_missed: float = 0.7
    firmware_s: float = 0.0005
    stamp_s: float = 0.0007
    stalls_per_min: float = 3.0
    stall_s: tuple[float, float] = (0.03, 0.15)
    central_ppm: float = 0.0
    wander_ppm: float = 0.5


@dataclass(frozen=True)
class Heard:
    """What arrived: device time and arrival of each packet's last sample, and its true time, s."""

    device_s: np.ndarray
    host_s: np.ndarray
    true_s: np.ndarray
    radio: Radio

    def rows(self, modulus: int = 65536) -> pd.DataFrame:
        """Return sample rows with ticks of 1 ms, as a decoder gives them; ``true_s`` beside."""
        count, period_s = self.radio.per_packet, self.radio.period_s
        first_ms = np.round((self.device_s - (count - 1) * period_s) * 1000.0).astype(np.int64)
        place = np.tile(np.arange(count), len(self.device_s))
        return pd.DataFrame(
            {
                "host_time_s": np.repeat(self.host_s, count),
                "device_ticks": np.repeat(first_ms % modulus, count),
                "sample": place,
                "true_s": np.repeat(self.true_s, count) - (count - 1 - place) * period_s,
            }
        )


def hear(radio: Radio, rng: np.random.Generator) -> Heard:
    packets = int(radio.length_s / radio.period_s / radio.per_packet)
    device_s = ((np.arange(packets) + 1) * radio.per_packet - 1) * radio.period_s
    wander = np.cumsum(rng.normal(0.0, 1.0, packets))
    wander *= radio.wander_ppm * 1e-6 / max(1.0, np.abs(wander).max())
    rate = 1.0 + radio.skew + wander
    true_s = radio.offset_s + np.cumsum(rate * np.diff(device_s, prepend=0.0))
    ready_s = true_s + rng.uniform(0.0, radio.firmware_s, packets)
    sent_s = _sent(ready_s, radio, rng)
    arrival_s = _stamped(sent_s + 0.002 + rng.exponential(radio.stamp_s, packets), radio, rng)
    there = rng.random(packets) >= radio.loss
    return Heard(device_s[there], arrival_s[there], true_s[there], radio)


def _sent(ready_s, radio, rng):
    interval_s = radio.interval_s * (1.0 + radio.central_ppm * 1e-6)
    phase_s = rng.uniform(0.0, interval_s)
    event = np.ceil((ready_s - phase_s) / interval_s).astype(np.int64)
    first, count = event.min(), np.ptp(event) + 2000
    chance = np.full(count, radio.missed)
    bad = rng.poisson(radio.bad_per_min * count * interval_s / 60.0)
    for start in rng.uniform(0, count, bad).astype(int):
        length = int(rng.exponential(radio.bad_s) / interval_s) + 1
        chance[start : start + length] = radio.bad_missed
    works = rng.random(count) >= chance
    works[-1] = True
    working = np.flatnonzero(works)
    served = working[np.searchsorted(working, event - first)]
    return (np.maximum.accumulate(served) + first) * interval_s + phase_s


def _stamped(arrival_s, radio, rng):
    stalls = rng.poisson(radio.stalls_per_min * radio.length_s / 60.0)
    for start in rng.uniform(arrival_s[0], arrival_s[-1], stalls):
        end = start + rng.uniform(*radio.stall_s)
        arrival_s[(arrival_s > start) & (arrival_s < end)] = end
    return np.maximum.accumulate(arrival_s)


def two_feet(seed, intervals_s, skews=(0.0, 40e-6), *, apart_s=0.137, **both):
    """Return what is heard of two insoles that share a radio, left first."""
    rng = np.random.default_rng(seed)
    central_ppm = float(rng.uniform(-20.0, 20.0))
    return [
        hear(
            Radio(
                interval_s=interval_s,
                skew=skew,
                offset_s=0.4 + k * apart_s,
                central_ppm=central_ppm,
                **both,
            ),
            rng,
        )
        for k, (interval_s, skew) in enumerate(zip(intervals_s, skews, strict=True))
    ]
