"""Whatever is typed: an exit code that the README explains, sentences, and never a traceback."""

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from insole.cli.main import main

ODD = [
    "", " ", "-", "--", "-1", "0", "nan", "inf", "1e309", "1:2:3:4", "99:99", "٣", "😀", "%s%n{0}",
    "\x1b[31mred", "a\udcffb", "a" * 5000, "../../..", "/", "/dev/null", "/dev/full", "last",
    "left", "demo", "../demo", "demo.toml", "nobody", "C0:00:00:00:00:0A", "sim_insole", "wh_c06",
    "x.insole", "no/such/folder/x.insole", "text.txt", "folder", "broken.toml", "broken.insole",
]  # fmt: skip
COMMANDS = {
    "demo": ["--seed", "-o"],
    "record": ["--simulate", "--seed", "--spec", "--speed", "--duration", "-o", "--note",
               "--device", "--left", "--side", "--exercise", "--spec-folder", "--folder"],
    "live": ["--simulate", "--seed", "--spec", "--duration", "--right", "--json"],
    "import": ["--format", "--columns", "--exercise", "-o", "--folder"],
    "edit": ["--list", "--remove", "--retime", "--relabel", "--add", "--undo", "--from", "--end",
             "--side", "--folder"],
    "report": ["--json", "--exercise", "--folder"],
    "plot": ["-o", "--exercise", "--folder"],
    "replay": ["-o", "--json", "--duration", "--folder"],
    "packets": ["--folder"],
    "simulate": ["--spec", "--people", "--seed", "--role", "-o", "--transport", "--speed"],
    "programme show": ["--folder"],
    "programme check": ["--help"],
    "programme use": ["--folder"],
    "programme set": ["--side", "--folder"],
    "programme confirm": ["--folder"],
    "today": ["--folder"],
    "tick": ["--side", "--sets", "--folder"],
    "timer": ["--side", "--duration", "--folder"],
    "pain": ["--when", "--side", "--folder"],
    "history": ["--since", "--side", "--exercise", "--plot", "-o", "--folder"],
    "spec list": ["--json", "--spec-folder"],
    "spec show": ["--map", "--side", "--json", "--spec-folder"],
    "spec check": ["--json", "--spec-folder"],
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a few odd files in it."""
    place = tmp_path_factory.mktemp("nasty")
    (place / "folder").mkdir()
    (place / "text.txt").write_text("to be or not to be\n")
    (place / "broken.toml").write_text("schema = ")
    (place / "broken.insole").write_bytes(b"SQLite format 3\0" + bytes(500))
    return place


@pytest.fixture(autouse=True)
def home(folder, monkeypatch):
    """Work there; without Bluetooth, and without time for simulated people."""

    async def found(wanted, *, folder=None, **_):
        from insole.errors import LinkError
        from insole.spec import list_specs

        wanted.wishes(list_specs(folder))
        raise LinkError("radio", "there is none; plug one in")

    monkeypatch.chdir(folder)
    monkeypatch.setenv("INSOLE_SESSIONS", str(folder / "sessions"))
    monkeypatch.setattr("insole.recording.radio.found", found)
    monkeypatch.setattr("insole.sim.link.SimLink.items", (), raising=False)


def check(words):
    result = CliRunner().invoke(main, words)
    assert result.exit_code in {0, 2, 3, 4}, (words, result.stderr)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert "Traceback" not in result.output
    assert "\x1b" not in result.output
    if result.exit_code in {3, 4} and words[:1] != ["spec"]:
        assert result.stderr.startswith("insole: ")
        assert max(map(len, result.stderr.splitlines())) < 7000


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_an_odd_word_alone(command, odd):
    if (command, odd) not in {("simulate", "demo"), ("demo", "--")}:  # right, and takes a while
        check([*command.split(), odd])


words = st.sampled_from(list(COMMANDS)).flatmap(
    lambda command: st.tuples(
        st.just(command.split()),
        st.lists(
            st.tuples(st.sampled_from(COMMANDS[command]), st.sampled_from(ODD)), max_size=3
        ).map(lambda pairs: [word for pair in pairs for word in pair]),
        st.lists(st.sampled_from(ODD), max_size=1),
    )
)


def too_long(command, options):
    """Leave out what is right and takes seconds."""
    return command in (["demo"], ["simulate"]) or "--simulate" in options


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words)
def test_odd_words_together(parts):
    command, options, rest = parts
    if not too_long(command, options):
        check([*command, *options, *rest])


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(words)
def test_odd_words_together_with_those_that_take_long(parts):
    command, options, rest = parts
    check([*command, *options, *rest])
