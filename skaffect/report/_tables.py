"""Tables as text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def markdown_table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Lay out a Markdown table that also reads well as plain text.

    Parameters
    ----------
    headers : sequence of str
        Titles of the columns.
    rows : iterable of sequence
        Cells, shown as ``str`` does; numbers stand on the right.

    Returns
    -------
    table : str
        The table without a final newline.

    Examples
    --------
    >>> from skaffect.report import markdown_table
    >>> print(markdown_table(["emotion", "recall"], [["angry", "0.72"], ["sad", "0.7"]]))
    | emotion | recall |
    | :------ | -----: |
    | angry   |   0.72 |
    | sad     |    0.7 |
    """
    body = [[str(cell) for cell in row] for row in rows]
    columns = list(zip(headers, *body, strict=True))
    widths = [max(3, *(len(cell) for cell in column)) for column in columns]
    right = [_is_numeric(column[1:]) for column in columns]
    rules = [
        "-" * (width - 1) + ":" if number else ":" + "-" * (width - 1)
        for width, number in zip(widths, right, strict=True)
    ]
    lines = [_pad(headers, widths, right), rules, *(_pad(row, widths, right) for row in body)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _is_numeric(cells: Iterable[str]) -> bool:
    """Tell a column of figures, where a dash or nothing may stand for none."""
    figures = [cell.split()[0].rstrip("%") for cell in cells if cell.strip() not in ("", "-")]
    return bool(figures) and all(_is_number(figure) for figure in figures)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _pad(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> list[str]:
    return [
        cell.rjust(width) if number else cell.ljust(width)
        for cell, width, number in zip(cells, widths, right, strict=True)
    ]
