"""Networks that trained for other numbers of epochs than by default."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from typing import Any

import skaffect

_SEARCHED = ("param_grid", "param_distributions")


def other_epochs_words(record: Mapping[str, Any] | None) -> str:
    """Say which of this package's networks were given other epochs in a run's record, if any."""
    systems = {} if record is None else record["systems"]
    other = [
        f"`{name}` for {epochs} (default {default})"
        for name, epochs in dict.fromkeys(_given(systems))
        if (default := _default(name)) is not None and epochs != default
    ]
    if not other:
        return ""
    return f"Networks trained for other numbers of epochs than by default: {', '.join(other)}."


def _given(description: Any) -> Iterator[tuple[str, int]]:
    """Yield class and epochs of each network described, but of those that a search changes."""
    if isinstance(description, Mapping):
        if any(key in description for key in _SEARCHED):
            return
        cls, epochs = description.get("class"), description.get("epochs")
        if isinstance(cls, str) and cls.startswith("skaffect.") and isinstance(epochs, int):
            yield cls.rpartition(".")[2], epochs
        description = list(description.values())
    if isinstance(description, list):
        for entry in description:
            yield from _given(entry)


def _default(name: str) -> int | None:
    """Return the epochs by default of a class, None of what has none."""
    cls = getattr(skaffect, name, None)
    if not inspect.isclass(cls) or "epochs" not in (known := inspect.signature(cls).parameters):
        return None
    default: int = known["epochs"].default
    return default
