"""Plain values to JSON and arrays, and back to the same types and bits.

None, booleans, integers, finite floats and text are themselves in JSON, and so are lists.
Everything else is an object of one entry, whose key is the kind of value:

==========  ==================================================================
key         what stands there
==========  ==================================================================
float       "nan", "inf" or "-inf"
tuple       the items
dict        pairs of key and value
array       name of the array in the file
columns     name of the array's transpose: it lies column by column in memory,
            which a matrix product's last bits depend on
scalar      a NumPy scalar, as an array without axes
text        an array of text: name of its code points, one more axis
objects     an array of objects: its shape, and its items in order
==========  ==================================================================

Each array in the file is used exactly once, so that a value is never larger than the file.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skaffect._entries import object_array
from skaffect.persistence._container import DTYPES, Arrays

_NOT_FINITE = ("nan", "inf", "-inf")
_LAST_CODE_POINT = 0x10FFFF


class ValueWriter:
    """Turn values into JSON, gathering their arrays in `arrays`, named by where they stand."""

    def __init__(self) -> None:
        self.arrays: Arrays = {}

    def value(self, value: Any, place: str) -> Any:
        """Return the JSON of a value that stands at `place`."""
        if isinstance(value, np.generic):
            return {"scalar": self.value(np.asarray(value), place)}
        if isinstance(value, np.ndarray):
            return self._array(value, place)
        if value is None or type(value) in (bool, int, str):
            return value
        if type(value) is float:
            return value if math.isfinite(value) else {"float": str(value)}
        if type(value) in (list, tuple):
            items = [self.value(item, f"{place}[{i}]") for i, item in enumerate(value)]
            return items if type(value) is list else {"tuple": items}
        if type(value) is dict:
            return {"dict": [self._pair(*pair, place) for pair in value.items()]}
        if isinstance(value, os.PathLike):
            return os.fsdecode(value)
        return self.other(value, place)

    def other(self, value: Any, place: str) -> Any:
        """Return the JSON of what is not plain, or raise."""
        raise TypeError(
            f"{place} is {value!r}, of type {type(value).__name__}, which cannot travel: a model "
            "file holds numbers, text, arrays of them, lists, tuples, dictionaries and the "
            "estimators of skaffect. Set it to one of those, or to None."
        )

    def _pair(self, key: Any, value: Any, place: str) -> list[Any]:
        return [self.value(key, f"a key of {place}"), self.value(value, f"{place}[{key!r}]")]

    def _array(self, array: NDArray[Any], place: str) -> dict[str, Any]:
        if type(array) is not np.ndarray or array.dtype.kind not in "biufUO":
            return self.other(array, place)
        if array.dtype.kind == "O":
            items = [self.value(item, f"{place}.flat[{i}]") for i, item in enumerate(array.flat)]
            return {"objects": [list(array.shape), items]}
        if array.dtype.kind == "U":
            return {"text": self._keep(_code_points(array), place)}
        if array.dtype.name not in DTYPES.values():
            return self.other(array, place)
        if array.flags.f_contiguous and not array.flags.c_contiguous:
            return {"columns": self._keep(array.T, place)}
        return {"array": self._keep(array, place)}

    def _keep(self, array: NDArray[Any], place: str) -> str:
        name = place
        while name in self.arrays:  # several keys of one dictionary
            name += "'"
        native = array.dtype.newbyteorder("=")
        self.arrays[name] = np.array(array, dtype=native, order="C")
        return name


class ValueReader:
    """Turn JSON back into values, taking their arrays out of `arrays`."""

    def __init__(self, arrays: Arrays) -> None:
        self.arrays = arrays
        self._kinds: dict[str, Callable[[Any, str], Any]] = {
            "float": self._float,
            "tuple": self._tuple,
            "dict": self._dict,
            "array": self._take,
            "columns": self._columns,
            "scalar": self._scalar,
            "text": self._text,
            "objects": self._objects,
        }

    def value(self, node: Any, place: str) -> Any:
        """Return the value of a node that stands at `place`."""
        if isinstance(node, list):
            return [self.value(item, f"{place}[{i}]") for i, item in enumerate(node)]
        if not isinstance(node, dict):
            return node
        if len(node) != 1 or (kind := next(iter(node))) not in self._kinds:
            raise ValueError(f"{place} is of an unknown kind: {', '.join(node) or 'none'}.")
        return self._kinds[kind](node[kind], place)

    def _float(self, name: Any, place: str) -> float:
        if not isinstance(name, str) or name not in _NOT_FINITE:
            raise ValueError(f"{place} is no number.")
        return float(name)

    def _tuple(self, items: Any, place: str) -> tuple[Any, ...]:
        return tuple(self.value(_listed(items, place), place))

    def _dict(self, pairs: Any, place: str) -> dict[Any, Any]:
        items = [_listed(pair, place, 2) for pair in _listed(pairs, place)]
        keys = [self.value(key, f"a key of {place}") for key, _ in items]
        try:
            return {
                key: self.value(value, f"{place}[{key!r}]")
                for key, (_, value) in zip(keys, items, strict=True)
            }
        except TypeError:
            raise ValueError(f"{place} has a key that can be none.") from None

    def _take(self, name: Any, place: str) -> NDArray[Any]:
        if not isinstance(name, str) or name not in self.arrays:
            raise ValueError(f"{place} is an array that the file does not have, or has once only.")
        return self.arrays.pop(name)

    def _columns(self, name: Any, place: str) -> NDArray[Any]:
        return self._take(name, place).T

    def _scalar(self, node: Any, place: str) -> Any:
        array = self.value(node, place)
        if not isinstance(array, np.ndarray) or array.ndim != 0 or array.dtype == object:
            raise ValueError(f"{place} is no scalar.")
        return array[()]

    def _text(self, name: Any, place: str) -> NDArray[np.str_]:
        points = self._take(name, place)
        if points.dtype != np.uint32 or points.ndim == 0 or points.shape[-1] == 0:
            raise ValueError(f"{place} is no text.")
        if points.size and points.max() > _LAST_CODE_POINT:
            raise ValueError(f"{place} is text of characters that do not exist.")
        return points.view(f"U{points.shape[-1]}")[..., 0]

    def _objects(self, content: Any, place: str) -> NDArray[Any]:
        shape, items = _listed(content, place, 2)
        items = self.value(_listed(items, place), place)
        fits = all(type(n) is int and n >= 0 for n in _listed(shape, place))
        if not fits or math.prod(shape) != len(items):
            raise ValueError(f"{place} has {len(items)} items, not those of shape {shape}.")
        return object_array(items).reshape(shape)


def _code_points(array: NDArray[np.str_]) -> NDArray[np.uint32]:
    """Return text as numbers, with one axis more: the places of its longest word."""
    width = max(1, array.dtype.itemsize // 4)
    words = np.array(array, dtype=f"=U{width}", order="C")
    return words.reshape(*words.shape, 1).view(np.uint32)


def _listed(items: Any, place: str, exactly: int | None = None) -> list[Any]:
    if not isinstance(items, list) or exactly not in (None, len(items)):
        raise ValueError(f"{place} is no list of the right length.")
    return items
