"""What an importer is, and what it returns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from insole.capabilities import Capabilities


@dataclass(frozen=True, slots=True)
class Imported:
    """The numbers of one imported file.

    Parameters
    ----------
    importer : str
        Name of the importer that read it.
    samples : mapping of role to SampleTable
        One table a side (``plate`` for one number of both feet); each has ``total_n`` or
        ``total_adc``; ``host_time_s`` is NaN, ``device_time_s`` the file's clock in s.
    sensors : mapping of role to SensorMap
        Which force columns lie where.
    capabilities : Capabilities
        What the file lets an estimator see.
    facts : mapping of str to str
        What the file says of itself, as written, and what was found on reading. Keys in use:
        ``file_name``, ``comment``, ``serial_left``, ``serial_right``, ``started_at_local`` and
        ``started_at_utc`` (ISO 8601; local time has no offset), ``total_<role>`` (how a total was
        made), ``not_read`` (columns left aside), ``clock`` (stamps and rows disagree),
        ``last_row`` (the file was cut), ``empty_<role>`` (a side without a number), and the
        vendor's own header words in lower case.
    """

    importer: str
    samples: Mapping[str, pd.DataFrame]
    sensors: Mapping[str, pd.DataFrame]
    capabilities: Capabilities
    facts: Mapping[str, str] = field(default_factory=dict)


class Importer(Protocol):
    """A reader of one vendor's file format: bytes in, tables out, no file and no clock."""

    @property
    def name(self) -> str:
        """The word for ``--format``."""

    def sniff(self, head: bytes) -> bool:
        """Return True if a file that begins with `head` (up to 64 KiB) is of this format."""

    def decode(self, payload: bytes, options: Mapping[str, str]) -> Imported:
        """Return the tables of a whole file; raise FormatError and nothing else.

        A last row that was cut off is left out and noted in the facts; a row cut in the middle
        of the file is an error.
        """
