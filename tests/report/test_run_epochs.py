"""What a report says of networks that trained for few epochs."""

from __future__ import annotations

from typing import Any

import pytest
from sklearn.dummy import DummyClassifier

from skaffect import DERNClassifier, DSRNRegressor, EmotionConditionedRegressor, System
from skaffect.model_selection._run_description import described
from skaffect.report._run_epochs import few_epochs_words


def words(**systems: Any) -> str:
    return few_epochs_words({"systems": described({n: System(of) for n, of in systems.items()})})


def test_networks_with_fewer_epochs_than_by_default_are_named() -> None:
    said = words(net=DERNClassifier(epochs=3), other=DERNClassifier(), chance=DummyClassifier())
    assert said == (
        "Networks trained for fewer epochs than by default, so that their figures are likely "
        "worse than they can be: net for 3 instead of 24."
    )
    cascade = EmotionConditionedRegressor(DERNClassifier(epochs=2), DSRNRegressor(epochs=1))
    assert words(faces=cascade).endswith(
        ": DERNClassifier for 2 instead of 24, DSRNRegressor for 1 instead of 16."
    )


@pytest.mark.parametrize("epochs", [24, 25])
def test_nothing_is_said_of_others(epochs: int) -> None:
    assert words(net=DERNClassifier(epochs=epochs), chance=DummyClassifier()) == ""
    assert few_epochs_words(None) == ""
