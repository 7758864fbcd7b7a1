"""A table as a report shows it, and as CSV and JSON."""

from __future__ import annotations

import base64
import csv
import io
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from numbers import Integral, Real
from typing import Any, NamedTuple

import numpy as np

from skaffect.report._tables import PValue, column_texts

_LONGEST_NAME = 40


class Cell(NamedTuple):
    """A value, and how it is read: empty where there is none."""

    value: str | int | float | bool | None
    text: str
    is_number: bool


class Table:
    """Rows under headers, all values plain.

    Parameters
    ----------
    given : sequence of mappings, or pandas.DataFrame
        The rows; headers are their keys in the order in which they first come.
    caption : str
        What the table shows.
    """

    def __init__(self, given: Any, caption: str) -> None:
        rows = _rows(given)
        self.caption = caption
        self.headers = list(dict.fromkeys(header for row in rows for header in row))
        self.rows = [[_plain(row.get(header)) for header in self.headers] for row in rows]
        # A column is one of numbers if it holds nothing else.
        self.are_numbers = [
            all(value is None or _is_number(value) for value in column)
            for column in zip(*self.rows, strict=True)
        ]

    def cells(self) -> Iterator[list[Cell]]:
        """Yield the cells of each row."""
        texts = [_texts(column) for column in zip(*self.rows, strict=True)]
        for row, said in zip(self.rows, zip(*texts, strict=True), strict=True):
            yield [
                Cell(value, text, _is_number(value)) for value, text in zip(row, said, strict=True)
            ]

    def file_name(self, number: int) -> str:
        """Return a name for its files without a suffix, such as ``01-uar``."""
        words = re.sub(r"[^a-z0-9]+", "-", self.caption.lower())[:_LONGEST_NAME].strip("-")
        return f"{number:02d}-{words or 'table'}"

    def csv(self) -> str:
        """Return the table as CSV, numbers with all their digits."""
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerows([self.headers, *self.rows])
        return stream.getvalue()

    def json(self) -> str:
        """Return the table as JSON: its caption, and an object for each row."""
        rows = [dict(zip(self.headers, row, strict=True)) for row in self.rows]
        content = {"caption": self.caption, "rows": rows}
        return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"

    def uri(self, kind: str) -> str:
        """Return the table as a data URI, ``"csv"`` or ``"json"``."""
        text, medium = {
            "csv": (self.csv, "text/csv"),
            "json": (self.json, "application/json"),
        }[kind]
        return data_uri(text().encode("utf-8", "surrogateescape"), f"{medium};charset=utf-8")


def data_uri(content: bytes, medium: str) -> str:
    """Return what a page holds instead of the address of a file."""
    return f"data:{medium};base64,{base64.b64encode(content).decode('ascii')}"


def _rows(given: Any) -> list[Mapping[str, Any]]:
    if hasattr(given, "to_dict") and hasattr(given, "columns"):
        if not given.columns.is_unique:
            raise ValueError(f"table has columns of one name: {list(given.columns)}.")
        given = given.to_dict("records")
    if (
        not isinstance(given, Sequence)
        or isinstance(given, str)
        or not all(isinstance(row, Mapping) for row in given)
    ):
        raise TypeError(
            "table must be a pandas.DataFrame or a list of rows, each a dict of header to value, "
            f"as in [{{'emotion': 'sad', 'recall': 0.5}}]; got {type(given).__name__}."
        )
    if not given or not any(given):
        raise ValueError("table is empty; give at least one row with a value.")
    for header in (header for row in given for header in row):
        if not isinstance(header, str) or not header:
            raise TypeError(f"Headers of table must be str that are not empty, got {header!r}.")
    return list(given)


def _plain(value: Any) -> str | int | float | bool | None:
    """Return what CSV and JSON hold: None for what is missing, infinities in words."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        number = float(value)
        if math.isnan(number):
            return None
        if not math.isfinite(number):
            return str(number)
        return value if isinstance(value, PValue) else number
    # pandas has missing values of its own; like NaN, they equal nothing.
    if np.ndim(value) == 0 and "NA" in type(value).__name__:
        return None
    raise TypeError(
        f"A cell of table must be a str, a number, a bool or None, got {value!r}; write it as a "
        "text, or in cells of its own."
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _texts(column: Sequence[Any]) -> list[str]:
    words = {True: "yes", False: "no"}
    return column_texts([words[cell] if isinstance(cell, bool) else cell for cell in column])
