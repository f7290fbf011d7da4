"""Text tables: line ends, encodings, cut rows, and that every refusal names its line."""

from __future__ import annotations

import time

import numpy as np
import pytest

from insole.errors import FormatError
from insole.importers.text import WHITESPACE, first_lines, read_rows, unify


def read(payload: bytes, columns=(0, 1), delimiter=",", skip_lines=0):
    text = unify(payload, "test")
    return read_rows(text, "test", skip_lines=skip_lines, delimiter=delimiter, columns=columns)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_do_not_matter(end):
    rows = read(end.join(["1,2", "3,4", ""]).encode())
    assert rows.values.tolist() == [[1, 2], [3, 4]]


def test_mixed_line_ends_and_blank_lines():
    rows = read(b"1,2\r\n3,4\r\r\n5,6\n\n7,8\r")
    assert rows.values.tolist() == [[1, 2], [3, 4], [5, 6], [7, 8]]
    assert rows.lines.tolist() == [1, 2, 4, 6]


def test_columns_come_in_the_order_asked_also_twice():
    assert read(b"1,2,3\n", (2, 0, 2)).values.tolist() == [[3, 1, 3]]


def test_whitespace_of_any_width():
    rows = read(b"  1\t 2 \n \t\n3   4\n", delimiter=WHITESPACE)
    assert rows.values.tolist() == [[1, 2], [3, 4]]
    assert rows.lines.tolist() == [1, 3]


def test_missing_cells_and_magnitudes_beyond_any_sensor_are_nan():
    rows = read(b"1,\n-,2\nnan,inf\n-1e300,3\n", (0, 1))
    nan = float("nan")
    np.testing.assert_equal(rows.values, [[1, nan], [nan, 2], [nan, nan], [nan, 3]])


@pytest.mark.parametrize(
    ("payload", "values", "cut"),
    [
        (b"1,2\n3,4\n", [[1, 2], [3, 4]], False),
        (b"1,2\n3,4", [[1, 2]], True),
        (b"1,2\n3,", [[1, 2]], True),
        (b"1,2\n3", [[1, 2]], True),
        (b"1,2\n3\n", [[1, 2]], True),
        (b"1,2\n", [[1, 2]], False),
    ],
)
def test_a_last_row_that_may_be_cut_is_left_out(payload, values, cut):
    rows = read(payload)
    assert rows.values.tolist() == values
    assert rows.cut is cut


@pytest.mark.parametrize(
    ("payload", "line", "problem"),
    [
        (b"", 0, "is empty"),
        (b"\xff\xfe1\0", 0, "UTF-16"),
        (b"1,2\n3,\0\n", 2, "zero bytes"),
        (b"1,2", 1, "cut within its only row"),
        (b"1\n2\n", 1, "has 1 cells, but column 2 is needed"),
        (b"1,2\n3,4,5\n6,7\n", 2, "has 3 cells, the rows before have 2"),
        (b"1,2\n\n3,x\n", 3, "'x' in column 2 is no number"),
        (b"1;2\n1;0,5\n", 2, "'0,5' in column 2 is no number; export it with decimal points"),
        (b"1,2\n3,True\n", 2, "'True' in column 2 is no number"),
        (b"1,2\n3,0x1F\n", 2, "'0x1F' in column 2 is no number"),
        (b"1,2\n3,\xb2\n", 2, "in column 2 is no number"),
        (b"1," * 5000 + b"1\n", 1, "the line ends seem to be lost"),
    ],
)
def test_a_refusal_names_its_line(payload, line, problem):
    with pytest.raises(FormatError, match=problem) as caught:
        read(payload, delimiter=";" if b";" in payload else ",")
    assert caught.value.line == line


def test_a_single_line_of_ten_megabytes_is_refused_quickly():
    payload = b"0.000\t" * 1_700_000
    begin = time.process_time()
    with pytest.raises(FormatError, match="line ends seem to be lost"):
        read(payload, delimiter="\t")
    assert time.process_time() - begin < 2.0


def test_lines_beyond_the_end_leave_no_row():
    with pytest.raises(FormatError, match="has no row of numbers"):
        read(b"1,2\n", skip_lines=5)


def test_header_lines_in_either_encoding():
    assert first_lines("é\n²".encode() + b"\n\xb2\nz", 3) == ["é", "²", "²"]
