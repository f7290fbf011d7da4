"""What all tests share: where recordings lie, and how hard hypothesis tries."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]

# fakes and rigs that tests in several folders use
sys.path[:0] = [str(ROOT / "tests" / folder) for folder in ("fakes", "radio")]

# whoever starts the tests may have told them to outlive a closed terminal (nohup) or Ctrl-C
# (in the background of a shell), which the program respects; the tests of both need the usual case
signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGHUP"):
    signal.signal(signal.SIGHUP, signal.SIG_DFL)

# no test may read or change what the person at this computer keeps: profile, sessions, journal, key
for _folder in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
    os.environ[_folder] = tempfile.mkdtemp(prefix="insole-tests-")

settings.register_profile("dev", max_examples=50, deadline=None)
settings.register_profile("ci", max_examples=100, deadline=None, derandomize=True)
settings.register_profile("nightly", max_examples=2000, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write fixtures/golden anew from what the program now says; see CONTRIBUTING.md",
    )


@pytest.fixture(scope="session")
def fixtures() -> Path:
    return ROOT / "fixtures"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Public recordings that are too large for the project; they lie beside the checkout."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("needs the public recordings in ../shared/data beside the checkout")
    return folder
