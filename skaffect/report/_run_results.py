"""What run_protocol returned, or what lies in its folder."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

_COLUMNS = {
    "table": ("system", "condition", "fold", "part", "metric", "value", "n_train", "n_test"),
    "answers": ("system", "condition", "fold", "part", "item", "speaker", "true", "predicted"),
}
_NAMES = ("system", "condition", "fold", "part", "metric", "item", "speaker")
_ANSWERS = ("true", "predicted")
_LABELS = str | bool | int


class RunResults(NamedTuple):
    """A run's tables, as pandas has them, its members, and its record if there is a folder."""

    table: Any
    answers: Any
    members: Mapping[str, Any]
    record: Mapping[str, Any] | None
    seconds: float | None


class Asked(NamedTuple):
    """All answers of one system, in one condition, to one part of every fold."""

    system: str
    condition: str
    part: str
    folds: list[str]
    items: list[str]
    speakers: list[Any]
    true: list[Any]
    predicted: list[Any]

    @property
    def where(self) -> dict[str, str]:
        """Return names for the first columns of a table."""
        return {"system": self.system, "condition": self.condition, "part": self.part}

    @property
    def name(self) -> str:
        """Return all names in one, for a title."""
        return f"{self.system}, {self.condition}, {self.part}"


def read_results(result: Any, folder: Any) -> RunResults:
    """Return a run's results.

    Raises
    ------
    TypeError, ValueError, OSError
        If it is neither what run_protocol returns nor a folder of it.
    """
    if isinstance(result, str | os.PathLike):
        if folder is not None:
            raise TypeError("result is a folder already; leave folder out.")
        folder = result
        read = _read_folder(_checked_folder("result", result))
    else:
        read = {name: getattr(result, name, None) for name in ("table", "answers", "members")}
    for name, columns in _COLUMNS.items():
        if not set(columns) <= set(getattr(read[name], "columns", ())):
            raise TypeError(
                "result must be what run_protocol returns, or its folder; got "
                f"{type(result).__name__}, whose {name} has not all of {list(columns)}."
            )
    if not isinstance(read["members"], Mapping):
        raise TypeError(
            "result must be what run_protocol returns, or its folder; its members are "
            f"{type(read['members']).__name__}."
        )
    record, seconds = None, None
    if folder is not None:
        path = _checked_folder("folder", folder)
        record, seconds = _read_json(path / "run.json"), _total_seconds(path)
    return RunResults(**read, record=record, seconds=seconds)


def asked(results: RunResults) -> Iterator[Asked]:
    """Yield each system's answers by condition and part, in the order of the table."""
    grouped = results.answers.groupby(["system", "condition", "part"], sort=False)
    for (system, condition, part), rows in grouped:
        columns = ("fold", "item", "speaker", "true", "predicted")
        yield Asked(system, condition, part, *(rows[name].tolist() for name in columns))


def are_labels(answers: Asked) -> bool:
    """Tell answers that are classes from numbers and arrays."""
    return all(isinstance(entry, _LABELS) for entry in (*answers.true, *answers.predicted))


def _checked_folder(name: str, folder: Any) -> Path:
    if not isinstance(folder, str | os.PathLike):
        raise TypeError(f"{name} must be a str or os.PathLike, got {type(folder).__name__}.")
    path = Path(os.fsdecode(folder))
    if not (path / "run.json").is_file():
        raise FileNotFoundError(f"{name} is {str(path)!r}, which holds no run.json of a run.")
    return path


def _read_folder(path: Path) -> dict[str, Any]:
    if not (path / "table.csv").is_file():
        raise FileNotFoundError(
            f"result is {str(path)!r}, a run that has not ended: its tables are missing. Make the "
            "same call of run_protocol again, which goes on where it was."
        )
    answers = _read_csv(path / "answers.csv")
    return {
        "table": _read_csv(path / "table.csv"),
        "answers": answers,
        "members": _read_json(path / "members.json"),
    }


def _read_csv(path: Path) -> Any:
    import pandas as pd
    from pandas.api.types import is_numeric_dtype

    # Only an empty cell is one that is missing: an emotion may be called "none".
    empty = {name: [""] for name in ("value", "speaker", "true", "predicted")}
    names = dict.fromkeys(_NAMES, str)
    table = pd.read_csv(path, dtype=names, keep_default_na=False, na_values=empty)
    if "speaker" in table:
        table["speaker"] = _without_nan(table["speaker"])
    if set(_ANSWERS) <= set(table):
        numbers = [name for name in _ANSWERS if is_numeric_dtype(table[name])]
        if numbers:
            texts = pd.read_csv(path, usecols=_ANSWERS, dtype=str, keep_default_na=False)
            if not all(_is_as_written(table[name], texts[name]) for name in numbers):
                names = texts.astype(object)
                table = table.assign(**names.where(names != ""))
    return table


def _is_as_written(column: Any, texts: Any) -> bool:
    """Tell what pandas has read as it was written from names like "01" and "true"."""
    return all(
        text in ("", str(value))
        # The last bit is not the text's with older versions, nor are whole numbers' points where
        # a cell of the column is empty.
        or (isinstance(value, float) and text in (str(float(text)), f"{value:.0f}"))
        for text, value in zip(texts, column.tolist(), strict=True)
    )


def _without_nan(column: Any) -> Any:
    import pandas as pd

    entries = [None if pd.isna(entry) else entry for entry in column]
    return pd.Series(entries, dtype=object)


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{str(path)!r} is damaged: {error}") from error


def _total_seconds(path: Path) -> float | None:
    times = path / "times.json"
    if not times.is_file():
        return None
    return float(np.sum([entry["seconds"] for entry in _read_json(times)]))
