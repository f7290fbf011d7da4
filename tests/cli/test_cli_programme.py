"""Programmes on the command line: shown in words, checked with a sentence."""

import pytest
from click.testing import CliRunner

from insole.cli.programme import command
from insole.errors import SpecError


def test_the_shipped_programme_is_shown_in_words():
    text = CliRunner().invoke(command, ["show"]).stdout
    assert "3 × 30 s → 5 × 30 s → 3 × 45 s → 5 × 45 s, then hold_single or raise_double" in text
    assert "below 6 of 10" in text
    assert max(map(len, text.splitlines())) <= 100


def test_a_sound_programme_is_checked_in_silence():
    result = CliRunner().invoke(command, ["check"])
    assert (result.exit_code, result.output) == (0, "")


@pytest.mark.parametrize("verb", ["show", "check"])
def test_a_fault_is_named(verb, tmp_path):
    mine = tmp_path / "mine.toml"
    mine.write_text('schema = 1\nid = "mine"\n')
    result = CliRunner().invoke(command, [verb, str(mine)])
    assert isinstance(result.exception, SpecError)
    assert "title: is missing" in str(result.exception)
