"""Published figures beside our own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from skaffect._parameters import check_real

Published = Mapping[str, Mapping[Any, float]]
HEADER = "published"
NOTE = (
    "The column 'published' repeats figures of a paper, which were measured on other data, with "
    "other splits: they show what was reported there, and are no target for these recordings."
)


def check_published(published: Any) -> None:
    """Raise unless these are numbers by metric and by name."""
    if not isinstance(published, Mapping) or not all(
        isinstance(figures, Mapping) for figures in published.values()
    ):
        raise TypeError(
            "published must map a metric to its figures, as in {'UAR': {'DERN': 0.75}}; got "
            f"{published!r}."
        )
    for metric, figures in published.items():
        for key, value in figures.items():
            if not _names(key):
                raise TypeError(
                    f"Keys of published[{metric!r}] must be a name, or several in a tuple; got "
                    f"{key!r}."
                )
            check_real(f"published[{metric!r}][{key!r}]", value)


def with_published(
    rows: list[dict[str, Any]], metric: str, published: Published
) -> list[dict[str, Any]]:
    """Return the rows of a metric with the figure whose names a row has, if there are any.

    Raises
    ------
    ValueError
        If a figure is of no row.
    """
    figures = published.get(metric, {})
    if not figures:
        return rows
    used = set()
    extended = []
    for row in rows:
        words = {value for value in row.values() if isinstance(value, str)}
        fitting = [key for key in figures if set(_names(key)) <= words]
        # Of several the one that says the most.
        key = max(fitting, key=lambda key: len(_names(key)), default=None)
        used.update(fitting)
        extended.append({**row, HEADER: None if key is None else float(figures[key])})
    for key in figures:
        if key not in used:
            raise ValueError(
                f"published[{metric!r}] has a figure for {key!r}, which no row of the table is "
                f"named by; names are {sorted(_all_names(rows))}."
            )
    return extended


def _names(key: Any) -> tuple[str, ...]:
    names = (key,) if isinstance(key, str) else key
    is_named = isinstance(names, tuple) and all(isinstance(name, str) for name in names)
    return names if is_named else ()


def _all_names(rows: list[dict[str, Any]]) -> Iterator[str]:
    return iter({value for row in rows for value in row.values() if isinstance(value, str)})
