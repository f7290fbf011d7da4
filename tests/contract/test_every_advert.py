"""Stored advertisements: each is recognised as what it is filed under, foreign ones as none."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insole.codec import Decoder
from insole.spec import Advertisement, list_specs, match_spec
from insole.spec.match import advertised

FOLDER = Path(__file__).resolve().parents[2] / "fixtures" / "adverts"
KEYS = {"source", "local_name", "services", "manufacturer_data", "service_data"}
FOREIGN = "ignore"
SPECS = list_specs()
KNOWN_SERVICES = {uuid for spec in SPECS for look in spec.match.looks for uuid in look.service}


@cache
def stored(name):
    file = FOLDER / f"{name}.json"
    if not file.is_file():
        pytest.fail(f"fixtures/adverts/{name}.json is missing; store an advertisement of {name}")
    return json.loads(file.read_text(encoding="utf-8"))


def stored_adverts():
    """Return every stored advertisement as a test case, with the spec it belongs to."""
    for file in sorted(FOLDER.glob("*.json")):
        for number, advert in enumerate(stored(file.stem)):
            yield pytest.param(file.stem, advert, id=f"{file.stem}-{number}")


every_advert = pytest.mark.parametrize(("name", "advert"), list(stored_adverts()))


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.id)
def test_every_spec_has_one(spec):
    assert stored(spec.id)


def test_every_file_belongs_to_a_spec():
    names = {file.stem for file in FOLDER.glob("*.json")}
    assert names - {spec.id for spec in SPECS} == {FOREIGN}


@every_advert
def test_it_is_recognised(name, advert):
    found = match_spec(Advertisement.from_json(advert), SPECS)
    assert (found.id if found else FOREIGN) == name


@every_advert
def test_it_says_where_it_comes_from_and_nothing_unknown(name, advert):
    assert advert["source"], f"an advertisement of {name} has no source"
    assert advert.keys() <= KEYS


@every_advert
def test_its_payload_decodes(name, advert):
    advertisement = Advertisement.from_json(advert)
    spec = match_spec(advertisement, SPECS)
    payload = advertised(advertisement, spec) if spec else None
    if payload:
        assert Decoder(spec).feed(*payload, 0), f"nothing comes out of an advertisement of {name}"


@given(
    st.builds(
        Advertisement,
        st.text(max_size=12),
        st.lists(st.uuids().map(str), max_size=3).map(tuple),
        st.dictionaries(st.integers(0, 0xFFFF), st.binary(max_size=24), max_size=2),
        st.dictionaries(st.uuids().map(str), st.binary(max_size=24), max_size=2),
    )
)
def test_random_ones_are_nobody(advertisement):
    assert match_spec(advertisement, SPECS) is None


@given(st.integers(0, 0xFFFF).map("0000{:04x}-0000-1000-8000-00805f9b34fb".format))
def test_services_that_no_spec_names_are_nobody(service):
    found = match_spec(Advertisement("Device", (service,)), SPECS)
    assert found is None or service in KNOWN_SERVICES
