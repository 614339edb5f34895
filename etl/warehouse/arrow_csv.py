"""Arrow tables as csv text for COPY and back: the only place that uses ``pyarrow.csv``.

Two faults of pyarrow 26 are kept off here; docs/known-faults.md tells of them.
"""

from __future__ import annotations

import io
from collections.abc import Mapping

import pyarrow as pa
import pyarrow.csv as pa_csv


def written_csv(table: pa.Table) -> bytes:
    """Return a table as csv without a header: texts quoted, a missing value as an empty field without quotes."""
    # Of a column of several chunks, one of them empty, the writer writes memory that nothing was put into.
    whole = table.combine_chunks()
    sink = io.BytesIO()
    pa_csv.write_csv(whole, sink, pa_csv.WriteOptions(include_header=False, quoting_style="needed"))
    return sink.getvalue()


def read_csv(data: bytes, kinds: Mapping[str, pa.DataType]) -> pa.Table:
    """Return csv text without a header as a table. kinds: its columns in order.

    An empty field without quotes is a missing value. Raises ValueError for a text with line breaks of Windows that is
    too long to be read as one block.
    """
    if not data:
        return pa.table({name: pa.array([], kind) for name, kind in kinds.items()})
    options = pa_csv.ReadOptions(column_names=list(kinds))
    if b"\r" in data:
        # Where a block ends between \r and \n of a quoted text, the reader drops the \n: the text is one block.
        if len(data) >= _LONGEST_BLOCK:
            raise ValueError(f"{len(data)} bytes with line breaks of Windows are too many to be read at once")
        options.block_size = len(data) + 1
    convert = pa_csv.ConvertOptions(
        column_types=dict(kinds), strings_can_be_null=True, quoted_strings_can_be_null=False, null_values=[""]
    )
    parse = pa_csv.ParseOptions(newlines_in_values=True)
    return pa_csv.read_csv(pa.BufferReader(data), options, parse, convert)


_LONGEST_BLOCK = 2**31 - 2
"""The reader counts the bytes of a block in 32 bits."""
