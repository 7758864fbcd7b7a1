"""Every public name is documented in full: parameters, returns and an example that runs.

`numpydoc lint` checks the form of all docstrings in the source; what it cannot know is
which names are public.
"""

from __future__ import annotations

import inspect

import pytest
from numpydoc.validate import validate

import skaffect

REQUIRED = {
    "GL08": "has no docstring",
    "PR01": "leaves a parameter out",
    "PR02": "documents a parameter that is not there",
    "PR03": "has its parameters in another order",
    "PR04": "gives a parameter no type",
    "PR07": "does not describe a parameter",
    "RT01": "does not say what it returns",
    "RT03": "does not describe what it returns",
    "SS03": "has a summary without a full stop",
}
CALLABLES = [name for name in skaffect.__all__ if callable(getattr(skaffect, name, None))]


def own_methods(name: str) -> list[str]:
    """Names of the public methods that a class defines in this package."""
    owner = getattr(skaffect, name)
    return [
        f"{name}.{key}"
        for key, member in inspect.getmembers(owner, inspect.isfunction)
        if not key.startswith("_") and member.__module__.startswith("skaffect")
    ]


METHODS = [
    method
    for name in CALLABLES
    if inspect.isclass(getattr(skaffect, name))
    for method in own_methods(name)
]


@pytest.mark.parametrize("name", CALLABLES + METHODS)
def test_docstring_is_complete(name):
    errors = validate(f"skaffect.{name}")["errors"]
    assert [f"{code}: {text}" for code, text in errors if code in REQUIRED] == []


@pytest.mark.parametrize("name", CALLABLES)
def test_public_name_shows_an_example(name):
    assert ">>> " in inspect.getdoc(getattr(skaffect, name))
