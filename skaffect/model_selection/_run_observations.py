"""What is kept of fitted estimators besides their answers: plain values, as JSON has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# By the name of the observation.
Observations = Mapping[str, Any]


def checked_plain(value: Any, where: str) -> Any:
    """Return what an observation gave with lists and dicts for all that holds others.

    Raises
    ------
    TypeError
        If JSON does not hold it; the message says `where`, and how deep inside.
    """
    # Subclasses, as NumPy's float64, become what comes back from the disk.
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind(value)
    if value is None:
        return None
    if isinstance(value, list | tuple):
        return [checked_plain(entry, f"{where}[{i}]") for i, entry in enumerate(value)]
    if isinstance(value, Mapping):
        return {
            _checked_key(key, where): checked_plain(entry, f"{where}[{key!r}]")
            for key, entry in value.items()
        }
    raise TypeError(
        f"{where} is {type(value).__name__}, which is not plain. Return numbers, strings, None, "
        "or lists and mappings of them: an array's tolist(), a NumPy number's item()."
    )


def _checked_key(key: Any, where: str) -> str:
    if not isinstance(key, str):
        raise TypeError(f"{where} has the key {key!r}; keys must be str.")
    return str(key)
