"""Checks of constructor parameters, made at fit as scikit-learn asks."""

from __future__ import annotations

import math
from collections.abc import Collection
from numbers import Integral, Real
from typing import Any

import numpy as np


def check_option(name: str, value: Any, options: Collection[Any]) -> None:
    """Raise unless `value` is one of `options`."""
    plain = value.item() if isinstance(value, np.generic) else value
    if not any(type(plain) is type(option) and plain == option for option in options):
        allowed = ", ".join(repr(option) for option in options)
        raise ValueError(f"{name} must be one of {allowed}; got {value!r}.")


def check_integer(name: str, value: Any, *, at_least: int) -> None:
    """Raise unless `value` is an integer of at least `at_least`."""
    if not isinstance(value, Integral) or isinstance(value, bool):
        raise TypeError(f"{name} must be an integer, got {value!r}.")
    if value < at_least:
        raise ValueError(f"{name} must be at least {at_least}, got {value}.")


def check_widths(name: str, value: Any, *, exactly: int | None = None) -> None:
    """Raise unless `value` is a sequence of positive integers, `exactly` so many if that is given.

    They are the widths of layers, one each.
    """
    fits = np.ndim(value) == 1 and len(value) > 0
    if not fits or exactly not in (None, len(value)):
        number = "" if exactly is None else f"{exactly} "
        raise TypeError(
            f"{name} must be a sequence of {number}integers, one a layer; got {value!r}."
        )
    for i, width in enumerate(value):
        check_integer(f"{name}[{i}]", width, at_least=1)


def check_real(
    name: str, value: Any, *, above: float | None = None, within: tuple[float, float] | None = None
) -> None:
    """Raise unless `value` is a finite number above a bound, or within a closed interval."""
    if not isinstance(value, Real) or isinstance(value, bool):
        raise TypeError(f"{name} must be a real number, got {value!r}.")
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{name} must be finite, got {value}.")
    if above is not None and not number > above:
        raise ValueError(f"{name} must be above {above}, got {value}.")
    if within is not None and not within[0] <= number <= within[1]:
        raise ValueError(f"{name} must lie in [{within[0]}, {within[1]}], got {value}.")
