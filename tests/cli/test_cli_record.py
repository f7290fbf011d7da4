"""Recording, watching and replaying as a user types it, over a rig without hardware."""

import asyncio
import json
import os
import signal
from functools import partial
from pathlib import Path

import fast_loop
import pytest
from bleak_backend import InProcessRig, InProcessScanner
from click.testing import CliRunner

from insole.cli.main import main
from insole.cli.options import as_seconds
from insole.errors import LinkError, StoreError
from insole.record.store import open_session
from insole.recording import course, radio
from insole.report import export
from insole.sim.peripheral import peripherals
from insole.spec import load_spec
from insole.transport.radio import Radio

PLACES = {"left": "C0:00:00:00:00:0A", "right": "C0:00:00:00:00:0B"}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Work in an empty folder, with sessions and keys of one's own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("INSOLE_SESSIONS", str(tmp_path / "sessions"))
    for part in ("insole.record.address", "insole.profile", "insole.kept"):
        monkeypatch.setattr(
            f"{part}.user_config_path", lambda *_, **__: tmp_path / "c", raising=False
        )
    return tmp_path


@pytest.fixture
def insole():
    """Return a function that runs a command."""
    return lambda *words: CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture
def air(monkeypatch):
    """Put two insoles on the air, in time that jumps; return what else shall happen there."""
    events = []
    find = radio.found

    async def found(*words, **options):
        rig = InProcessRig()
        devices, _ = peripherals("demo", load_spec("sim_insole"), 1)
        for device in devices:
            await rig.put(device, PLACES[device.role])
        await rig.__aenter__()
        for time_s, event in events:
            asyncio.get_running_loop().call_later(time_s, event, rig)
        return await find(*words, radio=rig.radio, clock_ns=fast_loop.clock_ns, **options)

    monkeypatch.setattr(radio, "found", found)
    monkeypatch.setattr("asyncio.run", fast_loop.run)
    return events


# Recording ---------------------------------------------------------------------------------------


@pytest.mark.usefixtures("air")
def test_both_insoles_are_recorded_and_reported(insole, folder):
    result = insole(
        "record", "--duration", "0:26", "--note", "at home", "--exercise", "isometric_hold"
    )
    assert result.exit_code == 0
    shown = ("insole: recording ", "insole: left ", "insole: right ")
    assert all(line.startswith(shown) for line in result.stderr.splitlines())
    assert "1 hold on both feet" in result.stdout
    assert "Note         at home" in result.stdout
    path = Path(result.stdout.splitlines()[-1])
    assert path.parent == folder / "sessions"
    assert path.name.endswith("_isometric_hold.insole")
    session = open_session(path)
    assert set(session.devices) == {"left", "right"}
    assert session.meta.note == "at home"


def test_a_note_that_would_steer_the_terminal_is_only_read(insole):
    insole("record", "--simulate", "quiet_stance", "--duration", "5", "-o", "x.insole",
           "--no-analyse", "--note", "\x1b[2Jgone")  # fmt: skip
    assert open_session("x.insole").meta.note == "\x1b[2Jgone"
    assert "Note         ?[2Jgone" in insole("report", "x.insole").stdout


@pytest.mark.parametrize(
    ("programme", "words", "auto_stop_s"),
    [
        ("", (), None),
        ("heel_pain", (), 30.0),
        ("heel_pain", ("--no-auto-stop",), None),
        ("heel_pain", ("--simulate", "demo"), None),
        ("", ("--auto-stop",), 30.0),
    ],
)
def test_whoever_follows_a_programme_need_not_end_it(
    insole, monkeypatch, programme, words, auto_stop_s
):
    def attend(_, __, rules, **___):
        seen.append(rules)
        raise LinkError("radio", "is not needed")

    seen = []
    monkeypatch.setattr("insole.cli.attend.attend", attend)
    if programme:
        assert insole("programme", "use", programme).exit_code == 0
    insole("record", *words)
    assert [rules.auto_stop_s for rules in seen] == [auto_stop_s]


@pytest.mark.usefixtures("air")
def test_a_broken_programme_costs_no_recording(insole, folder):
    (folder / "sessions").mkdir()
    (folder / "sessions" / "programme.toml").write_text("no")
    result = insole("record", "--duration", "3", "--no-analyse", "-o", "x.insole")
    assert "the programme is left out: " in result.stderr
    assert (result.exit_code, result.stdout) == (0, "x.insole\n")


