"""From a recording or a vendor's file to report and figure, as a user types it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from insole.cli.main import main
from insole.record.store import Store, open_session
from insole.report import export
from insole.transport.base import Notification

TABLE = b"time;left heel;left total;right heel;right total\n" + b"".join(
    b"%.2f;200;350;190;360\n" % (n / 50) for n in range(500)
)
MAP = """
delimiter = ";"
time = { column = "time", unit = "s" }
[[column]]
column = "left heel"
side = "left"
quantity = "force"
region = "heel"
unit = "N"
[[column]]
column = "left total"
side = "left"
quantity = "force"
unit = "N"
[[column]]
column = "right heel"
side = "right"
quantity = "force"
region = "heel"
unit = "N"
[[column]]
column = "right total"
side = "right"
quantity = "force"
unit = "N"
"""


def copy_while_recording(source, folder):
    """Put `cut.insole` into `folder`, as a crash in the middle of its recording leaves it."""
    session = open_session(source)
    store = Store.create(folder / "open.insole", session.meta)
    for role, device in session.devices.items():
        store.add_device(device)
        for channel in session.channels(role):
            packets = session.packets(role, channel)
            ends = np.cumsum(packets.lengths)
            for time_ns, start, end in zip(
                packets.host_time_ns, ends - packets.lengths, ends, strict=True
            ):
                payload = packets.payload[start:end]
                store.append(Notification(role, channel, int(time_ns), payload))
    store.commit()
    for suffix in ("", "-wal"):
        shutil.copy(folder / f"open.insole{suffix}", folder / f"cut.insole{suffix}")
    store.close()


@pytest.fixture
def insole(tmp_path, monkeypatch):
    """Return a function that runs a command in an empty folder with its own sessions folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("INSOLE_SESSIONS", str(tmp_path / "sessions"))
    return lambda *words: CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture
def table(tmp_path):
    (tmp_path / "table.csv").write_bytes(TABLE)
    (tmp_path / "map.toml").write_text(MAP, encoding="utf-8")
    return tmp_path / "table.csv"


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """Return the output of `insole demo`, and the folder it was told to use."""
    folder = tmp_path_factory.mktemp("demo") / "new"
    return CliRunner().invoke(main, ["demo", "-o", str(folder)]), folder


def files(folder):
    return sorted(path.name for path in Path(folder).rglob("*") if path.is_file())


def test_demo_prints_a_report_and_the_paths_of_session_and_figure(demo):
    result, folder = demo
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("Session report\n")
    assert "2 holds on both feet" in result.stdout
    assert "3 calf raises (both feet)" in result.stdout
    session, figure = (Path(line.split()[-1]) for line in result.stdout.splitlines()[-2:])
    assert {session.name, figure.name} == set(files(folder))
    assert figure.read_bytes().startswith(b"\x89PNG")
    assert open_session(session).meta.scenario == "demo"


def test_demo_does_what_record_does(demo, insole, tmp_path):
    insole("record", "--simulate", "demo", "--no-analyse", "-o", tmp_path / "r.insole")
    ours = open_session(next(demo[1].glob("*.insole")))
    theirs = open_session(tmp_path / "r.insole")
    assert ours.devices == theirs.devices
    for role in ours.devices:
        for channel in ours.channels(role):
            assert ours.packets(role, channel).payload == theirs.packets(role, channel).payload


def test_record_without_analysis_prints_the_path_alone(insole, tmp_path):
    words = ("record", "--simulate", "quiet_stance", "--exercise", "isometric_hold", "--seed", "3")
    path = Path(insole(*words, "--no-analyse").stdout.strip())
    assert path.parent == tmp_path / "sessions"
    meta = open_session(path).meta
    assert (meta.scenario, meta.seed, meta.exercise) == ("quiet_stance", 3, "isometric_hold")
    assert meta.ended_at_utc


def test_record_prints_the_report_and_the_path(insole):
    result = insole("record", "--simulate", "quiet_stance")
    assert "No hold and no calf raise was found." in result.stdout
    assert Path(result.stdout.splitlines()[-1]).is_file()


def test_record_never_overwrites(insole, tmp_path):
    (tmp_path / "mine.insole").write_bytes(b"mine")
    result = insole("record", "--simulate", "quiet_stance", "-o", "mine.insole")
    assert result.exit_code == 4
    assert "exists already" in result.stderr
    assert (tmp_path / "mine.insole").read_bytes() == b"mine"


@pytest.mark.parametrize("option", [("--simulate", "nobody"), ("--spec", "no_such_device")])
def test_record_names_what_is_unknown_and_leaves_no_file(insole, tmp_path, option):
    result = insole("record", "--simulate", "demo", *option)
    assert result.exit_code == 4
    assert option[1] in result.stderr
    assert result.stderr.count("\n") == 1
    assert files(tmp_path) == []


