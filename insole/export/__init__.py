"""The tables of a session for other programs: CSV, JSON lines, Parquet, XDF.

A format gives pieces of bytes, one after the other, so that hours need no more memory than a
minute; whoever asks writes them to a file.
"""

from insole.export.formats import FORMATS, Format
from insole.export.table import TABLES, Table, tables

__all__ = ["FORMATS", "TABLES", "Format", "Table", "tables"]
