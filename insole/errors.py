"""Every error the package raises on purpose.

::

    InsoleError
     ├── SpecError(path, key, problem)                 a device file that cannot be used
     ├── DecodeError(spec, channel, payload, problem)  the only error that packets can cause
     ├── FormatError(importer, line, problem)          the only error that imported files can cause
     ├── LinkError(role, problem)                      a device that cannot be reached or was lost
     ├── StoreError(path, problem)                     a session file that cannot be read or written
     ├── AlignError(problem)                           clocks that do not agree, or nothing to align
     ├── TableError(table, column, problem)            a table without the columns it promises
     └── MissingExtraError(purpose, extra)             an optional package that is not installed

An error carries its facts as attributes; its text is one sentence that says what is wrong, where,
and what to do next. ``problem`` is that sentence without the place. The classes that stem from bad
input are also ``ValueError``, so that a caller may treat them as such.
"""

from __future__ import annotations

from typing import Any


class InsoleError(Exception):
    """The root: catching it catches all that the package raises on purpose."""

    exit_code = 4
    """What the command line returns: 2 for usage, 3 for a device, 4 for data."""


class SpecError(InsoleError, ValueError):
    """A device file (or a column map) is wrong; names the file, the key and what is accepted."""

    def __init__(self, path: str, key: str, problem: str) -> None:
        self.path, self.key, self.problem = path, key, problem
        place = f"{path}: {key}" if key else path
        super().__init__(f"{place}: {problem}")


class DecodeError(InsoleError, ValueError):
    """A payload does not fit the layout that its spec states.

    ``frames`` are the messages in it that are whole all the same; none if it holds but one.
    """

    def __init__(
        self, spec: str, channel: str, payload: bytes, problem: str, frames: tuple[Any, ...] = ()
    ) -> None:
        self.spec, self.channel, self.payload, self.problem = spec, channel, payload, problem
        self.frames = frames
        super().__init__(f"{spec}, channel {channel}, {len(payload)} bytes: {problem}")


class FormatError(InsoleError, ValueError):
    """An imported file is not what it should be; ``line`` is 1-based, 0 for the whole file."""

    def __init__(self, importer: str, line: int, problem: str) -> None:
        self.importer, self.line, self.problem = importer, line, problem
        place = f"{importer}, line {line}" if line else importer
        super().__init__(f"{place}: {problem}")


class LinkError(InsoleError):
    """A device cannot be reached, or stopped answering."""

    exit_code = 3

    def __init__(self, role: str, problem: str) -> None:
        self.role, self.problem = role, problem
        super().__init__(f"{role}: {problem}")


class StoreError(InsoleError):
    """A session file cannot be read or written."""

    def __init__(self, path: str, problem: str) -> None:
        self.path, self.problem = path, problem
        super().__init__(f"{path}: {problem}")


class AlignError(InsoleError):
    """The samples of a session cannot be brought onto one clock."""

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(problem)


class TableError(InsoleError, ValueError):
    """A table lacks a column, or a column breaks its promise."""

    def __init__(self, table: str, column: str, problem: str) -> None:
        self.table, self.column, self.problem = table, column, problem
        super().__init__(f"{table}, column {column}: {problem}")


class MissingExtraError(InsoleError):
    """Something needs a package that only an extra of the installation brings."""

    exit_code = 2

    def __init__(self, purpose: str, extra: str) -> None:
        self.purpose, self.extra = purpose, extra
        way = f'pip install "insole[{extra}]"'
        super().__init__(f"{purpose} needs an extra package; install it with: {way}")
