"""Who stands on the soles: asked once, kept in the user's configuration folder, in each session."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

from platformdirs import user_config_path

from insole.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SoreSide: TypeAlias = Literal["left", "right", "both", "none"]
Ground: TypeAlias = Literal["floor", "step"]

ATTACHMENT = "profile.json"
"""Name of the copy that a session carries."""

BODY_MASS_KG = (20.0, 300.0)
FOOT_LENGTH_MM = (150.0, 350.0)
SHOE_SIZE_EU = (25.0, 52.0)
"""What a person can be; outside of it a digit was mistyped (our choice)."""

_PARIS_POINT_MM = 20.0 / 3.0
_TOE_ROOM_MM = 15.0


@dataclass(frozen=True, slots=True)
class Profile:
    """What a session needs to know of a person; None where nobody said.

    Parameters
    ----------
    body_mass_kg : float or None
        Mass, kg.
    foot_length_mm : float or None
        Length of the foot, mm; heel height scales with it.
    sore_side : {"left", "right", "both", "none"} or None
        Which heel hurts.
    ground : {"floor", "step"} or None
        Whether the heels hang free over an edge while the exercise is done.
    """

    body_mass_kg: float | None = None
    foot_length_mm: float | None = None
    sore_side: SoreSide | None = None
    ground: Ground | None = None

    def to_json(self) -> str:
        """Return the text that `from_json` reads."""
        return json.dumps(asdict(self), indent=2) + "\n"


def from_json(text: str | bytes, path: str) -> Profile:
    """Return the profile that a text holds.

    Parameters
    ----------
    text : str or bytes
        A JSON object with the names of `Profile` as keys; one that is left out is not known.
    path : str
        Where it came from, for errors.

    Raises
    ------
    StoreError
        If it is something else; names the key and what is accepted.
    """
    try:
        stored = json.loads(text)
    except (ValueError, RecursionError):
        problem = "is no JSON; delete it and answer `insole setup` again"
        raise StoreError(path, problem) from None
    names = [field.name for field in fields(Profile)]
    if not isinstance(stored, dict) or set(stored) - set(names):
        problem = f"must be an object with the keys {', '.join(names)}; answer `insole setup` again"
        raise StoreError(path, problem)
    return Profile(
        _number(stored, "body_mass_kg", BODY_MASS_KG, path),
        _number(stored, "foot_length_mm", FOOT_LENGTH_MM, path),
        _word(stored, "sore_side", get_args(SoreSide), path),
        _word(stored, "ground", get_args(Ground), path),
    )


def load_profile(folder: Path | None = None) -> Profile | None:
    """Return the profile of this computer's user; None if `insole setup` was never answered.

    Parameters
    ----------
    folder : Path, optional
        Where it lies; by default the user's configuration folder.

    Raises
    ------
    StoreError
        If it cannot be read.
    """
    path = _place(folder)
    content = read_private(path)
    return None if content is None else from_json(content, str(path))


def save_profile(profile: Profile, folder: Path | None = None) -> Path:
    """Write a profile, whole or not at all; return where.

    Parameters
    ----------
    profile : Profile
        Replaces the one before.
    folder : Path, optional
        Where it shall lie; by default the user's configuration folder.

    Raises
    ------
    StoreError
        If it cannot be written; the one before is kept.
    """
    path = _place(folder)
    write_private(path, profile.to_json())
    return path


def config_folder(folder: Path | None = None) -> Path:
    """Return the folder given, or the user's configuration folder for this program.

    Parameters
    ----------
    folder : Path, optional
        Another one.
    """
    return folder or user_config_path("insole")


def read_private(path: Path) -> bytes | None:
    """Return what `write_private` wrote; None if there is no such file.

    Parameters
    ----------
    path : Path
        Its place.

    Raises
    ------
    StoreError
        If it cannot be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError(str(path), f"cannot be read: {error.strerror}; check its rights") from None


def write_private(path: Path, text: str) -> None:
    """Write a file that only the user may read, whole or not at all.

    Parameters
    ----------
    path : Path
        Its place; the folder is made if need be.
    text : str
        What it shall hold.

    Raises
    ------
    StoreError
        If it cannot be written; the one before is kept.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, text)
    except OSError as error:
        raise StoreError(
            str(path), f"cannot be written: {error.strerror}; check the rights of its folder"
        ) from None


def foot_length_of_shoe_mm(size_eu: float) -> float:
    """Return the length of the foot that a European shoe size is made for, mm.

    Parameters
    ----------
    size_eu : float
        European size, in Paris points.

    References
    ----------
    One Paris point is 2/3 cm of the last (ISO 19407). That the last is 15 mm longer than the foot
    is our choice: makers leave 10 to 20 mm.
    """
    return size_eu * _PARIS_POINT_MM - _TOE_ROOM_MM


def _place(folder: Path | None) -> Path:
    return config_folder(folder) / ATTACHMENT


def _replace(path: Path, text: str) -> None:
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    draft.touch(mode=0o600, exist_ok=False)  # health data: for the user alone
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _number(
    stored: Mapping[str, Any], name: str, limits: tuple[float, float], path: str
) -> float | None:
    value = stored.get(name)
    if value is None:
        return None
    low, high = limits
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not low <= value <= high:
        raise StoreError(path, f"{name} must be a number from {low:g} to {high:g}, not {value!r}")
    return float(value)


def _word(stored: Mapping[str, Any], name: str, accepted: tuple[str, ...], path: str) -> Any:
    value = stored.get(name)
    if value is not None and value not in accepted:
        raise StoreError(path, f"{name} must be one of {', '.join(accepted)}, not {value!r}")
    return value
