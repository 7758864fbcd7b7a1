"""What classifiers of utterances share: labels, weights, validation parts, routing."""

from __future__ import annotations

import re
from typing import Any

import keras
import numpy as np
import pytest
import sklearn
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import is_classifier
from sklearn.model_selection import (
    GridSearchCV,
    GroupKFold,
    StratifiedKFold,
    check_cv,
    cross_val_score,
    cross_validate,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from skaffect import DERNClassifier, Windows
from skaffect._classification import TrainingSet

SPEAKERS = np.repeat(["ann", "bob", "cid", "dan"], 4)
Y = np.tile(["angry", "calm"], 8)


def _utterances(labels: np.ndarray = Y) -> list[Windows]:
    rng = np.random.default_rng(0)
    return [
        Windows(rng.normal(2.0 * (label == "angry"), 1, (rng.integers(3, 7), 6)), context=3)
        for label in labels
    ]


X = _utterances()


def _tiny(**parameters: Any) -> DERNClassifier:
    defaults = {
        "filters": (2,),
        "dense_units": 4,
        "dropout": 0.0,
        "augmentation": 0.0,
        "frame_stride": 1,
        "epochs": 1,
        "batch_size": 32,
        "random_state": 0,
    }
    return DERNClassifier(**{**defaults, **parameters})


def _checked(
    estimator: DERNClassifier, sample_weight: Any = None, groups: Any = None
) -> tuple[TrainingSet, Any]:
    return estimator._checked(X, Y, sample_weight, groups, reset=True)


@pytest.fixture
def untrained(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave every network as it was built: what is tested happens around the training."""
    monkeypatch.setattr(DERNClassifier, "_train", lambda self, batches, validation, epochs: None)


@pytest.fixture
def splits(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Write down the groups that arrive where the validation part is chosen."""
    seen: list[Any] = []
    original = DERNClassifier._split

    def spy(self: Any, training: TrainingSet, groups: Any) -> Any:
        seen.append(None if groups is None else groups.tolist())
        return original(self, training, groups)

    monkeypatch.setattr(DERNClassifier, "_split", spy)
    return seen


# Bad input, before anything is built


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"y": Y[:-1]}, "X holds 16 utterances, but y has 15 entries"),
        ({"sample_weight": np.ones(3)}, "X holds 16 utterances, but sample_weight has 3 entries"),
        ({"groups": ["ann"] * 17}, "X holds 16 utterances, but groups has 17 entries"),
        ({"y": ["calm"] * 16}, "needs at least two classes, y has one class: 'calm'"),
        ({"y": None}, "requires y to be passed, but the target y is None"),
        ({"y": np.linspace(0, 1, 16)}, "Unknown label type: continuous"),
        ({"y": np.array([*Y[:-1], None], object)}, "y[15] is None; labels must be all text or"),
        ({"y": np.array([*Y[:-1], 3], object)}, "y[15] is 3; labels must be all text or"),
        ({"y": [*range(15), np.nan]}, "Input y contains NaN"),
        ({"sample_weight": [*[1.0] * 15, -2]}, "sample_weight[15] is -2.0; weights cannot be neg"),
        ({"sample_weight": np.zeros(16)}, "Sample weights must contain at least one non-zero"),
        ({"sample_weight": [np.nan] * 16}, "sample_weight contains NaN"),
    ],
)
def test_bad_arguments_of_fit(
    arguments: dict[str, Any], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DERNClassifier, "_build_network", lambda self: pytest.fail("built"))
    estimator = _tiny()
    with pytest.raises(ValueError, match=re.escape(message)):
        estimator.fit(**{"X": X, "y": Y, **arguments})
    assert not hasattr(estimator, "classes_")


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"class_weight": "even"}, "class_weight must be one of 'balanced', None; got 'even'"),
        ({"class_weight": {"calm": -1}}, "class_weight['calm'] must lie in [0.0, inf], got -1"),
        ({"class_weight": {"calm": 1, "happy": 2}}, "['angry'], are not in class_weight"),
        (
            {"early_stopping": True, "validation_fraction": 1.0},
            "validation_fraction must lie in [0.0, 0.9], got 1.0",
        ),
        (
            {"early_stopping": True, "validation_fraction": 0.0},
            "validation_fraction must be above 0.0, got 0.0",
        ),
    ],
)
def test_bad_parameters(parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        _tiny(**parameters).fit(X, Y, groups=SPEAKERS)


def test_fewer_groups_than_folds() -> None:
    with pytest.raises(ValueError, match="n_splits=5 greater than the number of groups: 4"):
        cross_val_score(_tiny(), X, Y, groups=SPEAKERS, cv=GroupKFold(5))


# Labels


@pytest.mark.parametrize(
    "labels", [Y, Y.astype(object), (Y == "calm").astype(int), Y == "calm", Y.tolist()]
)
@pytest.mark.usefixtures("untrained")
def test_any_labels(labels: Any) -> None:
    estimator = _tiny().fit(X, labels)
    assert estimator.classes_.tolist() == sorted(set(np.asarray(labels).tolist()))
    assert set(estimator.predict(X)) <= set(estimator.classes_)


def test_going_on_takes_known_labels_only() -> None:
    estimator = _tiny().partial_fit(X, Y, classes=["angry", "calm", "happy"])
    assert estimator.classes_.tolist() == ["angry", "calm", "happy"]
    estimator.partial_fit(X[:2], ["happy", "happy"])
    with pytest.raises(ValueError, match="y holds \\['sad'\\], which is not among the classes"):
        estimator.partial_fit(X[:2], ["happy", "sad"])
    estimator.set_params(warm_start=True)
    with pytest.raises(ValueError, match="y holds \\['sad'\\], which is not among the classes"):
        estimator.fit(X[:2], ["happy", "sad"])
    assert estimator.n_epochs_ == 2


# Weights


def test_weight_zero_leaves_an_utterance_out() -> None:
    kept = np.arange(len(X)) % 5 > 0
    weighted = _tiny(class_weight="balanced").fit(X, Y, sample_weight=kept.astype(float))
    removed = _tiny(class_weight="balanced").fit([X[i] for i in np.flatnonzero(kept)], Y[kept])
    np.testing.assert_array_equal(weighted.predict_proba(X), removed.predict_proba(X))
    assert weighted.history_ == removed.history_


def test_loss_is_the_weighted_mean_of_the_frames() -> None:
    # One batch, so that the loss of the first epoch is that of the untrained network.
    weight = np.linspace(0.5, 2, len(X))
    estimator = _tiny(batch_size=1000, class_weight={"angry": 3, "calm": 1})
    estimator.fit(X, Y, sample_weight=weight)
    initial = estimator._keras_build_fn()
    answers = np.asarray(initial(np.concatenate([np.asarray(windows) for windows in X])))
    owners = np.repeat(np.arange(len(X)), [len(windows) for windows in X])
    true = answers[np.arange(len(owners)), (Y == "calm").astype(int)[owners]]
    losses = -(weight * np.where(Y == "angry", 3, 1))[owners] * np.log(true)
    np.testing.assert_allclose(estimator.history_["loss"], np.mean(losses), rtol=1e-5)


def test_balanced_classes_weigh_the_same() -> None:
    estimator = _tiny(class_weight="balanced")
    labels = np.array(["angry"] * 12 + ["calm"] * 4)
    training, _ = estimator._checked(X, labels, None, None, reset=True)
    # n / (n_classes * n_of_class)
    expected = np.where(labels == "angry", 16 / (2 * 12), 16 / (2 * 4))
    np.testing.assert_allclose(training.weights, expected)
    assert training.weights[:12].sum() == pytest.approx(training.weights[12:].sum())


def test_class_and_sample_weights_multiply() -> None:
    estimator = _tiny(class_weight={"angry": 3, "calm": 0.5})
    training, groups = _checked(estimator, np.arange(16), SPEAKERS)
    expected = np.arange(16) * np.where(Y == "angry", 3, 0.5)
    np.testing.assert_allclose(training.weights, expected[1:])
    np.testing.assert_array_equal(training.codes, (Y == "calm")[1:])
    assert training.entries == X[1:]
    assert groups.tolist() == SPEAKERS[1:].tolist()


# The validation part of early stopping


@given(
    n_groups=st.integers(4, 9),
    fraction=st.floats(0.05, 0.6),
    seed=st.integers(0, 1000),
)
def test_whole_groups_are_on_one_side(n_groups: int, fraction: float, seed: int) -> None:
    estimator = _tiny(validation_fraction=fraction)
    estimator._seed, estimator.classes_ = seed, np.array(["angry", "calm"])
    # Every group has both labels, in an order that says nothing about the group.
    groups = np.tile(np.arange(n_groups), 6)
    codes = np.repeat([0, 1, 1], 2 * n_groups)
    training = TrainingSet([*range(len(codes))], codes, np.ones(len(codes)))
    inside, outside = estimator._split(training, groups)
    assert sorted(inside.entries + outside.entries) == training.entries
    assert not set(groups[inside.entries]) & set(groups[outside.entries])
    assert len(set(groups[outside.entries])) == int(np.ceil(fraction * n_groups))
    np.testing.assert_array_equal(inside.codes, codes[inside.entries])


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        (["ann"] * 16, "groups has only 'ann'. Give several, or set early_stopping=False"),
        (Y, r"leaves no training utterance of \['(angry|calm)'\]. Give more groups"),
    ],
)
def test_groups_that_cannot_be_split(groups: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        _tiny(early_stopping=True).fit(X, Y, groups=groups)


@pytest.mark.filterwarnings("ignore:Early stopping without groups")
@pytest.mark.parametrize(
    ("fraction", "groups", "message"),
    [
        (0.05, None, "Cannot hold out validation_fraction=0.05 of 16 utterances.*test_size = 1"),
        (0.9, SPEAKERS, "Cannot hold out validation_fraction=0.9 of 16.*train set will be empty"),
    ],
)
def test_fractions_that_cannot_be_split(fraction: float, groups: Any, message: str) -> None:
    estimator = _tiny(early_stopping=True, validation_fraction=fraction)
    with pytest.raises(ValueError, match=message):
        estimator.fit(X, Y, groups=groups)


@pytest.mark.usefixtures("untrained")
def test_without_groups_utterances_are_held_out_with_a_warning() -> None:
    estimator = _tiny(early_stopping=True, validation_fraction=0.25)
    with pytest.warns(UserWarning, match="may share speakers.*Pass groups=speakers") as caught:
        estimator.fit(X, Y)
    assert [warning.filename for warning in caught] == [__file__]


class _Weights(keras.callbacks.Callback):
    """Write down the weights after every epoch."""

    def __init__(self, weights: list[Any]) -> None:
        super().__init__()
        self._weights = weights

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self._weights.append(self.model.get_weights())


def test_early_stopping_restores_the_best_weights() -> None:
    # Labels without meaning: the validation loss soon grows.
    labels = np.random.default_rng(1).permutation(Y)
    weights: list[Any] = []
    estimator = _tiny(
        epochs=60,
        learning_rate=0.05,
        learning_rate_schedule="constant",
        early_stopping=True,
        validation_fraction=0.5,
        patience=3,
        callbacks=[lambda: _Weights(weights)],
    ).fit(X, labels, groups=SPEAKERS)
    curve = estimator.history_["val_loss"]
    best = int(np.argmin(curve))
    assert len(curve) == len(estimator.history_["loss"]) == estimator.n_epochs_
    assert estimator.n_epochs_ == best + 1 + 3 < 60
    for restored, kept in zip(estimator.model_.get_weights(), weights[best], strict=True):
        np.testing.assert_array_equal(restored, kept)
    assert not np.array_equal(weights[best][0], weights[-1][0])


# scikit-learn's own tools


def test_it_is_a_classifier_and_folds_are_stratified() -> None:
    assert is_classifier(_tiny())
    assert is_classifier(make_pipeline(FunctionTransformer(), _tiny()))
    assert isinstance(check_cv(4, Y, classifier=is_classifier(_tiny())), StratifiedKFold)


@pytest.mark.usefixtures("untrained")
def test_groups_reach_fit_through_a_pipeline_in_cross_validation(splits: list[Any]) -> None:
    with sklearn.config_context(enable_metadata_routing=True):
        estimator = _tiny(early_stopping=True).set_fit_request(groups=True)
        pipeline = make_pipeline(FunctionTransformer(), estimator)
        answer = cross_validate(
            pipeline, X, Y, params={"groups": SPEAKERS}, cv=GroupKFold(4), error_score="raise"
        )
    assert len(answer["test_score"]) == 4
    held_out = [set(SPEAKERS) - set(groups) for groups in splits]
    assert sorted(map(sorted, held_out)) == [["ann"], ["bob"], ["cid"], ["dan"]]


@pytest.mark.usefixtures("untrained")
def test_grid_search_reaches_the_architecture(splits: list[Any]) -> None:
    with sklearn.config_context(enable_metadata_routing=True):
        estimator = _tiny(early_stopping=True).set_fit_request(groups=True)
        search = GridSearchCV(
            estimator, {"filters": [(2,), (3, 4)]}, cv=GroupKFold(2), error_score="raise"
        ).fit(X, Y, groups=SPEAKERS)
    assert len(splits) == 2 * 2 + 1
    best = search.best_estimator_
    convolutions = [layer for layer in best.model_.layers if layer.name.startswith("conv")]
    assert tuple(layer.filters for layer in convolutions) == best.filters
    assert search.cv_results_["param_filters"].tolist() == [(2,), (3, 4)]


@pytest.mark.slow
def test_processes_give_the_scores_of_one() -> None:
    estimator = _tiny(epochs=20, learning_rate=0.02, dropout=0.2)
    scores = [
        cross_val_score(
            estimator, X, Y, groups=SPEAKERS, cv=GroupKFold(4), scoring="neg_log_loss", n_jobs=n
        )
        for n in (1, 2)
    ]
    np.testing.assert_array_equal(scores[0], scores[1])
    assert len(set(scores[0])) == 4


@pytest.mark.parametrize(
    ("groups", "message"),
    [([None] * 6, r"groups\[0\] is None"), ([0.0, 1.0, np.nan, 1.0, 0.0, 1.0], r"groups\[2\]")],
)
def test_missing_groups_are_named(groups, message) -> None:
    classifier = DERNClassifier(filters=(2,), dense_units=2, epochs=1, early_stopping=True)
    X = np.random.default_rng(0).normal(size=(6, 4))
    with pytest.raises(ValueError, match=message):
        classifier.fit(X, ["a", "b"] * 3, groups=groups)
