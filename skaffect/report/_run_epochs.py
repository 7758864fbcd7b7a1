"""Networks that trained for fewer epochs than by default."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from typing import Any

import skaffect
from skaffect.model_selection._run_description import described_epochs


def few_epochs_words(record: Mapping[str, Any] | None) -> str:
    """Say which networks of a run's record trained for fewer epochs than by default, if any."""
    short = [] if record is None else list(_short(record["systems"]))
    if not short:
        return ""
    return (
        "Networks trained for fewer epochs than by default, so that their figures are likely "
        f"worse than they can be: {', '.join(short)}."
    )


def _short(systems: Mapping[str, Any]) -> Iterator[str]:
    for system, description in systems.items():
        networks = list(described_epochs(description))
        for name, epochs in networks:
            default = _default(name)
            if default is not None and epochs < default:
                called = system if len(networks) == 1 else name.rpartition(".")[2]
                yield f"{called} for {epochs} instead of {default}"


def _default(name: str) -> int | None:
    """Return the default of a class of this package, None of others."""
    package, _, of = name.partition(".")
    cls = getattr(skaffect, of.rpartition(".")[2], None) if package == "skaffect" else None
    return None if cls is None else inspect.signature(cls).parameters["epochs"].default
