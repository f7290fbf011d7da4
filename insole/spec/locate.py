"""Where spec files are: a folder of the user's first, then those that come with the package."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from insole.errors import SpecError
from insole.toml_table import suggestion

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

FOLDER = "firmware_specs"
SUFFIX = ".toml"


def find_spec(name_or_path: str | Path, folder: Path | None = None) -> Traversable:
    """Return the file of a spec given by name, or by a path (which ends in ``.toml``).

    Raises
    ------
    SpecError
        If there is no such file; the names that there are stand in the message.
    """
    if isinstance(name_or_path, Path) or name_or_path.endswith(SUFFIX):
        path = Path(name_or_path)
        if not path.is_file():
            raise SpecError(str(path), "", "is not there; give the path of a spec file")
        return path
    specs = find_specs(folder)
    if name_or_path not in specs:
        raise SpecError(name_or_path, "", f"is no known device; {suggestion(name_or_path, specs)}")
    return specs[name_or_path]


def find_specs(folder: Path | None = None) -> dict[str, Traversable]:
    """Return every spec file by name, in order; one in `folder` hides a shipped one of its name."""
    if folder is not None and not folder.is_dir():
        raise SpecError(str(folder), "", "is no folder; give the folder that holds spec files")
    found = _in_folder(_shipped()) | (_in_folder(folder) if folder else {})
    return dict(sorted(found.items()))


def _shipped() -> Traversable:
    """Return the package's own folder, or the checkout's when the package is installed editable.

    An editable install may leave a stale copy in site-packages; `insole` does not resolve there,
    so that copy is never seen.
    """
    package = files("insole") / FOLDER
    return package if package.is_dir() else Path(__file__).parents[2] / FOLDER


def _in_folder(folder: Traversable) -> dict[str, Traversable]:
    if not folder.is_dir():
        return {}
    return {
        file.name.removesuffix(SUFFIX): file
        for file in folder.iterdir()
        if file.name.endswith(SUFFIX) and file.is_file()
    }
