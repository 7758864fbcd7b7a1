"""What comes before an exported network, in words that another program can follow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline

from skaffect.persistence._estimators import check_traveller

# Of what `fit` sets, what changes a transformer's answers.
_LEARNT = ("mean_", "scale_")
# Parameters that change only where and how fast an answer is computed.
_OF_THE_MACHINE = ("cache", "n_jobs")


def split_pipeline(model: Any, place: str = "model") -> tuple[dict[str, Any], Any, str]:
    """Return what a pipeline, which may hold others, does before its last step, and that.

    Parameters
    ----------
    model : estimator
        A pipeline, or another estimator, which is its own last step.
    place : str, default="model"
        Where it stands, for errors.

    Returns
    -------
    steps : dict of str to estimator
        The steps before the last by where they stand, in their order.
    last : estimator
        The last step.
    place : str
        Where that stands.
    """
    if not isinstance(model, Pipeline):
        return {}, model, place
    steps: dict[str, Any] = {}
    for name, step in model.steps:
        if step is not None and step != "passthrough":
            earlier, last, where = split_pipeline(step, f"{place}[{name!r}]")
            steps |= {**earlier, where: last}
    place, last = steps.popitem() if steps else (place, model)
    return steps, last, place


def describe_steps(steps: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the class, the parameters and what is learnt of transformers, as plain JSON.

    Parameters
    ----------
    steps : mapping of str to estimator
        Transformers by where they stand.

    Returns
    -------
    descriptions : list of dict
        With ``"class"``, ``"params"`` and ``"fitted"``.

    Raises
    ------
    TypeError
        Naming the first whose class is unknown, which nobody could repeat elsewhere.
    """
    return [_description(step, place) for place, step in steps.items()]


def _description(step: Any, place: str) -> dict[str, Any]:
    check_traveller(step, place)
    params = step.get_params(deep=False)
    learnt = {name: vars(step)[name] for name in _LEARNT if vars(step).get(name) is not None}
    return {
        "class": type(step).__name__,
        "params": _plain({name: params[name] for name in params if name not in _OF_THE_MACHINE}),
        "fitted": _plain(learnt),
    }


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    numpys = (np.ndarray, np.generic)
    return {k: v.tolist() if isinstance(v, numpys) else v for k, v in values.items()}
