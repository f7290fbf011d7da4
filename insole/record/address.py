"""Device addresses as keyed hashes: recognised on this computer, meaningless anywhere else."""

from __future__ import annotations

import hmac
import os
import secrets
from typing import TYPE_CHECKING

from platformdirs import user_config_path

from insole.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path

_KEY_LENGTH = 32


def address_hash(address: str, folder: Path | None = None) -> str:
    """Return the HMAC-SHA256 of a device address, 64 hex digits.

    Parameters
    ----------
    address : str
        Bluetooth address, or what the system gives in its place; upper and lower case are one.
    folder : Path, optional
        Where the key lies, 32 random bytes made on first use; by default the user's own
        configuration folder.

    Raises
    ------
    StoreError
        If the key cannot be read or made, or is no key.
    """
    key = _key((folder or user_config_path("insole")) / "address.key")
    return hmac.digest(key, address.strip().upper().encode(), "sha256").hex()


def _key(path: Path) -> bytes:
    try:
        key = path.read_bytes() if path.exists() else _make_key(path)
    except OSError as error:
        raise StoreError(
            str(path), f"cannot be read or made: {error.strerror}; check the rights of its folder"
        ) from None
    if len(key) != _KEY_LENGTH:
        raise StoreError(
            str(path),
            f"holds {len(key)} bytes and is no key; delete it, and a new one is made "
            "(devices in older sessions are then not recognised)",
        )
    return key


def _make_key(path: Path) -> bytes:
    """Write a new key that only the user can read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    key = secrets.token_bytes(_KEY_LENGTH)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    draft.touch(mode=0o600, exist_ok=False)
    try:
        draft.write_bytes(key)
        os.link(draft, path)  # fails if somebody else was faster, and never replaces
    except FileExistsError:
        return path.read_bytes()
    finally:
        draft.unlink()
    return key
