"""Pages in a real browser: valid, accessible, asking nobody for anything, no wider than a phone."""

import os
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from example_report import report

import insole
from insole.cli.history import plain
from insole.cli.visit import visit_page
from insole.history.trend import NO_ROW
from insole.plot.page import report_pictures
from insole.programme.model import Ratings
from insole.report import html

ROOT = Path(__file__).resolve().parents[2]
CHECK = Path(__file__).with_name("check.js")
SESSION = ROOT / "fixtures" / "sessions" / "demo.insole"
NASTY = (
    "<script>alert(1)</script> </style></svg> \" ' \N{RIGHT-TO-LEFT OVERRIDE}abc "
    "\N{ARABIC LETTER BEH}\N{ARABIC LETTER TEH} \N{HOT BEVERAGE}\x00 " + 10_000 * "x"
)

pytestmark = pytest.mark.slow


def missing():
    """Return what the check lacks here; "" if nothing."""
    if shutil.which("node") is None:
        return "no node; install Node.js"
    if shutil.which("chromium") is None and "CHROMIUM" not in os.environ:
        return "no chromium; apt-get install chromium, or name a browser in CHROMIUM"
    found = subprocess.run(
        ["node", "-e", "require('axe-core');require('html-validate');require('puppeteer-core')"],
        cwd=CHECK.parent, capture_output=True, check=False,
    )  # fmt: skip
    return "" if found.returncode == 0 else "no axe-core; npm install --prefix tests/web"


def checked(*pages):
    if reason := missing():
        pytest.skip(reason)
    run = subprocess.run(
        ["node", CHECK, *pages], capture_output=True, text=True, timeout=300, check=False
    )
    return run.returncode, run.stdout


def test_pages_of_sessions_and_history_are_clean_whatever_was_typed(tmp_path):
    session = insole.load(SESSION)
    shown = session.report()
    hostile = replace(
        report(),
        session=replace(report().session, note=NASTY, devices={"left": {"name": NASTY}}),
        programme={"decision": [{"side": "left", "reason": NASTY, "evidence": [NASTY]}]},
    )
    history = html.history_page(
        "a to b", person=NASTY, tables=[(NASTY[:99], ("day", "s"), [(NASTY, 1)])]
    )
    rows = [
        replace(NO_ROW, started_at=datetime(2026, 3, day, 7, tzinfo=UTC), session=f"{day}",
                exercise="isometric_hold", variant="double", side="both", sets=1, rounds=3,
                hold_s=30.0 + day, left_share=0.5, left=Ratings(before=1, worst=3))
        for day in range(1, 20)
    ]  # fmt: skip
    pages = {
        "visit": visit_page(rows, list(map(plain, rows)), [("holds", rows)], ["held 31 → 49 s"]),
        "session": html.page(shown, report_pictures(session)),
        "hostile": html.page(hostile),
        "history": history,
    }
    for name, page in pages.items():
        (tmp_path / f"{name}.html").write_text(page, encoding="utf-8")
    code, told = checked(*(tmp_path / f"{name}.html" for name in pages))
    assert code == 0, told
    assert "4 pages, 0 faults" in told


def test_the_check_sees_faults(tmp_path):
    page = tmp_path / "bad.html"
    page.write_text(
        "<!DOCTYPE html><html><body><img src='http://127.0.0.1:9999/x.png'>"
        "<p style='color:#999;width:900px'>pale<div>x</p><script>alert(1)</script></body></html>",
        encoding="utf-8",
    )
    code, told = checked(page)
    assert code == 1
    for fault in ("not valid", "asks for", "a script ran", "wider", "color-contrast", "image-alt"):
        assert fault in told