def test_a_session_may_begin_with_a_calibration(insole):
    result = insole(
        "record", "--simulate", "calibration", "--calibrate", "-o", "x.insole", "--no-analyse"
    )
    assert result.exit_code == 0
    assert result.stdout.count(" accepted") == 5
    assert "this session only" in result.stderr
    marks = [mark.kind for mark in open_session("x.insole").marks]
    assert marks.count("calibration") == 10


def test_a_calibration_that_was_not_done_costs_no_recording(insole):
    result = insole(
        "record", "--simulate", "demo", "--duration", "4", "--calibrate", "-o", "x.insole"
    )
    assert "the calibration counts for nothing" in result.stderr
    assert result.stdout.splitlines()[-1] == "x.insole"


@pytest.mark.usefixtures("air")
def test_ctrl_c_while_the_report_is_worked_out_leaves_the_path(insole, monkeypatch):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("insole.cli.showing.load", interrupt)
    result = insole("record", "--duration", "3", "-o", "x.insole")
    assert (result.exit_code, result.stdout) == (0, "x.insole\n")
    assert "Ctrl-C left the report out; `insole report x.insole`" in result.stderr


@pytest.mark.usefixtures("air")
def test_one_foot_alone_may_be_asked_for(insole):
    result = insole(
        "record", "--left", PLACES["left"], "--duration", "3", "--no-analyse", "-o", "x.insole"
    )
    assert (result.exit_code, result.stdout, result.stderr) == (0, "x.insole\n", "")
    assert set(open_session("x.insole").devices) == {"left"}


def test_ctrl_c_ends_it_and_the_report_follows(air, insole):
    air.append((10, lambda _: os.kill(os.getpid(), signal.SIGINT)))
    result = insole("record", "-o", "x.insole")
    assert result.exit_code == 0
    assert result.stdout.startswith("Session report")
    assert open_session("x.insole").link_events("left")[-1].reason == "Ctrl-C"


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="this system has no SIGHUP")
def test_a_closed_terminal_ends_it_and_nothing_is_printed(air, insole):
    air.append((10, lambda _: os.kill(os.getpid(), signal.SIGHUP)))
    result = insole("record", "-o", "x.insole")
    assert (result.exit_code, result.stdout) == (0, "")
    assert open_session("x.insole").meta.ended_at_utc


def test_stopped_before_it_began_it_keeps_nothing(air, insole, folder):
    air.append((0.5, lambda _: os.kill(os.getpid(), signal.SIGTERM)))
    result = insole("record", "-o", "x.insole")
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr.startswith("insole: recording: was stopped before")
    assert not list(folder.glob("x*"))


def test_a_loss_is_said_and_the_rest_recorded(air, insole):
    air.append((8, lambda rig: asyncio.ensure_future(rig.lose(PLACES["left"]))))
    result = insole("record", "--duration", "12", "--no-analyse", "-o", "x.insole")
    assert result.exit_code == 0
    said = result.stderr.splitlines()
    assert [line.split(" at ")[0] for line in said] == [
        "insole: left: lost", "insole: left: reconnected",
    ]  # fmt: skip


@pytest.mark.usefixtures("air")
def test_when_it_cannot_go_on_the_report_of_what_there_is_follows(insole, monkeypatch):
    record = course.record

    async def until_the_disk_is_full(links, store, *, taps):
        try:
            async with asyncio.timeout(12):
                await record(links, store, taps=taps)
        except TimeoutError:
            raise StoreError("x.insole", "cannot be written: the disk is full") from None

    monkeypatch.setattr(course, "record", until_the_disk_is_full)
    result = insole("record", "-o", "x.insole")
    assert result.exit_code == 4
    assert result.stderr == "insole: x.insole: cannot be written: the disk is full\n"
    assert result.stdout.startswith("Session report")
    assert result.stdout.endswith("x.insole\n")


@pytest.mark.parametrize("command", ["record", "live", "scan"])
@pytest.mark.parametrize("error", [FileNotFoundError("no socket"), ConnectionRefusedError()])
def test_without_bluetooth_it_is_one_sentence_with_what_to_do(insole, monkeypatch, command, error):
    class Broken(InProcessScanner):
        async def start(self):
            raise error

    broken = partial(Radio, scanner=type("Broken", (Broken,), {"rig": InProcessRig()}))
    for place in ("insole.recording.radio", "insole.transport.radio"):
        monkeypatch.setattr(f"{place}.Radio", broken)
    result = insole(command)
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr.count("\n") == 1
    assert "start it; `insole doctor` checks the rest" in result.stderr


