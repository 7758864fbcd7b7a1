"""What a report says of networks that trained for few epochs."""

from __future__ import annotations

from typing import Any

from sklearn.dummy import DummyClassifier
from sklearn.model_selection import GridSearchCV

from skaffect import DERNClassifier, DSRNRegressor, EmotionConditionedRegressor, System
from skaffect.model_selection._run_description import described
from skaffect.report._run_epochs import other_epochs_words


def words(**systems: Any) -> str:
    return other_epochs_words({"systems": described({n: System(of) for n, of in systems.items()})})


def test_networks_with_other_epochs_than_by_default_are_named() -> None:
    cascade = EmotionConditionedRegressor(DERNClassifier(epochs=3), DSRNRegressor(epochs=99))
    said = words(net=DERNClassifier(epochs=3), other=DERNClassifier(), faces=cascade, twin=cascade)
    assert said == (
        "Networks trained for other numbers of epochs than by default: `DERNClassifier` for 3 "
        "(default 24), `DSRNRegressor` for 99 (default 16)."
    )


def test_what_a_search_chooses_is_not_known() -> None:
    assert words(net=GridSearchCV(DERNClassifier(epochs=1), {"epochs": [24, 48]})) == ""


def test_what_only_looks_like_a_network_is_none() -> None:
    class Epochs(DummyClassifier):
        def __init__(self, epochs: Any = 1) -> None:
            super().__init__()
            self.epochs = epochs

    assert words(mine=Epochs(), odd=Epochs({"class": 3, "epochs": 2})) == ""
    record = {"systems": {"gone": {"class": "skaffect.emotion.ShapeTargetRegressor", "epochs": 1}}}
    assert other_epochs_words(record) == ""


def test_nothing_is_said_of_others() -> None:
    assert words(net=DERNClassifier(), chance=DummyClassifier()) == ""
    assert other_epochs_words(None) == ""
