"""Tables as text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from numbers import Integral
from typing import Any


def markdown_table(headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Lay out a Markdown table that also reads well as plain text.

    Parameters
    ----------
    headers : sequence of str
        Titles of the columns.
    rows : iterable of sequence
        Text, numbers, or None for an empty cell. Numbers stand on the right, with
        three significant digits unless they are integers.

    Returns
    -------
    table : str
        The table, without a final newline.

    Examples
    --------
    >>> from skaffect.report import markdown_table
    >>> print(markdown_table(["emotion", "recall"], [["angry", 0.72], ["sad", None]]))
    | emotion | recall |
    | ------- | -----: |
    | angry   |  0.720 |
    | sad     |        |
    """
    rows = [list(row) for row in rows]
    is_text = [any(isinstance(row[i], str) for row in rows) for i in range(len(headers))]
    cells = [list(headers), *([cell_text(value) for value in row] for row in rows)]
    widths = [max(3, *map(len, column)) for column in zip(*cells, strict=True)]
    lines = [
        " | ".join(
            cell.ljust(width) if text else cell.rjust(width)
            for cell, width, text in zip(row, widths, is_text, strict=True)
        )
        for row in cells
    ]
    rule = " | ".join(
        "-" * width if text else "-" * (width - 1) + ":"
        for width, text in zip(widths, is_text, strict=True)
    )
    return "\n".join(f"| {line} |" for line in (lines[0], rule, *lines[1:]))


def cell_text(value: Any) -> str:
    """Return a cell as people read it: numbers with three significant digits."""
    if value is None:
        return ""
    if isinstance(value, str | bool | Integral):
        return str(value)
    return f"{value:.0f}" if abs(value) >= 999.5 else f"{value:#.3g}".rstrip(".")
