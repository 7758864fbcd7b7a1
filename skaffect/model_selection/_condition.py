"""One condition of an experiment: a corpus as columns, each with an entry per utterance."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import joblib
import numpy as np
from numpy.typing import NDArray
from sklearn.utils import Bunch, _safe_indexing

from skaffect._entries import list_entries, numeric_block
from skaffect._stored_frames import StoredFrames
from skaffect._utterances import Windows, check_one_each

_FILE_BLOCK = 1 << 20

Columns = dict[str, Any]


def checked_columns(condition: Any, name: str) -> Columns:
    """Return what a corpus holds for each utterance; notes about the whole are left out.

    Raises
    ------
    TypeError, ValueError
        If it is no mapping, has no data or no target, or these differ in length.
    """
    if not isinstance(condition, Mapping):
        raise TypeError(
            f"{name} must be a Bunch or another mapping with data and target, got "
            f"{type(condition).__name__}."
        )
    for column in ("data", "target"):
        if column not in condition:
            raise ValueError(f"{name} has no {column!r}, only {sorted(map(str, condition))}.")
    n_utterances = len(entries_of(condition["data"]))
    try:
        check_one_each(n_utterances, target=condition["target"])
    except ValueError as error:
        raise ValueError(f"In {name}, as X and y: {error}") from error
    return {
        str(key): value
        for key, value in condition.items()
        if not isinstance(value, str | Mapping) and _length(value) == n_utterances
    }


def check_column(columns: Mapping[str, Any], name: str) -> None:
    """Raise an error that says which columns there are, if this one is not."""
    if name not in columns:
        raise ValueError(
            f"There is no column {name!r} with an entry for each utterance; there are "
            f"{sorted(map(str, columns))}."
        )


def column(columns: Mapping[str, Any], name: str) -> NDArray[Any]:
    """Return a column of labels."""
    check_column(columns, name)
    labels = np.asarray(columns[name])
    if labels.ndim != 1:
        raise ValueError(f"Column {name!r} must have shape (n,), got {labels.shape}.")
    return labels


def rows(columns: Columns, indices: NDArray[np.intp]) -> Bunch:
    """Return some utterances of every column."""
    return Bunch(**{name: _safe_indexing(values, indices) for name, values in columns.items()})


def entries_of(data: Any) -> list[Any]:
    """Return the utterances one by one."""
    block = numeric_block(data)
    return list_entries(data if block is None else np.asarray(block))


def item_names(data: Any) -> list[str]:
    """Return a name for each utterance: its path below the common folder, or its number."""
    entries = entries_of(data)
    if not all(isinstance(entry, str | os.PathLike) for entry in entries):
        return [str(i) for i in range(len(entries))]
    paths = [os.path.abspath(os.fsdecode(entry)) for entry in entries]
    root = os.path.commonpath([os.path.dirname(path) for path in paths])
    return [Path(os.path.relpath(path, root)).as_posix() for path in paths]


def data_hashes(data: Any) -> list[str]:
    """Return a SHA-256 for each utterance, of the file or of the values.

    Raises
    ------
    OSError
        If a file cannot be read.
    """
    return [
        _file_hash(entry, f"data[{i}]")
        if isinstance(entry, str | os.PathLike)
        else _value_hash(entry)
        for i, entry in enumerate(entries_of(data))
    ]


def column_hash(values: Any) -> str:
    """Return one SHA-256 for a whole column."""
    digest = hashlib.sha256()
    for value in values:
        digest.update(_value_hash(value).encode())
    return digest.hexdigest()


def _length(value: Any) -> int | None:
    try:
        return len(value)
    except TypeError:
        return None


def _file_hash(path: Any, name: str) -> str:
    digest = hashlib.sha256()
    try:
        with open(path, "rb") as file:
            while block := file.read(_FILE_BLOCK):
                digest.update(block)
    except OSError as error:
        raise type(error)(f"{name} is {os.fsdecode(path)!r}: {error.strerror}.") from error
    return digest.hexdigest()


def _value_hash(value: Any) -> str:
    if isinstance(value, Windows):
        return _text_hash(*map(_value_hash, (value.frames, value.active, value.context)))
    if isinstance(value, StoredFrames):
        value = np.asarray(value)
    if isinstance(value, os.PathLike):
        value = os.fsdecode(value)
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, str | int | float | bytes):
        return _text_hash(repr(value))
    if isinstance(value, np.ndarray) and value.dtype != object:
        return _text_hash(
            str(value.dtype),
            str(value.shape),
            hashlib.sha256(np.ascontiguousarray(value).tobytes()).hexdigest(),
        )
    # Anything else by what it pickles to, which joblib makes the same in every process.
    return _text_hash(joblib.hash(value))


def _text_hash(*texts: str) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()
