"""Text tables."""

import math

import pytest

from skaffect.report import markdown_table
from skaffect.report._tables import PValue, column_texts


def test_numbers_stand_right_and_text_left():
    lines = markdown_table(["name", "value"], [["x", 1234.5], ["long name", 2]]).splitlines()
    assert lines == [
        "| name      | value |",
        "| --------- | ----: |",
        "| x         |  1234 |",
        "| long name |     2 |",
    ]


@pytest.mark.parametrize(
    ("column", "texts"),
    [
        ([0.123456, 1.0, 0.0, None], ["0.123", "1.000", "0.000", ""]),
        ([0.0748, 0.0, -0.002], ["0.075", "0.000", "-0.002"]),
        ([1.0, 0.0], ["1.000", "0.000"]),
        ([2.0, 1.06], ["2.00", "1.06"]),
        ([37.44, 104.0], ["37.4", "104.0"]),
        ([0.87, 345.0, 2], ["0.870", "345.000", "2"]),
        ([1234.5, 2], ["1234", "2"]),
        ([999.7], ["1000"]),
        ([0.00123, 0.0004], ["0.00123", "0.00040"]),
        ([0.5, 0.0004, -1e-17, -0.0], ["0.500", "0.0004", "-1e-17", "0.000"]),
        ([0.0, 0.0], ["0.000", "0.000"]),
        ([0.0, 4.53e-17], ["0.000000", "5e-17"]),
        ([0.0005, 0.00049975, 0.0123], ["0.0005", "0.0005", "0.012"]),
        ([0.5, math.nan, math.inf], ["0.500", "nan", "inf"]),
        ([0.5, "x", True], ["0.500", "x", "True"]),
    ],
)
def test_numbers_of_a_column_have_equally_many_decimals(column, texts):
    cells = markdown_table(["v"], [[value] for value in column]).splitlines()[2:]
    assert [cell.strip("| ") for cell in cells] == texts


def test_p_values_are_read_with_three_decimals():
    values = [PValue(p) for p in (0.0004997501249375312, 0.001, 0.0625, 1.0)]
    assert column_texts(values) == ["< 0.001", "0.001", "0.062", "1.000"]


def test_all_lines_are_equally_wide():
    table = markdown_table(["a", "b"], [["x" * 30, 1.0], ["y", 100000.0]])
    assert len({len(line) for line in table.splitlines()}) == 1


def test_a_row_of_another_length_is_an_error():
    with pytest.raises(ValueError, match=r"rows\[1\] has 1 cells for 2 headers"):
        markdown_table(["a", "b"], [["one", "two"], ["only one"]])
    with pytest.raises(ValueError, match=r"rows\[0\] has 3 cells for 2 headers"):
        markdown_table(["a", "b"], [[1, 2, 3]])