def test_where_it_shall_go_is_looked_at_before_anybody_is_searched(insole, monkeypatch, folder):
    async def never(*_, **__):
        raise AssertionError

    monkeypatch.setattr(radio, "found", never)
    (folder / "mine.insole").write_bytes(b"mine")
    for out, problem in (
        ("mine.insole", "exists already"),
        ("no/x.insole", "no folder that exists"),
    ):
        result = insole("record", "-o", out)
        assert result.exit_code == 4
        assert problem in result.stderr


# Options -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        ("--seed", "3"),
        ("--speed", "2"),
        ("--spec", "sim_insole"),
        ("--simulate", "demo", "--left", "sim_insole"),
        ("--simulate", "demo", "--seed", "-1"),
        ("--simulate", "demo", "--speed", "0"),
        ("--side", "left", "--right", "sim_insole"),
        ("--side", "left", "--device", "a", "--device", "b"),
        ("--side", "middle"),
        ("--duration", "0"),
        ("--duration", "soon"),
        ("--spec-folder", "nowhere"),
    ],
)
@pytest.mark.parametrize("command", ["record", "live"])
def test_options_that_cannot_be_are_usage_errors(insole, command, words):
    result = insole(command, *words)
    assert (result.exit_code, result.stdout) == (2, "")


@pytest.mark.parametrize(
    ("text", "time_s"),
    [("90", 90), ("0.5", 0.5), ("1:30", 90), ("1:00:00", 3600), ("0:00.5", 0.5), (None, None)],
)
def test_times_are_seconds_or_minutes(text, time_s):
    assert as_seconds(None, None, text) == time_s


@pytest.mark.parametrize(
    "text",
    ["", "-1", "0", "nan", "inf", "1:", ":30", "1:60", "1:2:3:4", "1:-3", "x", "٣:00", "1e9"],
)
def test_what_is_no_time_is_refused(text):
    with pytest.raises(Exception, match="is no time"):
        as_seconds(None, None, text)


def test_a_device_that_is_not_known_is_named_with_those_that_are(insole):
    result = insole("record", "--left", "nobody")
    assert result.exit_code == 3
    assert "'nobody' is no address and no known device; known are: brilliant_sole" in result.stderr


# Simulated, live and replayed --------------------------------------------------------------------


def test_a_simulated_person_may_be_slow(insole, monkeypatch):
    monkeypatch.setattr("asyncio.run", fast_loop.run)
    words = ("--simulate", "demo", "--speed", "1", "--auto-stop", "--no-analyse")
    result = insole("record", *words, "-o", "x.insole", "--duration", "20")
    assert result.exit_code == 0
    assert [mark.kind for mark in open_session("x.insole").marks] == ["set_start", "set_stop"]


@pytest.mark.usefixtures("air")
def test_live_shows_and_keeps_nothing(insole, folder):
    result = insole("live", "--json", "--duration", "4")
    assert (result.exit_code, result.stderr) == (0, "")
    states = [json.loads(line) for line in result.stdout.splitlines()]
    assert 12 <= len(states) <= 17
    assert set(states[-1]["devices"]) == {"left", "right"}
    assert states[-1]["devices"]["left"]["rate_hz"] == pytest.approx(25, abs=2)
    assert not list(folder.rglob("*.insole"))


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """Return a session of a simulated person."""
    path = tmp_path_factory.mktemp("demo") / "d.insole"
    CliRunner().invoke(main, ["record", "--simulate", "demo", "--no-analyse", "-o", str(path)])
    return path


def test_a_replay_shows_what_was_sent(demo, insole, folder, monkeypatch):
    monkeypatch.setattr("asyncio.run", fast_loop.run)
    result = insole("replay", demo, "--speed", "2", "--json", "--duration", "10")
    assert (result.exit_code, result.stderr) == (0, "")
    states = [json.loads(line) for line in result.stdout.splitlines()]
    assert 18 <= len(states) <= 21
    assert 9 < states[-1]["time_s"] < 11
    assert not list(folder.rglob("*.insole"))


