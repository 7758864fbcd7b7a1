"""Tables as text."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from numbers import Integral, Real
from typing import Any

_DECIMALS = 3
_TINY, _MOST_DECIMALS = 0.01, 6


class PValue(float):
    """A p-value, which is read with three decimals, or as being below 0.001."""


def markdown_table(headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Lay out a Markdown table that also reads well as plain text.

    Parameters
    ----------
    headers : sequence of str
        Titles of the columns.
    rows : iterable of sequence
        Text, numbers, or None for an empty cell. Numbers stand on the right; those of a
        column that are no integers have equally many decimals, as a rule three or fewer.

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
    for number, row in enumerate(rows):
        if len(row) != len(headers):
            raise ValueError(f"rows[{number}] has {len(row)} cells for {len(headers)} headers.")
    columns = [[row[i] for row in rows] for i in range(len(headers))]
    is_text = [any(isinstance(value, str) for value in column) for column in columns]
    cells = [list(headers), *zip(*map(column_texts, columns), strict=True)]
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


def column_texts(values: Sequence[Any]) -> list[str]:
    """Return a column as people read it: what is no integer has equally many decimals."""
    floats = [abs(value) for value in values if _is_float(value) and 0 < abs(value) < math.inf]
    n_decimals = _decimals(min(floats), max(floats)) if floats else _DECIMALS
    return [_text(value, n_decimals) for value in values]


def _decimals(smallest: float, largest: float) -> int:
    """Return three, as for shares; more where all are tiny, fewer where all are above 1."""
    if largest < _TINY:
        return min(2 - math.floor(math.log10(largest)), _MOST_DECIMALS)
    return _DECIMALS if smallest <= 1 else max(2 - math.floor(math.log10(smallest)), 0)


def _text(value: Any, n_decimals: int) -> str:
    if value is None:
        return ""
    if not _is_float(value):
        return str(value)
    if isinstance(value, PValue):
        return "< 0.001" if value < 0.001 else f"{value:.3f}"
    if 0 < abs(value) < 10**-n_decimals:
        return f"{value:.1g}"
    return f"{value + 0.0:.{n_decimals}f}"  # no minus before zero


def _is_float(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool | Integral)
