"""Text tables."""

import pytest

from skaffect.report import markdown_table


def test_numbers_stand_right_and_text_left():
    lines = markdown_table(["name", "value"], [["x", 1234.5], ["long name", 2]]).splitlines()
    assert lines == [
        "| name      | value |",
        "| --------- | ----: |",
        "| x         |  1234 |",
        "| long name |     2 |",
    ]


def test_three_significant_digits_and_empty_cells():
    cells = markdown_table(["v"], [[0.123456], [12.3456], [999.7], [None]]).splitlines()[2:]
    assert [cell.strip("| ") for cell in cells] == ["0.123", "12.3", "1000", ""]


def test_all_lines_are_equally_wide():
    table = markdown_table(["a", "b"], [["x" * 30, 1.0], ["y", 100000.0]])
    assert len({len(line) for line in table.splitlines()}) == 1


def test_a_row_of_another_length_is_an_error():
    with pytest.raises((ValueError, IndexError)):
        markdown_table(["a", "b"], [["only one"]])
