"""The same device is the same on this computer, and nothing to anybody else."""

import pytest

from insole.errors import StoreError
from insole.record.address import address_hash

ADDRESS = "C0:FF:EE:00:11:22"


def test_is_the_same_each_time(tmp_path):
    first = address_hash(ADDRESS, tmp_path / "config")
    assert address_hash(ADDRESS.lower(), tmp_path / "config") == first
    assert address_hash("C0:FF:EE:00:11:23", tmp_path / "config") != first
    assert len(bytes.fromhex(first)) == 32


def test_is_another_on_another_computer(tmp_path):
    assert address_hash(ADDRESS, tmp_path / "a") != address_hash(ADDRESS, tmp_path / "b")


def test_the_key_is_for_the_user_alone(tmp_path):
    address_hash(ADDRESS, tmp_path)
    (key,) = tmp_path.iterdir()
    assert key.stat().st_mode & 0o777 == 0o600
    assert len(key.read_bytes()) == 32


def test_lies_in_the_users_own_folder(tmp_path, monkeypatch):
    monkeypatch.setattr("insole.record.address.user_config_path", lambda name: tmp_path / name)
    address_hash(ADDRESS)
    assert (tmp_path / "insole" / "address.key").exists()


def test_a_broken_key_is_never_used(tmp_path):
    (tmp_path / "address.key").write_bytes(b"short")
    with pytest.raises(StoreError, match="holds 5 bytes and is no key; delete it"):
        address_hash(ADDRESS, tmp_path)


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot be read or made"):
        address_hash(ADDRESS, tmp_path / "file" / "config")
