"""The model card: what a model is and what it was made from, in plain JSON."""

from __future__ import annotations

import math
import os
import platform
import warnings
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from weakref import WeakKeyDictionary

from skaffect._show_versions import collect_versions

# And from which file. A model does not carry its card, which training anew would make untrue.
_LOADED_WITH_CARD: WeakKeyDictionary[Any, str] = WeakKeyDictionary()


def check_card(card: Any) -> dict[str, Any]:
    """Return the user's part of a card as plain JSON.

    Parameters
    ----------
    card : mapping of str to object, or None
        What the user says of the model.

    Returns
    -------
    card : dict
        The same in JSON's types; empty for None.

    Raises
    ------
    TypeError, ValueError
        Naming the first entry that JSON has not.
    """
    if card is None:
        return {}
    if not isinstance(card, Mapping):
        raise TypeError(
            "card must be a mapping of what is known about the model, such as data, splits, "
            f"metrics, licence and notes; got {type(card).__name__}."
        )
    plain: dict[str, Any] = _plain(card, "card")
    return plain


def describe(classes: Sequence[str], card: dict[str, Any]) -> dict[str, Any]:
    """Return a whole card: the user's part, and what we know.

    Parameters
    ----------
    classes : sequence of str
        What the model is made of.
    card : dict
        The user's part.

    Returns
    -------
    card : dict
        As :func:`read_model_card` returns it.
    """
    return {
        "estimators": list(classes),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "packages": collect_versions()["Packages"],
        "card": card,
    }


def remember_card(model: Any, card: Any, path: str) -> None:
    """Note where a model was loaded from, if its file's card says more than we know."""
    if isinstance(card, Mapping) and card.get("card"):
        _LOADED_WITH_CARD[model] = os.path.abspath(path)  # wherever the process goes


def check_card_is_kept(model: Any, card: Any, target: str, *, stacklevel: int) -> None:
    """Warn if a model that was loaded with a card is written with none, raise over that file.

    Of a card that is no longer there nothing is said.
    """
    path = _LOADED_WITH_CARD.get(model)
    if card is not None or path is None or not _holds_a_card(path):
        return
    ways = f"card=read_model_card({path!r})['card'] keeps it, card={{}} leaves it out."
    if os.path.exists(target) and os.path.samefile(target, path):
        raise ValueError(
            f"path is {target!r}, whose model has a card that would be lost with the file: {ways}"
        )
    warnings.warn(
        f"This model was loaded from {path!r} with a card, and is written without one: {ways}",
        UserWarning,
        stacklevel=stacklevel + 1,
    )


def _holds_a_card(path: str) -> bool:
    from skaffect.persistence._container import read_document

    try:
        return bool(read_document(path)["card"]["card"])
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _plain(value: Any, place: str) -> Any:
    if value is None or type(value) in (bool, int, str):
        return value
    if type(value) is float:
        if not math.isfinite(value):
            raise ValueError(f"{place} is {value}, which JSON has not; give None instead.")
        return value
    if isinstance(value, Mapping):
        if unnamed := [key for key in value if type(key) is not str]:
            raise TypeError(f"{place} has the key {unnamed[0]!r}; names must be text.")
        return {key: _plain(item, f"{place}[{key!r}]") for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item, f"{place}[{i}]") for i, item in enumerate(value)]
    raise TypeError(
        f"{place} is {value!r}, of type {type(value).__name__}; a card is plain JSON: text, "
        "numbers, True, False, None, lists and mappings. float() or str() may turn it into one."
    )
