"""One list of keys: the loader's, the schema's, and the one that the README explains."""

from __future__ import annotations

import copy
import json
import re
import tomllib
from pathlib import Path

import jsonschema
import pytest

from insole.errors import SpecError
from insole.spec import list_specs, parse
from insole.spec.language import KEYS, schema, schema_text
from insole.spec.load import read

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "firmware_specs" / "README.md").read_text(encoding="utf-8")
EVERY = (ROOT / "tests" / "codec" / "every_feature.toml").read_text()
ODD = (ROOT / "tests" / "codec" / "odd_plate.toml").read_text()
SHIPPED = [pytest.param(spec.toml, id=spec.id) for spec in list_specs()]
VALIDATOR = jsonschema.Draft202012Validator(schema())


def test_the_schema_beside_the_specs_is_the_one_of_the_loader():
    file = ROOT / "firmware_specs" / "spec.schema.json"
    assert file.read_text(encoding="utf-8") == schema_text(), (
        "write it anew: insole spec schema > firmware_specs/spec.schema.json"
    )


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(json.loads(schema_text()))


@pytest.mark.parametrize("toml", [EVERY, ODD, *SHIPPED])
def test_specs_are_valid(toml):
    VALIDATOR.validate(plain(tomllib.loads(toml)))


@pytest.mark.parametrize("table", KEYS)
def test_the_readme_explains_every_key(table):
    said = {key: rf"(`|\[|\{{ ?|, |\.){key}(`|\]| =|,)" for key in KEYS[table]}
    missing = [key for key, pattern in said.items() if not re.search(pattern, README)]
    assert not missing, f"firmware_specs/README.md says nothing of {missing} in {table}"


def plain(values):
    """Return TOML values as JSON has them: NaN is a number to both, but not to the json module."""
    return json.loads(json.dumps(values))


def tables_in(values, definition):
    """Yield every table of a spec that the schema knows, with its name there."""
    yield definition, values
    for key, value in values.items():
        yield from tables_under(value, KEYS[definition].get(key, {}))


def tables_under(value, rule):
    for choice in rule.get("anyOf", [rule]):
        name = choice.get("$ref", "").rpartition("/")[2]
        if name and isinstance(value, dict):
            yield from tables_in(value, name)
        elif "items" in choice and isinstance(value, list):
            for one in value:
                yield from tables_under(one, choice["items"])
        elif isinstance(choice.get("additionalProperties"), dict) and isinstance(value, dict):
            for one in value.values():
                yield from tables_under(one, choice["additionalProperties"])


def test_every_table_of_the_language_is_tried():
    tried = {name for text in (EVERY, ODD) for name, _ in tables_in(tomllib.loads(text), "top")}
    assert tried == set(KEYS) - {"sensor"}


@pytest.mark.parametrize("text", [EVERY, ODD], ids=["every_feature", "odd_plate"])
def test_a_key_that_the_language_does_not_have_is_refused_by_both(text, monkeypatch):
    values = tomllib.loads(text)
    for place in range(len(list(tables_in(values, "top")))):
        spoilt = copy.deepcopy(values)
        _, table = list(tables_in(spoilt, "top"))[place]
        table["no_such_key"] = 1
        assert not VALIDATOR.is_valid(plain(spoilt))
        monkeypatch.setattr("insole.spec.load.tomllib.loads", lambda _, spoilt=spoilt: spoilt)
        with pytest.raises(SpecError, match="no_such_key"):
            read(text)


@pytest.mark.parametrize("text", [EVERY, ODD], ids=["every_feature", "odd_plate"])
def test_a_key_that_a_table_cannot_do_without_is_missed_by_both(text, monkeypatch):
    values = tomllib.loads(text)
    for place, (name, table) in enumerate(tables_in(values, "top")):
        required = schema()["$defs"].get(name, schema())["required"]
        for key in required:
            spoilt = copy.deepcopy(values)
            del list(tables_in(spoilt, "top"))[place][1][key]
            assert not VALIDATOR.is_valid(plain(spoilt)), (name, key)
            monkeypatch.setattr("insole.spec.load.tomllib.loads", lambda _, spoilt=spoilt: spoilt)
            with pytest.raises(SpecError):
                parse(text)
        assert set(required) <= set(table)
