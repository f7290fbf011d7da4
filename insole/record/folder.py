"""Where sessions lie when nobody says where, and which one is the last."""

from __future__ import annotations

import os
from pathlib import Path

from insole.errors import StoreError

LAST = "last"
"""The word that stands for the session that was written last."""

FOLDER_VARIABLE = "INSOLE_SESSIONS"
"""Environment variable that names the sessions folder."""


def sessions_folder(folder: Path | None = None) -> Path:
    """Return the folder given, else the one the environment names, else one in the user's data.

    Parameters
    ----------
    folder : Path, optional
        Where sessions lie, if somebody says so.
    """
    if folder is not None:
        return folder
    if named := os.environ.get(FOLDER_VARIABLE):
        return Path(named)
    from platformdirs import user_data_path  # noqa: PLC0415 - only where no folder is given

    return user_data_path("insole", appauthor=False) / "sessions"


def find_session(name: str, folder: Path | None = None) -> Path:
    """Return the path that `name` says; for ``last``, the session that was written last.

    Parameters
    ----------
    name : str
        A path, or ``last``.
    folder : Path, optional
        Where sessions lie; see `sessions_folder`.

    Raises
    ------
    StoreError
        If there is no last one.
    """
    if name != LAST:
        return Path(name)
    place = sessions_folder(folder)
    sessions = sorted(place.glob("*.insole"), key=lambda path: (path.stat().st_mtime, path.name))
    if not sessions:
        problem = (
            "holds no session yet; record or import one, or name another folder "
            f"(--folder, or {FOLDER_VARIABLE})"
        )
        raise StoreError(str(place), problem)
    return sessions[-1]
