"""What a person reads: every figure with its caution, nothing blank, nothing too wide."""

import re
from dataclasses import replace

import pytest
from example_report import calf_raise, hold, quality, report, set_row, shift_row

from insole.capabilities import Capabilities
from insole.measured import REASONS as REASON_WORDS
from insole.measured import low, not_observable, ok
from insole.report.layout import WIDTH
from insole.report.phrase import clock, length, number, span, started
from insole.report.text import DISCLAIMER, SHARE_CAVEAT, render
from insole.report.words import REASONS, because


def with_faults():
    """Return a report in which something of every kind went wrong."""
    return report(
        holds=(
            hold(1, 10.0, 45.0, breaks=2, target_s=45.0, met=True),
            hold(1, 80.0, 30.0, target_s=45.0, met=False),
        ),
        raises=(
            calf_raise(2, 1, 600.0),
            calf_raise(
                2, 2, 611.0, counted=False, reasons=("partial",), tempo=None,
                lowering_s=not_observable("s", "height_band", "gap"),
            ),
            calf_raise(
                2, 3, 622.0, reasons=("paused",), variant="two_up_one_down",
                resting_foot_share=ok(0.08, "1", "share"),
                transfer_s=ok(0.4, "s", "share_10_90"), tempo="12-10-1-20",
            ),
        ),
        sets=(
            set_row(1, "isometric_hold", 10.0, 120.0, target="5 x 45 s", met=False),
            set_row(2, "eccentric_raise", 600.0, 630.0, reasons=("hand_support",)),
        ),
        quality={"left": replace(quality(0.123), flags=("gap",)), "right": quality()},
    )  # fmt: skip


def one_foot():
    return report(
        sides="left",
        weight_shift=(
            replace(
                shift_row(1),
                **{
                    name: not_observable(unit, "share", "one_side")
                    for name, unit in (
                        ("left_share_flat", "1"), ("left_share_top", "1"), ("shift", "1"),
                        ("peak_shift", "1"), ("robinson_si_pct", "%"),
                    )
                },
            ),
        ),
        body_weight_n=not_observable("N", "stance", "one_side"),
    )  # fmt: skip


SHAPES = {
    "insoles with motion sensor": report(),
    "insoles without": report(imu=False),
    "faults": with_faults(),
    "one foot": one_foot(),
    "nothing found": report(sets=(), holds=(), raises=(), weight_shift=(), events=()),
}


@pytest.fixture(params=SHAPES.values(), ids=SHAPES.keys())
def any_report(request):
    return request.param


def flat(text):
    """Return the text on one line, so that wrapping does not matter."""
    return " ".join(text.split())


def test_every_reason_word_has_a_phrase_and_a_sentence():
    assert set(REASONS) == set(REASON_WORDS)
    for phrase, sentence in REASONS.values():
        assert phrase
        assert not phrase.endswith(".")
        assert sentence[0].isupper()
        assert sentence.endswith(".")
    phrases = [reason.phrase for reason in REASONS.values()]
    assert [a for a in phrases for b in phrases if a != b and a in b] == []


def test_a_foreign_word_is_shown_as_it_is():
    assert because(["gap", "foreign"]) == "data lost, foreign"


def test_fits_in_eighty_columns(any_report):
    too_wide = [line for line in render(any_report).split("\n") if len(line) > WIDTH]
    assert too_wide == []


def test_holds_no_time_finer_than_a_tenth(any_report):
    assert re.findall(r"\d\.\d\d", render(any_report)) == []


def test_uses_no_glyph_beyond_the_plain_ones(any_report):
    assert set(re.sub(r"[\x20-\x7e\n]", "", render(any_report))) <= set("–±°²")


def test_says_once_that_it_treats_nothing_and_whom_to_ask(any_report):
    text = flat(render(any_report))
    assert text.count(DISCLAIMER) == 1
    assert text.endswith(DISCLAIMER)
    assert "treats nothing" in DISCLAIMER
    assert "therapist" in DISCLAIMER


def test_explains_each_remark_that_it_makes_once(any_report):
    body, _, notes = flat(render(any_report)).partition("What the remarks mean")
    for phrase, sentence in REASONS.values():
        if f"({phrase})" in body or f": {phrase}" in body:
            assert notes.count(sentence) == 1
        assert notes.count(sentence) <= 1


def test_a_hold_is_a_line_of_figures():
    text = render(report())
    assert "      1  0:11.0 – 0:21.1  10.1     12.1      78    98   ~51   4       0\n" in text
    assert "2 holds on both feet: held 10.1 and 10.0 s, without a break." in text


def test_a_raise_is_a_line_with_phases_and_tempo():
    text = render(report())
    assert "    1  1:00.0  1.1  2.0   5.1    8.2  5-3-1-2    81   ~48  yes\n" in text
    assert "3 calf raises (both feet), all counted; lowered in 5.1, 4.8 and 5.3 s." in flat(text)
    assert "tempo: seconds down - pause at the bottom - up - pause at the top" in text


def test_without_motion_sensor_phases_are_named_as_not_observable():
    text = flat(render(report(imu=False)))
    assert "time raising, time at the top, time lowering, heel height: not observable" in text
    assert "not observable (no motion sensor)" in text
    assert "heel up 12.1 and 12.0 s; time held not observable (no motion sensor)" in text
    assert "tempo" not in text
    assert "heel up from – to" in text


