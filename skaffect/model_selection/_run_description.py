"""Estimators, functions and their parameters in words that are the same in every process."""

from __future__ import annotations

import hashlib
import inspect
import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import partial
from pathlib import Path
from typing import Any

import joblib
import numpy as np
from sklearn.model_selection import BaseCrossValidator, BaseShuffleSplit

# What shows or measures answers, or makes splits and seeds, which are recorded themselves.
_TOUCHES_NO_ANSWERS = tuple(
    f"skaffect.{room}"
    for room in ("cli", "metrics", "model_selection", "plotting", "report", "streaming")
)


def described(value: Any) -> Any:
    """Return plain values for JSON that tell `value` from one that behaves otherwise."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if np.isfinite(value) else repr(value)
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        value = value._asdict()
    if isinstance(value, list | tuple):
        return [described(entry) for entry in value]
    if isinstance(value, Mapping):
        return {str(key): described(entry) for key, entry in value.items()}
    if isinstance(value, partial):
        return {"partial": described(value.func), **_arguments(value)}
    if inspect.isroutine(value) or inspect.isclass(value):
        return _name(value)
    if parameters := _parameters(value):
        return {"class": _name(type(value)), **described(parameters)}
    return {"class": _name(type(value)), "content": joblib.hash(value)}


def code_hashes(values: list[Any]) -> dict[str, str]:
    """Return a hash of the source of each module that answers may depend on.

    Those are the modules of this package that are imported by now, and those in which the
    classes and functions of `values` are written, with what these import of this package.
    """
    # The package's own file is a list of names.
    names = {
        name
        for name in sys.modules
        if name.startswith("skaffect.") and not name.startswith(_TOUCHES_NO_ANSWERS)
    }
    # A command's own ways of answering are written in cli, and sum errors in metrics.
    names |= _with_imports(set(map(_module_of, _parts(values))))
    hashes = {}
    for name in sorted(names):
        file = getattr(sys.modules.get(name), "__file__", None)
        if file is not None and Path(file).is_file():
            hashes[name] = hashlib.sha256(Path(file).read_bytes()).hexdigest()
    return hashes


def _with_imports(names: set[str]) -> set[str]:
    """Return modules, and those of this package that they import, directly or by others."""
    found, pending = set(names), list(names)
    while pending:
        module = sys.modules.get(pending.pop())
        imported = {_module_of(value) for value in vars(module).values()} if module else set()
        new = {name for name in imported - found if name.startswith("skaffect.")}
        found |= new
        pending += new
    return {name for name in found if not name.startswith("skaffect.model_selection")}


def _module_of(value: Any) -> str:
    """Return the module that a function or class is written in, or that a module is."""
    if inspect.ismodule(value):
        return value.__name__
    if inspect.isroutine(value) or inspect.isclass(value):
        return getattr(value, "__module__", None) or ""
    return ""


def _parts(value: Any) -> Iterator[Any]:
    """Yield the classes and functions that a value is made of."""
    if isinstance(value, list | tuple):
        for entry in value:
            yield from _parts(entry)
    elif isinstance(value, Mapping):
        yield from _parts(list(value.values()))
    elif isinstance(value, partial):
        yield from _parts([value.func, value.args, value.keywords])
    elif inspect.isroutine(value) or inspect.isclass(value):
        yield value
    else:
        yield type(value)
        yield from _parts(_parameters(value))


def _parameters(value: Any) -> dict[str, Any]:
    if hasattr(value, "get_params"):
        return dict(value.get_params(deep=False))
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, BaseCrossValidator | BaseShuffleSplit):
        return dict(vars(value))
    return {}


def _arguments(value: partial[Any]) -> dict[str, Any]:
    return {"arguments": described(value.args), "keywords": described(value.keywords)}


def _name(value: Any) -> str:
    module = getattr(value, "__module__", None)
    name = getattr(value, "__qualname__", repr(value))
    return f"{module}.{name}" if module else name
