"""A finished fold on the disk: labels and numbers as JSON, arrays as NPZ beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from skaffect._entries import collect, object_array
from skaffect.model_selection._run_folder import RunFolder
from skaffect.model_selection._run_observations import Observations

# By the answering system and the part that was asked.
Answers = Mapping[str, Mapping[str, Any]]


class Piece(NamedTuple):
    """What is kept of one system in one condition and fold."""

    answers: Answers
    observations: Observations


def write_piece(
    folder: RunFolder, path: Path, answers: Answers, observations: Observations
) -> None:
    """Write what a fold gave; the JSON file comes last and says that all is there.

    Raises
    ------
    TypeError
        If an answer is neither a label, a number nor an array of numbers.
    """
    arrays: dict[str, Any] = {}
    plain = {
        system: {
            part: _packed(answer, array_key(i, k), arrays)
            for k, (part, answer) in enumerate(parts.items())
        }
        for i, (system, parts) in enumerate(answers.items())
    }
    if arrays:
        buffer = BytesIO()
        np.savez(buffer, **arrays)
        folder.write_bytes(path.with_suffix(".npz"), buffer.getvalue())
    content = {"answers": plain, "observations": observations}
    folder.write_json(path.with_suffix(".json"), content, indent=None)


def read_piece(path: Path) -> Piece:
    """Read what a fold gave, each part's answers as an array or an object array.

    Raises
    ------
    ValueError
        If a file is damaged.
    """
    file_path = path.with_suffix(".json")
    try:
        content = json.loads(file_path.read_text(encoding="utf-8"))
        archive = path.with_suffix(".npz")
        arrays: Mapping[str, NDArray[Any]] = {}
        if archive.exists():
            # Through memory, for NumPy leaves a damaged file open.
            with np.load(BytesIO(archive.read_bytes()), allow_pickle=False) as file:
                arrays = dict(file)
        answers = {
            system: {part: _unpacked(packed, arrays) for part, packed in parts.items()}
            for system, parts in content["answers"].items()
        }
        return Piece(answers, dict(content["observations"]))
    except (
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        OSError,
        EOFError,
        BadZipFile,
    ) as error:
        raise ValueError(
            f"{str(file_path)!r} or what lies beside it is damaged; remove both, and this fold "
            "alone runs again."
        ) from error


def array_key(system: int, part: int) -> str:
    """Return how keys of the NPZ file begin, by the numbers of answering system and part."""
    return f"{system}/{part}"


def check_answer(answer: Any, n_asked: int) -> None:
    """Raise unless there is one answer for each utterance, of a kind that can be kept."""
    if not hasattr(answer, "__len__") or len(answer) != n_asked:
        found = len(answer) if hasattr(answer, "__len__") else type(answer).__name__
        raise ValueError(f"{n_asked} answers are needed, one for each utterance; got {found}.")
    _packed(answer, "", {})


def _packed(answer: Any, key: str, arrays: dict[str, Any]) -> Any:
    """Return what JSON holds of a part's answers, and put arrays under `key`."""
    entries = [entry.item() if isinstance(entry, np.generic) else entry for entry in answer]
    if all(entry is None or isinstance(entry, str | bool | int | float) for entry in entries):
        return entries
    keys = [f"{key}/{i}" for i in range(len(entries))]
    arrays |= {name: _numbers(entry) for name, entry in zip(keys, entries, strict=True)}
    stacked = isinstance(answer, np.ndarray) and answer.dtype != object
    return {"arrays": keys, "stacked": stacked}


def _numbers(entry: Any) -> NDArray[Any]:
    array = np.asarray(entry)
    if array.dtype.kind not in "biuf":
        raise TypeError(
            "An answer must be a label (str, int or bool), a number or an array of numbers, got "
            f"{type(entry).__name__} of {array.dtype}."
        )
    return array


def _unpacked(packed: Any, arrays: Mapping[str, NDArray[Any]]) -> NDArray[Any]:
    if isinstance(packed, dict):
        return collect([arrays[key] for key in packed["arrays"]], stacked=packed["stacked"])
    alike = len({type(entry) for entry in packed}) == 1 and packed[0] is not None
    return np.array(packed) if alike else object_array(packed)
