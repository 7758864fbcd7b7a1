"""What is compared: an estimator, what it is told besides, and the ways in which it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from numbers import Integral
from types import MappingProxyType
from typing import Any, NamedTuple

from sklearn.utils import Bunch

Answer = Callable[[Any, Bunch], Any]
Observation = Callable[[Any, Bunch, Mapping[str, Bunch]], Any]
_NOTHING: Mapping[str, Any] = MappingProxyType({})


class System(NamedTuple):
    """An estimator that needs more than ``fit(X, y)``, or that answers in several ways.

    Parameters
    ----------
    estimator : estimator
        The estimator or pipeline, not fitted.
    fit_params : mapping of str to str, default={}
        Columns of the corpus that `fit` is given besides, by the name of fit's parameter:
        ``{"emotion": "emotion"}`` for an :class:`EmotionConditionedRegressor`,
        ``{"dernclassifier__groups": "speaker"}`` for early stopping in a pipeline.
    answers : mapping of str to callable, or None, default=None
        Ways in which one fitted estimator answers, each a system of its own in the table:
        ``answer(estimator, rows)``, where ``rows.data`` are the utterances and ``rows``
        has every column of the corpus for them. None answers with ``predict(data)``.
    observations : mapping of str to callable, default={}
        What else is kept of a fitted estimator, as its learning curve or what it attends to:
        ``observation(estimator, trained, parts)``, called once it has answered, where
        ``trained`` has every column for the utterances that it was trained on, and
        ``parts`` the same by the name of each part. It returns plain values: None, bool,
        int, float or str, or lists and mappings of them. No metric sees them.

    See Also
    --------
    run_protocol : Runs systems.

    Examples
    --------
    The paper's cascade, its oracle, and the network of all emotions, trained once:

    >>> from skaffect import EmotionConditionedRegressor, System
    >>> system = System(
    ...     EmotionConditionedRegressor(universal=True),
    ...     fit_params={"emotion": "emotion"},
    ...     answers={
    ...         "cascade": lambda model, rows: model.predict(rows.data),
    ...         "true emotion": lambda model, rows: model.predict(
    ...             rows.data, emotion=rows.emotion
    ...         ),
    ...         "all combined": lambda model, rows: model.predict(rows.data, mode="universal"),
    ...     },
    ... )
    >>> list(system.answers)
    ['cascade', 'true emotion', 'all combined']

    Its accuracy on what it was trained on, kept beside its answers:

    >>> from sklearn.naive_bayes import GaussianNB
    >>> system = System(
    ...     GaussianNB(),
    ...     observations={
    ...         "trained": lambda model, trained, parts: model.score(trained.data, trained.target)
    ...     },
    ... )
    """

    estimator: Any
    fit_params: Mapping[str, str] = _NOTHING
    answers: Mapping[str, Answer] | None = None
    observations: Mapping[str, Observation] = _NOTHING


def checked_systems(systems: Any) -> dict[str, System]:
    """Return each system with its ways of answering, or raise what is wrong with it."""
    if not isinstance(systems, Mapping) or not systems:
        raise TypeError(
            "systems must be a mapping of names to estimators that is not empty, got "
            f"{type(systems).__name__}."
        )
    checked = {name: _checked(name, system) for name, system in systems.items()}
    rows = [answer for system in checked.values() for answer in system.answers or ()]
    if len(set(rows)) < len(rows):
        raise ValueError(f"Systems and their answers must differ in name, got {rows}.")
    return checked


def _checked(name: Any, system: Any) -> System:
    if not isinstance(name, str) or not name:
        raise TypeError(f"The name of a system must be a str that is not empty, got {name!r}.")
    if not isinstance(system, System):
        system = System(system)
    estimator = system.estimator
    if isinstance(estimator, type) or not all(
        hasattr(estimator, method) for method in ("fit", "get_params", "set_params")
    ):
        raise TypeError(f"systems[{name!r}] must be an estimator or a System, got {estimator!r}.")
    for key, value in estimator.get_params(deep=True).items():
        if _is_seed(key) and value is not None and not isinstance(value, Integral):
            raise TypeError(
                f"systems[{name!r}] has {key}={value!r}. Give an integer or None: run_protocol "
                "sets a seed of its own in every fold."
            )
    return system._replace(
        answers=_checked_answers(name, system), observations=_checked_observations(name, system)
    )


def _checked_answers(name: str, system: System) -> Mapping[str, Answer]:
    if system.answers is None:
        if not hasattr(system.estimator, "predict"):
            raise TypeError(f"systems[{name!r}] has no predict; give a System with answers.")
        return {name: _predict}
    if not system.answers or not all(callable(answer) for answer in system.answers.values()):
        raise TypeError(
            f"answers of systems[{name!r}] must be a mapping of names to functions "
            f"answer(estimator, rows), got {system.answers!r}."
        )
    return dict(system.answers)


def _checked_observations(name: str, system: System) -> Mapping[str, Observation]:
    observations = system.observations
    if not isinstance(observations, Mapping) or not all(
        isinstance(key, str) and callable(observe) for key, observe in observations.items()
    ):
        raise TypeError(
            f"observations of systems[{name!r}] must be a mapping of names to functions "
            f"observation(estimator, trained, parts), got {observations!r}."
        )
    return dict(observations)


def _predict(estimator: Any, rows: Bunch) -> Any:
    return estimator.predict(rows.data)


def seed_names(estimator: Any) -> list[str]:
    """Return the parameters of an estimator, and of those in it, that hold a seed."""
    return sorted(filter(_is_seed, estimator.get_params(deep=True)))


def _is_seed(key: str) -> bool:
    return key == "random_state" or key.endswith("__random_state")
