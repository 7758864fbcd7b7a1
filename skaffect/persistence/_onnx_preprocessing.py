"""What comes before an exported network, in words that another program can follow."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline

from skaffect.persistence._estimators import check_traveller

# Of a transformer, what changes its answers.
_LEARNT = ("mean_", "scale_")


def split_pipeline(model: Any, place: str = "model") -> tuple[list[tuple[str, Any]], Any]:
    """Return the transformers of a pipeline with their places, and its last step.

    Parameters
    ----------
    model : estimator
        A pipeline, which may hold others, or another estimator.
    place : str, default="model"
        Where it stands, for errors.

    Returns
    -------
    transformers : list of (str, estimator)
        Those that the data walk through, in their order.
    last : estimator
        What answers.
    """
    if not isinstance(model, Pipeline):
        return [], model
    transformers = []
    for name, step in model.steps:
        if step is None or (isinstance(step, str) and step == "passthrough"):
            continue
        earlier, last = split_pipeline(step, f"{place}[{name!r}]")
        transformers += [*earlier, (f"{place}[{name!r}]", last)]
    *before, (_, last) = transformers
    return before, last


def describe_transformer(transformer: Any, place: str) -> dict[str, Any]:
    """Return a transformer's class, parameters and what it has learnt, as plain JSON.

    Parameters
    ----------
    transformer : estimator
        One that a model file may hold as well.
    place : str
        Where it stands, for errors.

    Returns
    -------
    description : dict
        With ``"class"``, ``"params"`` and, where there is any, ``"fitted"``.

    Raises
    ------
    TypeError
        If its class is not known to whoever reads this.
    """
    check_traveller(transformer, place)
    params = transformer.get_params(deep=False)
    learnt = {name: vars(transformer)[name] for name in _LEARNT if name in vars(transformer)}
    description = {
        "class": type(transformer).__name__,
        "params": {name: _plain(value) for name, value in params.items()},
    }
    if learnt:
        description["fitted"] = {name: _plain(value) for name, value in learnt.items()}
    return description


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    return os.fsdecode(value) if isinstance(value, os.PathLike) else value
