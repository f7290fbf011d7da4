"""A table as Parquet, with unit and meaning of each column in its schema."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from insole.errors import MissingExtraError
from insole.export.column import explained

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from insole.export.table import Table


def parquet(tables: Sequence[Table]) -> Iterator[bytes]:
    """Yield one table as a Parquet file.

    Parameters
    ----------
    tables : sequence of Table
        The one.

    Raises
    ------
    MissingExtraError
        If pyarrow is not installed.
    """
    try:
        import pyarrow as pa  # type: ignore[import-untyped]  # noqa: PLC0415 - an extra; heavy
        from pyarrow import parquet as writer  # noqa: PLC0415 - likewise
    except ImportError as error:
        raise MissingExtraError("Parquet", "parquet") from error
    (table,) = tables
    plain = pa.Table.from_pandas(table.frame, preserve_index=False)
    fields = [
        plain.schema.field(column).with_metadata({"unit": unit, "meaning": meaning})
        for _, column, unit, meaning in explained(table.name, table.frame)
    ]
    schema = pa.schema(fields, metadata=plain.schema.metadata)
    written = BytesIO()
    writer.write_table(plain.cast(schema), written)
    yield written.getvalue()
