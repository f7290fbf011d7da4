"""What a simulated device shows of itself: services from its spec, and bytes of advertisements."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insole.errors import LinkError
from insole.sim.profile import MAX_ADVERTISED, in_two, served, whole
from insole.spec import load_spec
from insole.spec.match import Advertisement

ASSIGNED = "-0000-1000-8000-00805f9b34fb"
VENDOR = "2ec10001-981c-40db-8d2b-23d243b13d8c"
VENDOR_BACKWARDS = "8c3db143d2232b8ddb401c980100c12e"


def table(name):
    """Return service → UUID → channels of a shipped device."""
    services = served(load_spec(name))
    return {
        service: {one.uuid: dict(one.channels) for one in characteristics}
        for service, characteristics in services.items()
    }


def test_characteristics_stand_in_the_service_that_is_announced():
    assert table("sim_insole") == {
        VENDOR: {
            "2ec10002-981c-40db-8d2b-23d243b13d8c": {"read": "info"},
            "2ec10003-981c-40db-8d2b-23d243b13d8c": {"notify": "frames"},
            "2ec10004-981c-40db-8d2b-23d243b13d8c": {"write": "command"},
        }
    }


def test_two_channels_of_one_characteristic_are_served_as_one():
    (characteristics,) = [
        found for service, found in table("orphe_insole").items() if not service.startswith("0000")
    ]
    assert characteristics["24354f22-1c46-430e-a4ab-a1eeabbcdfc0"] == {
        "read": "info",
        "write": "command",
    }


def test_service_is_that_of_the_spec_or_of_the_standard():
    assert table("entralpi") == {
        f"0000181d{ASSIGNED}": {f"0000fff1{ASSIGNED}": {"notify": "weight"}},
        f"0000180f{ASSIGNED}": {f"00002a19{ASSIGNED}": {"read": "battery"}},
    }
    assert set(table("sig_weight_scale")) == {f"0000181d{ASSIGNED}", f"0000181b{ASSIGNED}"}


def test_write_without_response_is_another_property():
    (characteristics,) = table("vernier_gdx_fp").values()
    assert {"write-without-response": "command"} in characteristics.values()


def test_device_that_only_advertises_serves_nothing():
    assert table("wh_c06") == {}


# Advertisements ---------------------------------------------------------------------------------


def test_advertisement_is_laid_out_as_the_standard_says():
    said = Advertisement(
        "AB", (f"0000181d{ASSIGNED}", VENDOR), {0x0100: b"\x05"}, {f"0000181b{ASSIGNED}": b"\x07"}
    )
    assert whole(said).hex(" ") == " ".join(
        [
            "02 01 06",
            "04 ff 00 01 05",
            "04 16 1b 18 07",
            "03 03 1d 18",
            "11 07 " + bytes.fromhex(VENDOR_BACKWARDS).hex(" "),
            "03 09 41 42",
        ]
    )


def test_name_moves_to_the_scan_response_when_the_advertisement_is_full():
    first, second = in_two(Advertisement("INSOLE-SIM-L", (VENDOR,)))
    assert first + second == whole(Advertisement("INSOLE-SIM-L", (VENDOR,)))
    assert second == b"\x0d\x09INSOLE-SIM-L"


def test_what_has_no_room_is_an_error_with_the_size():
    with pytest.raises(LinkError, match=r"would advertise 69 bytes"):
        in_two(Advertisement("a name that nobody would give a foot", (VENDOR,), {1: bytes(6)}))


@given(
    st.text(max_size=20),
    st.dictionaries(st.integers(0, 0xFFFF), st.binary(max_size=12), max_size=2),
)
def test_no_part_is_lost_or_too_long(name, companies):
    said = Advertisement(name, (f"0000181d{ASSIGNED}",), companies)
    try:
        parts = in_two(said)
    except LinkError:
        assert len(whole(said)) > MAX_ADVERTISED
        return
    assert all(len(part) <= MAX_ADVERTISED for part in parts)
    assert sorted(b"".join(parts)) == sorted(whole(said))
