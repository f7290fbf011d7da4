"""The person's profile on the command line: asked, told, shown, refused."""

import click
import pytest
from click.testing import CliRunner

from insole import profile
from insole.cli import setup
from insole.errors import StoreError
from insole.profile import Profile


@pytest.fixture(autouse=True)
def config(tmp_path, monkeypatch):
    """A configuration folder of the test's own."""
    monkeypatch.setattr(profile, "user_config_path", lambda _: tmp_path)
    return tmp_path


def run(*words, typed=None):
    return CliRunner().invoke(setup.command, words, input=typed)


def test_options_are_kept_and_shown():
    result = run("--mass", "75", "--shoe", "42", "--sore-side", "left", "--ground", "floor")
    assert result.stdout.splitlines() == [
        "mass         75 kg",
        "foot length  265 mm",
        "sore side    left",
        "ground       floor",
    ]
    assert profile.load_profile() == Profile(75.0, 265.0, "left", "floor")


def test_one_option_changes_one_thing():
    run("--mass", "75", "--sore-side", "left")
    run("--mass", "74")
    assert profile.load_profile() == Profile(74.0, None, "left", None)


def test_show_changes_nothing():
    result = run("--show", "--mass", "75")
    assert "not known" in result.stdout
    assert profile.load_profile() is None


def test_answers_are_asked_for_at_a_terminal(monkeypatch):
    monkeypatch.setattr(setup, "sys", Terminal())
    result = run(typed="75\n42\nleft\n\n")
    assert result.exit_code == 0
    assert profile.load_profile() == Profile(75.0, 265.0, "left", "floor")
    again = run(typed="\n\nright\n\n")
    assert "[75.0]" in again.stderr
    assert profile.load_profile() == Profile(75.0, 265.0, "right", "floor")


def test_without_a_terminal_it_says_what_to_give():
    result = run()
    assert result.exit_code == 2
    assert "--mass, --shoe" in result.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--shoe", "9"], "between 25 and 52"),
        (["--shoe", "42", "--foot-length", "260"], "not both"),
        (["--sore-side", "arm"], "'left'"),
    ],
)
def test_an_option_that_cannot_be_is_a_usage_error(words, says):
    result = run(*words)
    assert result.exit_code == 2
    assert says in result.stderr
    assert profile.load_profile() is None


@pytest.mark.parametrize("mass", ["7.5", "750", "nan"])
def test_a_mass_that_nobody_has_is_refused_and_nothing_kept(mass):
    result = run("--mass", mass)
    assert isinstance(result.exception, StoreError)
    assert "from 20 to 300" in str(result.exception)
    assert profile.load_profile() is None


class Terminal:
    """Standard streams at which somebody sits."""

    stdin = stderr = type("Stream", (), {"isatty": staticmethod(lambda: True)})


def offered(typed, **options):
    @click.command()
    def first():
        click.echo(f"calibrate: {setup.offer_setup(**options)}")

    return CliRunner().invoke(first, [], input=typed)


def test_the_first_recording_asks_once(monkeypatch):
    monkeypatch.setattr(setup, "sys", Terminal())
    assert "Answer four questions now? [Y/n]" in offered("\n75\n42\nleft\n\n").stderr
    assert profile.load_profile() == Profile(75.0, 265.0, "left", "floor")
    assert offered("").output == "calibrate: False\n"


def test_whoever_does_not_want_to_say_is_not_asked_again(monkeypatch):
    monkeypatch.setattr(setup, "sys", Terminal())
    assert "`insole setup` asks at any time" in offered("n\n").stderr
    assert profile.load_profile() == Profile()
    assert offered("").output == "calibrate: False\n"


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [("\n75\n42\nleft\n\n\n", True), ("\n75\n42\nleft\n\nn\n", False), ("n\n", False)],
)
def test_whoever_answers_is_asked_once_whether_to_calibrate(monkeypatch, typed, wanted):
    monkeypatch.setattr(setup, "sys", Terminal())
    result = offered(typed, may_calibrate=True)
    assert result.stdout == f"calibrate: {wanted}\n"
    assert ("tells left from right" in result.stderr) == (typed != "n\n")
    assert offered("", may_calibrate=True).output == "calibrate: False\n"


def test_where_nobody_is_there_nothing_is_asked():
    assert offered("").output == "calibrate: False\n"
    assert profile.load_profile() is None