def test_a_raise_that_does_not_count_says_why():
    text = flat(render(with_faults()))
    assert "2 calf raises (both feet), 1 counted, 1 not (heel not high enough)" in text
    assert "! raise 2: not counted: heel not high enough" in text
    assert "n/o time lowering in raise 2: data lost" in text
    assert "! raise 3: paused on the way down" in text
    assert "1 calf raise (up on both feet, down on one), counted" in text


def test_targets_breaks_and_flags_are_told():
    text = flat(render(with_faults()))
    assert "with 2 breaks" in text
    assert "in all" in text
    assert "round 1: target 45 s met" in text
    assert "round 2: target 45 s not met" in text
    assert "target 5 x 45 s not met" in text
    assert "hands probably helped" in text
    assert "left: data lost" in text
    assert "12.3" in text


def test_weight_shift_comes_with_its_caveat():
    text = flat(render(report()))
    assert SHARE_CAVEAT in text
    assert "±3 points" in SHARE_CAVEAT
    assert "~ -3" in text


def test_with_one_foot_the_shift_is_not_observable():
    text = flat(render(one_foot()))
    assert "largest shift, Robinson index: not observable (one foot only)" in text
    assert "Body weight not observable (one foot only)" in text
    assert "clocks of the two feet" not in text


def test_nothing_found_is_said():
    empty = report(sets=(), holds=(), raises=(), weight_shift=(), events=())
    assert "No hold and no calf raise was found." in render(empty)


def test_a_rig_that_cannot_see_raises_does_not_say_that_there_were_none():
    plate = Capabilities((), imu=False, cop=False, rate_hz=100.0, sides="both", unit="N")
    empty = report(sets=(), holds=(), raises=(), weight_shift=(), events=(), capabilities=plate)
    text = render(empty)
    assert "Holds and calf raises are not observable (one load for the whole foot)." in text
    assert "was found" not in text


def test_rows_of_a_set_without_a_set_row_are_shown_all_the_same():
    assert "Set 7\n" in render(report(raises=(calf_raise(7, 1, 5.0),)))


def test_the_first_lines_say_what_was_measured_and_when():
    text = flat(render(report()))
    assert "Recorded 2026-04-12 08:30 (UTC+2:00), 1 min 40 s long" in text
    assert "left: Simulated insole (sim_insole), firmware 1.0" in text
    assert "736 N (75.0 kg; not calibrated)" in text
    rig = Capabilities((), imu=False, cop=False, rate_hz=80.0, sides="merged", unit="adc")
    scale = flat(render(report(capabilities=rig)))
    assert "both feet in one number, 80 Hz, load in raw counts; no regions of the sole" in scale


@pytest.mark.parametrize(
    ("at_utc", "offset_s", "expected"),
    [
        ("2026-04-12T23:30:00Z", 7200, "2026-04-13 01:30 (UTC+2:00)"),
        ("2026-04-12T23:30:00Z", -12600, "2026-04-12 20:00 (UTC-3:30)"),
        ("2026-04-12T23:30:00Z", None, "2026-04-12 23:30 UTC"),
        (None, None, "at a time the file does not state"),
    ],
)
def test_the_start_is_told_in_local_time(at_utc, offset_s, expected):
    facts = replace(report().session, started_at_utc=at_utc, utc_offset_s=offset_s)
    assert started(facts) == expected


@pytest.mark.parametrize(
    ("time_s", "expected"),
    [(0.0, "0:00.0"), (59.96, "1:00.0"), (62.44, "1:02.4"), (3601.0, "60:01.0"), (-0.3, "-0:00.3")],
)
def test_a_time_of_the_session_is_minutes_and_seconds(time_s, expected):
    assert clock(time_s) == expected


@pytest.mark.parametrize(
    ("duration_s", "expected"),
    [
        (0.2, "0 s"),
        (59.6, "1 min"),
        (125.0, "2 min 5 s"),
        (3600.0, "1 h"),
        (3725.0, "1 h 2 min 5 s"),
    ],
)
def test_a_length_is_told_in_words(duration_s, expected):
    assert length(duration_s) == expected


def test_numbers_are_rounded_as_their_unit_deserves():
    assert number(ok(0.516, "1", "m")) == "52"
    assert number(ok(-0.001, "1", "m"), signed=True) == "0"
    assert number(ok(0.031, "1", "m"), signed=True) == "+3"
    assert number(low(10.04, "s", "m", "gap")) == "10.0"
    assert number(not_observable("s", "m", "gap")) == "n/o"


def test_up_to_five_times_are_listed_more_are_a_range():
    times = [ok(value, "s", "m") for value in (5.0, 4.0, 6.0, 4.5, 5.5, 3.9)]
    assert span(times[:1]) == "5.0 s"
    assert span(times[:2]) == "5.0 and 4.0 s"
    assert span(times[:5]) == "5.0, 4.0, 6.0, 4.5 and 5.5 s"
    assert span(times) == "3.9 to 6.0 s"


def test_the_times_of_a_long_heading_get_a_line_of_their_own():
    rows = (
        replace(set_row(10, "unrecognised", 6000.0, 6100.0), variant="two_up_one_down"),
        set_row(11, "isometric_hold", 6200.0, 6300.0),
    )
    lines = render(report(sets=rows, holds=(), raises=())).split("\n")
    first = lines.index("Set 10 – exercise not recognised, up on both feet, down on one")
    assert lines[first + 1] == "100:00.0 – 101:40.0".rjust(WIDTH)
    assert set(lines[first + 2]) == {"-"}
    assert "Set 11 – holds, both feet" + "103:20.0 – 105:00.0".rjust(WIDTH - 25) in lines