def test_a_replay_can_be_recorded_again(demo, insole, monkeypatch):
    monkeypatch.setattr("asyncio.run", fast_loop.run)
    result = insole("replay", demo, "-o", "again.insole", "--duration", "26")
    assert result.exit_code == 0
    assert "1 hold on both feet" in result.stdout
    assert result.stdout.endswith("again.insole\n")


def test_a_replay_prints_one_thing_only(demo, insole):
    assert insole("replay", demo, "-o", "x.insole", "--json").exit_code == 2


def test_a_replay_of_what_was_imported_says_what_to_do(insole):
    source = Path(__file__).parents[2] / "fixtures" / "imports" / "loadsol" / "two_sided.txt"
    insole("import", source, "-o", "l.insole")
    result = insole("replay", "l.insole")
    assert result.exit_code == 3
    assert result.stderr == (
        "insole: l.insole: holds no packets of a device, so nothing can be played; "
        "report or plot it\n"
    )


# People with their truth -------------------------------------------------------------------------


def test_simulate_writes_sessions_with_their_truth(insole, folder):
    result = insole("simulate", "quiet_stance", "--people", "2", "--seed", "5", "-o", "people")
    assert (result.exit_code, result.stderr) == (0, "")
    names = ["insole", "truth.csv", "events.csv"]
    expected = [f"people/quiet_stance_{seed}.{name}" for seed in (5, 6) for name in names]
    assert result.stdout.splitlines() == expected
    assert {str(path.relative_to(folder)) for path in folder.glob("people/*")} == set(expected)
    first, other = (open_session(folder / "people" / f"quiet_stance_{n}.insole") for n in (5, 6))
    assert (first.meta.seed, other.meta.seed) == (5, 6)
    assert first.packets("left", "frames").payload != other.packets("left", "frames").payload
    again = insole("simulate", "quiet_stance", "--seed", "6", "-o", "people")
    assert again.exit_code == 4
    assert "exists already" in again.stderr


def test_the_truth_agrees_with_the_report(insole):
    insole("simulate", "demo", "-o", ".")
    truth = Path("demo_1.truth.csv").read_text().splitlines()
    head, rows = truth[0].split(","), [line.split(",") for line in truth[1:]]
    off_s = [
        float(row[head.index("heel_off_s")])
        for row in rows
        if row[head.index("kind")] == "raise" and row[head.index("side")] == "both"
    ]
    report = export.from_json(insole("report", "demo_1.insole", "--json").stdout)
    assert [row.heel_off_s for row in report.raises] == pytest.approx(off_s, abs=0.3)


@pytest.mark.parametrize(
    ("words", "exit_code"),
    [
        (("nobody",), 4),
        (("demo", "--spec", "nothing"), 4),
        (("demo", "--role", "plate"), 4),
        (("demo", "--transport", "usb:0"), 2),
        (("demo", "--speed", "2"), 2),
        (("demo", "--people", "0"), 2),
        (("demo", "--peripheral", "--people", "2"), 2),
    ],
)
def test_simulate_says_what_cannot_be(insole, folder, words, exit_code):
    result = insole("simulate", *words)
    assert (result.exit_code, result.stdout) == (exit_code, "")
    assert not list(folder.rglob("*.insole"))


def test_without_bumble_the_air_says_how_to_get_it(insole, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "bumble.transport", None)
    monkeypatch.delitem(__import__("sys").modules, "insole.sim.air", raising=False)
    result = insole("simulate", "demo", "--peripheral")
    assert result.exit_code == 3
    assert 'python -m pip install "insole[peripheral]"' in result.stderr


def test_on_the_air_each_device_is_named_and_ctrl_c_ends_it(insole, monkeypatch):
    pytest.importorskip("bumble")
    from insole.sim import air as bumble_air

    async def broadcast(devices, transport, on_air, *, speed):
        assert (transport, speed) == ("usb:1", 2.0)
        on_air([type("On", (), {"peripheral": d, "address": PLACES[d.role]}) for d in devices])
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.Event().wait()

    monkeypatch.setattr(bumble_air, "broadcast", broadcast)
    result = insole(
        "simulate", "demo", "--peripheral", "--transport", "usb:1", "--role", "left", "--speed", "2"
    )
    assert result.exit_code == 0
    assert result.stderr == (
        f"insole: left: INSOLE-SIM-L at {PLACES['left']} is on the air; Ctrl-C ends it\n"
    )