def test_report_as_json_is_one_object_on_one_line(demo, insole):
    result = insole("report", next(demo[1].glob("*.insole")), "--json")
    assert result.exit_code == 0
    assert result.stdout.count("\n") == 1
    report = export.from_json(result.stdout)
    assert (len(report.holds), len(report.raises)) == (2, 3)


def test_the_exercise_can_be_told(demo, insole):
    session = next(demo[1].glob("*.insole"))
    result = insole("report", session, "--json", "--exercise", "isometric_hold")
    assert len(export.from_json(result.stdout).holds) == 5


def test_report_and_plot_know_the_last_session(insole, table):
    insole("import", table, "--columns", "map.toml")
    assert insole("report", "last").stdout.startswith("Session report")
    assert Path(insole("plot", "last").stdout.strip()).suffix == ".png"


def test_plot_takes_the_next_free_name(demo, insole, tmp_path):
    session = tmp_path / "s.insole"
    session.write_bytes(next(demo[1].glob("*.insole")).read_bytes())
    names = [Path(insole("plot", session).stdout.strip()).name for _ in range(2)]
    assert names == ["s.png", "s-2.png"]


def test_plot_never_overwrites_what_it_was_told(demo, insole, tmp_path):
    (tmp_path / "mine.png").write_bytes(b"mine")
    result = insole("plot", next(demo[1].glob("*.insole")), "-o", "mine.png")
    assert result.exit_code == 4
    assert "exists already" in result.stderr
    assert (tmp_path / "mine.png").read_bytes() == b"mine"


def test_an_imported_file_is_kept_byte_for_byte_with_its_map(insole, table, tmp_path):
    result = insole(
        "import", table, "--columns", "map.toml", "--exercise", "isometric_hold", "-o", "x.insole"
    )
    assert (result.exit_code, result.stdout, result.stderr) == (0, "x.insole\n", "")
    session = open_session(tmp_path / "x.insole")
    assert session.attachments == {"table.csv": TABLE, "columns.toml": MAP.encode()}
    assert session.meta.exercise == "isometric_hold"
    assert session.meta.note == "imported from table.csv"
    assert {device.spec_id for device in session.devices.values()} == {"columns"}
    info = json.loads(session.devices["left"].info_json)
    assert info["attachment"] == "table.csv"
    assert info["start_known"] is False
    assert insole("report", "x.insole").exit_code == 0


def test_each_file_becomes_a_session_of_its_own(insole, table, tmp_path):
    (tmp_path / "other.csv").write_bytes(TABLE)
    result = insole("import", table, "other.csv", "--columns", "map.toml")
    paths = [Path(line) for line in result.stdout.splitlines()]
    kept = [next(iter(open_session(path).attachments)) for path in paths]
    assert kept == ["table.csv", "other.csv"]
    assert {path.parent for path in paths} == {tmp_path / "sessions"}


def test_packets_become_a_session_again(demo, insole, tmp_path):
    session = next(demo[1].glob("*.insole"))
    lines = insole("packets", session).stdout
    (tmp_path / "p.jsonl").write_text(lines, encoding="utf-8")
    assert insole("import", "p.jsonl", "-o", "again.insole").exit_code == 0
    assert insole("packets", "again.insole").stdout == lines
    assert Path(insole("import", "p.jsonl").stdout.strip()).name.endswith("_p.insole")


BAD = {
    "empty": b"",
    "binary": bytes(range(256)) * 20,
    "text": b"to be or not to be\n" * 50,
    "utf16": "Time;Force\n1;2\n".encode("utf-16"),
    "packets": b'{"line": "session", "schema": "insole.packets/1", "meta": {}}\n',
}


@pytest.mark.parametrize("content", BAD.values(), ids=BAD.keys())
def test_a_bad_file_is_one_sentence_and_makes_nothing(insole, tmp_path, content):
    (tmp_path / "bad.txt").write_bytes(content)
    result = insole("import", "bad.txt")
    assert (result.exit_code, result.stdout) == (4, "")
    assert result.stderr.startswith("insole: ")
    assert result.stderr.count("\n") == 1
    assert files(tmp_path) == ["bad.txt"]
    assert (tmp_path / "bad.txt").read_bytes() == content


def test_one_bad_file_among_good_ones_makes_nothing(insole, table, tmp_path):
    (tmp_path / "bad.csv").write_bytes(b"time;left\n")
    result = insole("import", table, "bad.csv", "--columns", "map.toml")
    assert result.exit_code == 4
    assert "bad.csv" in result.stderr
    assert files(tmp_path) == ["bad.csv", "map.toml", "table.csv"]


