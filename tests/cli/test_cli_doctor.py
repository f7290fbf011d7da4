"""Whether this computer is ready: each check on what it may find, and the verdict of them all."""

import json
import sys

import pytest
from click.testing import CliRunner

from insole.cli import checks
from insole.cli.checks import Check
from insole.cli.doctor import lines
from insole.cli.main import main


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        (("Linux", "6.1.0", "", ""), "ok"),
        (("Darwin", "23.1.0", "", "14.1"), "ok"),
        (("Darwin", "21.4.0", "", "12.3.1"), "ok"),
        (("Darwin", "21.2.0", "", "12.1"), "note"),
        (("Darwin", "20.0.0", "", "11.7.10"), "note"),
        (("Windows", "10", "10.0.19045", ""), "ok"),
        (("Windows", "10", "10.0.15063", ""), "fault"),
        (("FreeBSD", "14", "", ""), "note"),
    ],
)
def test_system(told, verdict):
    check = checks.system(*told)
    assert check.verdict == verdict
    assert bool(check.advice) == (verdict != "ok")


def tree(folder, **files):
    for name, text in files.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{text}\n")
    return folder


def test_adapter(tmp_path):
    assert checks.adapter(tmp_path).verdict == "fault"
    tree(tmp_path, bluetooth__hci0__address="x", rfkill__rfkill0__type="wlan")
    assert checks.adapter(tmp_path) == Check("adapter", "ok", "hci0")
    tree(tmp_path, rfkill__rfkill1__type="bluetooth", rfkill__rfkill1__soft=1)
    assert checks.adapter(tmp_path).advice.startswith("switch Bluetooth on (rfkill")
    tree(tmp_path, rfkill__rfkill1__hard=1)
    assert checks.adapter(tmp_path).finding == "blocked by a switch"


def test_service(tmp_path):
    here = {"DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={tmp_path}/bus,guid=1"}
    assert "D-Bus is not running" in checks.service(here).finding
    (tmp_path / "bus").touch()
    assert checks.service(here, lambda: "bluetoothctl: 5.66\n").verdict == "ok"
    assert checks.service(here, lambda: "bluetoothctl: 5.50\n").advice.startswith("too old")
    assert checks.service(here, lambda: "").verdict == "note"


def answering(text="", error="", code=0):
    script = (
        f"import sys; sys.stdout.write({text!r}); sys.stderr.write({error!r}); sys.exit({code})"
    )
    return [sys.executable, "-c", script]


HEARD = '{"spec": "sim_insole"}\n{"spec": null}\n'


def test_scan():
    assert checks.scan(answering(HEARD)) == Check(
        "scan", "ok", "works; 2 devices in reach, 1 of them known"
    )
    assert checks.scan(answering()).advice.startswith("step on your insoles")
    said = "insole: radio: Bluetooth is switched off; switch it on; `insole doctor` checks the rest"
    assert checks.scan(answering(error=said, code=3)) == Check(
        "scan", "fault", "Bluetooth is switched off", "switch it on", 3
    )
    assert checks.scan(answering(code=4)).exit_code == 4


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no such end")
def test_a_scan_that_the_system_stops_is_explained():
    killed = [sys.executable, "-c", "import os; os.abort()"]
    check = checks.scan(killed)
    assert (check.verdict, check.exit_code) == ("fault", 3)
    assert check.advice.startswith("allow Bluetooth to the terminal")


def test_the_scan_is_our_own_command(tmp_path):
    for folder in (None, tmp_path):
        words = checks.scan_command(folder)[3:]
        assert main.get_command(None, words[0]).make_context("scan", words[1:])


def test_specs(tmp_path):
    assert checks.specs(None).verdict == "ok"
    (tmp_path / "broken.toml").write_text("schema = ")
    check = checks.specs(tmp_path)
    assert check.verdict == "fault"
    assert "broken.toml" in check.finding


def test_sessions(tmp_path):
    there = checks.sessions(tmp_path / "new" / "sessions")
    assert (there.verdict, (tmp_path / "new").exists()) == ("ok", False)
    (tmp_path / "a.insole").touch()
    assert checks.sessions(tmp_path).finding == f"1 in {tmp_path}"


def test_sessions_that_cannot_be_written(tmp_path, monkeypatch):
    def refuse(**_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.NamedTemporaryFile", refuse)
    check = checks.sessions(tmp_path)
    assert check.verdict == "fault"
    assert "permission denied" in check.finding


@pytest.mark.parametrize(
    ("free", "verdict"), [(80_000_000_000, "ok"), (100_000_000, "note"), (19_000_000, "fault")]
)
def test_room(tmp_path, monkeypatch, free, verdict):
    usage = type("Usage", (), {"free": free})
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage)
    assert checks.room(tmp_path / "not" / "there").verdict == verdict


def test_key(tmp_path):
    assert "the first recording makes it" in checks.address_key(tmp_path).finding
    (tmp_path / "address.key").write_bytes(bytes(32))
    assert checks.address_key(tmp_path).verdict == "ok"
    (tmp_path / "address.key").write_bytes(b"short")
    assert checks.address_key(tmp_path).verdict == "note"


def test_terminal(monkeypatch):
    assert checks.terminal().verdict == "ok"
    for stream in ("stdin", "stdout"):
        fake = type("Terminal", (), {"isatty": lambda _: True, "encoding": "UTF-8"})
        monkeypatch.setattr(f"sys.{stream}", fake())
    monkeypatch.setenv("TERM", "dumb")
    assert checks.terminal().verdict == "note"


def test_a_check_fits_a_narrow_terminal():
    check = Check("adapter", "fault", "none is known to Linux", "plug one in; or pass it through")
    assert lines(check, 40) == [
        "fault adapter   none is known to Linux",
        "                > plug one in; or pass",
        "                  it through",
    ]


@pytest.mark.parametrize(
    ("found", "exit_code"),
    [
        ([Check("scan", "ok", "works")], 0),
        ([Check("scan", "note", "works", "but")], 0),
        ([Check("scan", "fault", "off", "on", 3), Check("disk", "ok", "empty")], 3),
        ([Check("scan", "fault", "off", "on", 3), Check("disk", "fault", "full", "free")], 4),
    ],
)
def test_the_exit_code_is_that_of_the_worst_fault(monkeypatch, found, exit_code):
    monkeypatch.setattr(checks, "all_checks", lambda *_: found)
    result = CliRunner().invoke(main, ["doctor", "--json"])
    assert result.exit_code == exit_code
    told = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(one["name"], one["verdict"]) for one in told] == [(c.name, c.verdict) for c in found]
    assert len(CliRunner().invoke(main, ["doctor"]).stdout.splitlines()) >= len(found)


@pytest.mark.parametrize(("heard", "verdict"), [("works", "note"), ("", "fault")])
def test_where_a_scan_works_the_rest_of_bluetooth_is_no_fault(
    monkeypatch, tmp_path, heard, verdict
):
    scan = Check("scan", "ok", heard) if heard else Check("scan", "fault", "off", "on", 3)
    monkeypatch.setattr(checks, "scan", lambda _: scan)
    monkeypatch.setattr(checks, "adapter", lambda: Check("adapter", "fault", "none", "buy one", 3))
    monkeypatch.setattr("sys.platform", "linux")
    found = {check.name: check for check in checks.all_checks(tmp_path, None)}
    assert found["adapter"].verdict == verdict
    assert list(found)[:2] == ["program", "system"]
