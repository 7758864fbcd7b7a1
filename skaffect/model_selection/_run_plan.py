"""What a run is to do: systems, conditions and their folds, checked before anything trains."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from skaffect.model_selection._condition import Columns, check_column, checked_columns
from skaffect.model_selection._fold import Fold, checked_folds
from skaffect.model_selection._system import System, checked_systems


class Task(NamedTuple):
    """One system to be trained in one condition and fold."""

    system: str
    condition: str
    fold: Fold

    @property
    def names(self) -> tuple[str, str, str]:
        """The names of system, condition and fold."""
        return self.system, self.condition, self.fold.name


class Plan(NamedTuple):
    """What is to be run."""

    systems: dict[str, System]
    conditions: dict[str, Columns]
    folds: dict[str, list[Fold]]

    def tasks(self) -> list[Task]:
        """Return all tasks, those of a fold together, so that all systems are seen early."""
        return [
            Task(system, condition, fold)
            for condition, folds in self.folds.items()
            for fold in folds
            for system in self.systems
        ]


def make_plan(systems: Any, conditions: Any, protocol: Any) -> Plan:
    """Return what is to be run, or raise what is wrong with it."""
    _check_conditions(conditions)
    if not hasattr(protocol, "folds"):
        raise TypeError(
            f"protocol must have folds(corpus), got {protocol!r}. SplitProtocol makes one of a "
            "splitter."
        )
    plan = Plan(checked_systems(systems), {}, {})
    for name, condition in conditions.items():
        columns = checked_columns(condition, f"conditions[{name!r}]")
        try:
            for system in plan.systems.values():
                for wanted in system.fit_params.values():
                    check_column(columns, wanted)
            folds = checked_folds(protocol.folds(columns), len(columns["target"]))
        except ValueError as error:
            raise ValueError(f"In conditions[{name!r}]: {error}") from error
        plan.conditions[name], plan.folds[name] = columns, folds
    return plan


def _check_conditions(conditions: Any) -> None:
    if not isinstance(conditions, Mapping) or not conditions:
        raise TypeError(
            "conditions must be a mapping of names to corpora that is not empty, got "
            f"{type(conditions).__name__}."
        )
    if "data" in conditions:
        raise TypeError("conditions is one corpus; give it a name: {'clean': corpus}.")
    for name in conditions:
        if not isinstance(name, str) or not name:
            raise TypeError(
                f"The name of a condition must be a str that is not empty, got {name!r}."
            )