def test_a_bad_map_names_the_map(insole, table, tmp_path):
    (tmp_path / "latin.toml").write_bytes(b'delimiter = "\xe4"')
    for name, content in (("latin.toml", None), ("wrong.toml", "delimiter = 3")):
        if content:
            (tmp_path / name).write_text(content, encoding="utf-8")
        result = insole("import", table, "--columns", name)
        assert result.exit_code == 4
        assert result.stderr.startswith(f"insole: {name}: ")


@pytest.mark.parametrize(
    "words",
    [
        ("import",),
        ("import", "a", "b", "-o", "x.insole"),
        ("import", "a", "--columns", "m.toml", "--format", "loadsol"),
        ("report",),
        ("report", "x.insole", "--exercise", "dance"),
    ],
)
def test_wrong_usage_is_exit_code_2(insole, words):
    assert insole(*words).exit_code == 2


@pytest.mark.parametrize("command", ["import", "report", "plot", "packets"])
def test_a_missing_file_is_one_sentence(insole, command):
    result = insole(command, "nowhere.insole")
    assert (result.exit_code, result.stdout) == (4, "")
    assert "nowhere.insole" in result.stderr
    assert result.stderr.count("\n") == 1


def test_of_a_damaged_session_the_rest_is_reported(demo, insole, tmp_path):
    whole = next(demo[1].glob("*.insole")).read_bytes()
    (tmp_path / "half.insole").write_bytes(whole[: len(whole) // 2])
    for command, begin in (("report", "Session report"), ("plot", "half.png")):
        result = insole(command, "half.insole")
        assert result.exit_code == 4
        assert result.stdout.startswith(begin)
        assert result.stderr.startswith("insole: half.insole: is damaged, and only the rest")
        assert "packets" in result.stderr
        assert result.stderr.count("\n") == 1
    assert (tmp_path / "half.insole").read_bytes() == whole[: len(whole) // 2]


def test_a_session_cut_off_while_recording_is_finished_first(demo, insole, tmp_path):
    source = next(demo[1].glob("*.insole"))
    copy_while_recording(source, tmp_path)
    result = insole("report", "cut.insole")
    assert result.exit_code == 0
    assert result.stderr.startswith("insole: cut.insole: ")
    assert "packets up to 84" in result.stderr
    assert result.stdout.startswith("Session report")
    assert not (tmp_path / "cut.insole-wal").exists()
    assert insole("report", "cut.insole").stderr == ""


LOADSOL = b"""loadapp_2024_01_17_16_02_12_181.loadflux
comment
\tab12-L::heel\tab12-L::medial\tab12-L::lateral\tab12-L
Time[secs]\tForce[N]\tForce[N]\tForce[N]\tForce[N]
""" + b"".join(b"%.3f\t100\t50\t50\t200\n" % (n / 100) for n in range(300))


def test_a_start_in_local_time_is_told_as_such(insole, tmp_path):
    (tmp_path / "l.txt").write_bytes(LOADSOL)
    assert insole("import", "l.txt", "-o", "l.insole").exit_code == 0
    note = open_session(tmp_path / "l.insole").meta.note
    assert note == "imported from l.txt; begun 2024-01-17T16:02:12.181 by a clock of unknown zone"
    assert "at a time the file does not state" in insole("report", "l.insole").stdout


TWO_SIDED = Path(__file__).parents[2] / "fixtures" / "imports" / "loadsol" / "two_sided.txt"


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda whole: whole[:-30], "the last row is incomplete"),
        (lambda whole: whole.replace(b"\n", b"\r\n", 50), "lines end in different ways"),
        (lambda whole: b"\n".join([*whole.split(b"\n")[:90], *whole.split(b"\n")[150:]]),
         "the time has holes"),
    ],
    ids=["cut", "mixed line ends", "rows taken out"],
)  # fmt: skip
def test_a_damaged_file_is_imported_as_far_as_it_is_whole_and_ends_in_4(tmp_path, damage, said):
    file, session = tmp_path / "damaged.txt", tmp_path / "s.insole"
    file.write_bytes(damage(TWO_SIDED.read_bytes()))
    before = file.read_bytes()
    result = CliRunner().invoke(main, ["import", str(file), "-o", str(session)])
    assert result.exit_code == 4
    assert result.stdout == f"{session}\n"
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert file.read_bytes() == before
    again = CliRunner().invoke(main, ["report", str(session)])
    assert again.exit_code == 0
    assert said.split()[0] in again.stdout


def test_a_dash_that_the_terminal_lacks_costs_no_report(tmp_path):
    session = tmp_path / "s.insole"
    CliRunner().invoke(main, ["import", str(TWO_SIDED), "-o", str(session)])
    env = {**os.environ, "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "insole", "report", str(session)]
    done = subprocess.run(command, env=env, capture_output=True, check=False)
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr
