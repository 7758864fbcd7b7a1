"""What a run is: its record, and whether a folder holds the same one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from sklearn import get_config

from skaffect._show_versions import collect_versions
from skaffect.model_selection._condition import Columns, column_hash, data_hashes, item_names
from skaffect.model_selection._fold import Fold
from skaffect.model_selection._run_description import code_hashes, described
from skaffect.model_selection._system import System, seed_names

_FORMAT = 2
_LARGEST_SEED = 2**31 - 1
_MOST_SHOWN = 5
_LONGEST_SHOWN = 60
# A run may go on elsewhere, and with others of what only shows answers.
_OF_THE_MACHINE = ("machine", "cpu_count")
_SHOWS_ANSWERS = ("distributed", "jinja2", "matplotlib", "onnx", "pandas")
# Metrics are computed from the answers that are kept, anew in every call.
_NOT_COMPARED = ("metrics",)

Folds = Mapping[str, list[Fold]]
Record = dict[str, Any]


class OtherRunError(ValueError):
    """A folder holds another run than the one that is asked for.

    Parameters
    ----------
    message : str
        What differs, by the record's own names.
    parts : set of str
        The entries of the record that differ.
    """

    def __init__(self, message: str, parts: set[str]) -> None:
        super().__init__(message)
        self.parts = parts


def make_record(
    systems: Mapping[str, System],
    conditions: Mapping[str, Columns],
    folds: Folds,
    protocol: Any,
    metrics: Mapping[str, Any],
    drawn: bool,
    seed: int,
) -> Record:
    """Return all that the answers depend on, as plain values."""
    record = {
        "run_protocol": _FORMAT,
        "versions": _versions(),
        "metadata_routing": bool(get_config()["enable_metadata_routing"]),
        "code": code_hashes([list(systems.values())]),
        "systems": {name: described(system) for name, system in systems.items()},
        "protocol": described(protocol),
        # Whether the seed was left open, random_state=None.
        "drawn": drawn,
        "seed": seed,
        "conditions": {name: _hashes(columns) for name, columns in conditions.items()},
        "splits": {name: _splits(of) for name, of in folds.items()},
        "seeds": {
            f"{system}, {condition}, {fold.name}": seeds(of, seed, system, condition, fold.name)
            for system, of in systems.items()
            for condition in conditions
            for fold in folds[condition]
        },
        "metrics": {name: described(metric) for name, metric in metrics.items()},
    }
    # As it will be read again.
    return dict(json.loads(json.dumps(record)))


def seeds(system: System, seed: int, *names: str) -> dict[str, int]:
    """Return each seed parameter's own value for a system, condition and fold.

    It hangs on these names alone, so the order in which folds run does not matter.
    """
    return {
        parameter: _drawn(seed, *names, parameter) for parameter in seed_names(system.estimator)
    }


def check_same_run(found: Record, given: Record, folder: str) -> None:
    """Raise if a folder's record is of another run than the one that is asked for."""
    if found["run_protocol"] != given["run_protocol"]:
        raise ValueError(
            f"folder is {folder!r}, a run in format {found['run_protocol']} of the record, and "
            f"this version of skaffect reads format {given['run_protocol']}. Use the version "
            "that made it, or name another folder."
        )
    # Modules that only one of them had imported say nothing.
    code = {name: given["code"].get(name, value) for name, value in found["code"].items()}
    now = {**given, "code": code}
    differing = list(_differences(found, now))
    if differing:
        parts = {name for name in found | now if found.get(name) != now.get(name)}
        more = len(differing) - _MOST_SHOWN
        raise OtherRunError(
            f"folder is {folder!r}, which holds a run of another configuration. What differs: "
            + "; ".join(differing[:_MOST_SHOWN])
            + (f"; and {more} more" if more > 0 else "")
            + ". Name another folder, or go back to that configuration.",
            parts.difference(_NOT_COMPARED),
        )


def _differences(found: Any, given: Any, name: str = "") -> Iterator[str]:
    """Name what differs, as deep down as both have the same parts."""
    if isinstance(found, dict) and isinstance(given, dict):
        for key in dict.fromkeys([*found, *given]):
            if not name and key in _NOT_COMPARED:
                continue
            inner = f"{name}[{key!r}]" if name else key
            yield from _differences(found.get(key, _Absent), given.get(key, _Absent), inner)
    elif isinstance(found, list) and isinstance(given, list) and len(found) == len(given):
        for i, pair in enumerate(zip(found, given, strict=True)):
            yield from _differences(*pair, f"{name}[{i}]")
    elif found != given:
        yield f"{name} was {_short(found)} and is now {_short(given)}"


class _Absent:
    """Stands for what one of two records does not have."""


def _short(value: Any) -> str:
    if value is _Absent:
        return "not there"
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 3]}..."


def _versions() -> dict[str, str]:
    left_out = (*_OF_THE_MACHINE, *_SHOWS_ANSWERS)
    return {
        name: version
        for rows in collect_versions().values()
        for name, version in rows.items()
        if name not in left_out
    }


def _hashes(columns: Columns) -> dict[str, Any]:
    return {
        "items": item_names(columns["data"]),
        "sha256": data_hashes(columns["data"]),
        "columns": {
            name: column_hash(values) for name, values in columns.items() if name != "data"
        },
    }


def _splits(folds: list[Fold]) -> dict[str, Any]:
    return {
        fold.name: {
            "train": fold.train.tolist(),
            "parts": {name: part.tolist() for name, part in fold.parts.items()},
        }
        for fold in folds
    }


def _drawn(*names: Any) -> int:
    digest = hashlib.sha256(json.dumps(names).encode()).digest()
    return int.from_bytes(digest[:8], "big") % _LARGEST_SEED
