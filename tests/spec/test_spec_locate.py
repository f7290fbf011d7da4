"""Specs are found by name or path, in the user's folder before the package's."""

from __future__ import annotations

from pathlib import Path

import pytest

from insole.errors import SpecError
from insole.spec import list_specs, load_spec
from insole.spec.locate import find_spec, find_specs

EXAMPLE = Path(__file__).with_name("example_insole.toml")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "example_insole.toml").write_text(EXAMPLE.read_text())
    (tmp_path / "README.md").write_text("no spec")
    (tmp_path / "folder.toml").mkdir()
    return tmp_path


def test_by_name_and_by_path(folder):
    assert load_spec("example_insole", folder).path == str(folder / "example_insole.toml")
    assert load_spec(folder / "example_insole.toml").id == "example_insole"
    assert load_spec(str(folder / "example_insole.toml")).id == "example_insole"


def test_shipped_specs_are_found_from_any_working_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert load_spec("sim_insole").id == "sim_insole"


def test_a_folder_adds_to_the_shipped_ones_in_order_of_name(folder):
    names = [spec.id for spec in list_specs(folder)]
    assert names == sorted({"example_insole", *names})
    assert set(find_specs(folder)) == {"example_insole", *find_specs()}


def test_a_folder_hides_a_shipped_spec_of_the_same_name(folder):
    (folder / "sim_insole.toml").write_text(EXAMPLE.read_text())
    assert load_spec("sim_insole", folder).id == "example_insole"
    assert load_spec("sim_insole").id == "sim_insole"


def test_unknown_name_lists_the_known_ones():
    with pytest.raises(SpecError, match=r"did you mean sim_insole\? accepted: .*sim_insole"):
        find_spec("sim_insoles")


def test_missing_file_and_missing_folder(tmp_path):
    with pytest.raises(SpecError, match="is not there"):
        load_spec(tmp_path / "x.toml")
    with pytest.raises(SpecError, match="is no folder"):
        list_specs(tmp_path / "nowhere")


def test_a_file_that_is_no_text(tmp_path):
    (tmp_path / "x.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(SpecError, match="is not UTF-8"):
        load_spec(tmp_path / "x.toml")
