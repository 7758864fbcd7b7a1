"""What a fitted attribute may be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator

# Above every length and number that `fit` sets, and far below what would fill a memory.
_MOST = 2**31 - 1


class Attribute(NamedTuple):
    """A kind of value: its name in errors, and the test of it."""

    name: str
    fits: Callable[[Any], bool]


def integer(at_least: int = 0, at_most: int = _MOST) -> Attribute:
    """Return the kind of integers within bounds."""

    def fits(value: Any) -> bool:
        return type(value) is int and at_least <= value <= at_most

    return Attribute(f"an integer from {at_least} to {at_most}", fits)


def reals(ndim: int) -> Attribute:
    """Return the kind of arrays of floats with so many axes, none of length zero."""

    def fits(value: Any) -> bool:
        return _is_array(value, "f", ndim) and value.size > 0

    return Attribute(f"an array of floats with {ndim} axes", fits)


def real_within(low: float, high: float) -> Attribute:
    """Return the kind of floats within a closed interval."""

    def fits(value: Any) -> bool:
        return type(value) is float and low <= value <= high

    return Attribute(f"a float in [{low}, {high}]", fits)


def one_of(*options: str) -> Attribute:
    """Return the kind of text that is one of some."""
    return Attribute(
        f"one of {', '.join(map(repr, options))}",
        lambda value: type(value) is str and value in options,
    )


def integers(exactly: int | None = None) -> Attribute:
    """Return the kind of tuples of positive integers."""
    item = integer(at_least=1)

    def fits(value: Any) -> bool:
        return (
            type(value) is tuple
            and len(value) > 0
            and exactly in (None, len(value))
            and all(map(item.fits, value))
        )

    number = "" if exactly is None else f"{exactly} "
    return Attribute(f"a tuple of {number}positive integers", fits)


def or_none(kind: Attribute) -> Attribute:
    """Return the kind of what is None, or of a kind."""
    return Attribute(f"{kind.name}, or None", lambda value: value is None or kind.fits(value))


def _is_array(value: Any, kinds: str, ndim: int) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.kind in kinds and value.ndim == ndim


def _are_labels(value: Any) -> bool:
    if not _is_array(value, "biufUO", 1) or len(value) == 0:
        return False
    return all(isinstance(label, str | int | float | np.generic) for label in value.tolist())


def _are_names(value: Any) -> bool:
    return _is_array(value, "O", 1) and all(type(name) is str for name in value)


def _are_curves(value: Any) -> bool:
    return type(value) is dict and all(
        type(name) is str
        and type(curve) is list
        and all(type(number) is float for number in curve)
        for name, curve in value.items()
    )


def _is_estimator(value: Any) -> bool:
    return isinstance(value, BaseEstimator)


def _are_estimators(value: Any) -> bool:
    return type(value) is dict and len(value) > 0 and all(map(_is_estimator, value.values()))


def _are_steps(value: Any) -> bool:
    return (
        type(value) is list
        and len(value) > 0
        and all(type(step) is tuple and len(step) == 2 for step in value)
        and all(type(name) is str for name, _ in value)
        and all(_is_estimator(step) or step is None or step == "passthrough" for _, step in value)
    )


def _are_counts(value: Any) -> bool:
    """Tell one number of samples, or one for each column where some are missing."""
    return np.ndim(value) < 2 and np.asarray(value).dtype.kind in "iuf"


FLAG = Attribute("True or False", lambda value: type(value) is bool)
LABELS = Attribute("an array of labels", _are_labels)
NAMES = Attribute("an array of names", _are_names)
CURVES = Attribute("learning curves, lists of floats by their names", _are_curves)
ESTIMATOR = Attribute("an estimator", _is_estimator)
ESTIMATORS = Attribute("a dictionary of estimators", _are_estimators)
STEPS = Attribute("a list of names and estimators", _are_steps)
COUNTS = Attribute("a number of samples, or an array of them", _are_counts)
FLOATS = Attribute(
    "a tuple of floats",
    lambda value: type(value) is tuple and all(type(number) is float for number in value),
)


def check_attributes(
    owner: str, given: Mapping[str, Any], allowed: Mapping[str, Attribute]
) -> None:
    """Raise unless every given attribute is among the allowed ones and of its kind.

    Parameters
    ----------
    owner : str
        Whose they are, for errors.
    given : mapping of str to object
        Values by their names.
    allowed : mapping of str to Attribute
        The kinds of those that there may be.

    Raises
    ------
    ValueError
        Naming the first that is unknown or of another kind.
    """
    for name, value in given.items():
        if name not in allowed:
            raise ValueError(
                f"{owner}.{name} is not an attribute that fit sets, so it cannot travel; delete "
                f"it. Known are {', '.join(allowed) or 'none'}."
            )
        if not allowed[name].fits(value):
            raise ValueError(f"{owner}.{name} must be {allowed[name].name}; got {_shown(value)}.")


def _shown(value: Any) -> str:
    if isinstance(value, np.ndarray):
        array: NDArray[Any] = value
        return f"an array of {array.dtype} of shape {array.shape}"
    return repr(value)[:80]
