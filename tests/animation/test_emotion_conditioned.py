"""The cascade: which regressors answer, how they are fused, and what is refused."""

from __future__ import annotations

import pickle
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import sklearn
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin, clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GroupKFold, cross_validate
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

from skaffect import (
    DERNClassifier,
    DSRNRegressor,
    EmotionConditionedRegressor,
    Windows,
    oracle_scorer,
)

EMOTIONS = np.array(["happy", "sad", "angry"] * 3)
SPEAKERS = np.repeat(["anna", "ben", "cleo"], 3)
RNG = np.random.default_rng(0)
X = [Windows(RNG.normal(size=(n, 4)), context=3) for n in (5, 8, 6, 7, 5, 9, 6, 7, 8)]
Y = [windows.frames[:, :2] + i for i, windows in enumerate(X)]


class Votes(ClassifierMixin, BaseEstimator):
    """A classifier that answers with given labels and weights."""

    def __init__(self, labels: Any = None, weights: Any = None) -> None:
        self.labels = labels
        self.weights = weights

    def fit(self, X: Any, y: Any, groups: Any = None, sample_weight: Any = None) -> Votes:
        self.n_features_in_ = X[0].shape[1]
        self.trained_on_, self.groups_, self.weight_ = np.array(y), groups, sample_weight
        return self

    def top_two(self, X: Any, confident: float) -> tuple[np.ndarray, np.ndarray]:
        self.confident_ = confident
        return np.array(self.labels), np.array(self.weights, float)


class Mean(RegressorMixin, BaseEstimator):
    """A regressor that answers every frame with its targets' mean."""

    def fit(self, X: Any, y: Any, groups: Any = None, sample_weight: Any = None) -> Mean:
        self.mean_ = np.concatenate(list(y)).mean(axis=0)
        self.groups_, self.weight_, self.n_ = groups, sample_weight, len(X)
        return self

    def predict(self, X: Any) -> np.ndarray:
        answers = np.empty(len(X), dtype=object)
        for i, entry in enumerate(X):
            answers[i] = np.tile(self.mean_, (len(entry), 1))
        return answers


def _cascade(labels: Any = None, weights: Any = None, **more: Any) -> EmotionConditionedRegressor:
    return EmotionConditionedRegressor(Votes(labels, weights), Mean(), **more)


@pytest.fixture
def routing() -> Iterator[None]:
    with sklearn.config_context(enable_metadata_routing=True):
        yield


def _means() -> dict[str, np.ndarray]:
    return {
        label: np.concatenate([y for y, e in zip(Y, EMOTIONS, strict=True) if e == label]).mean(0)
        for label in ("angry", "happy", "sad")
    }


def test_one_regressor_for_each_emotion() -> None:
    cascade = _cascade(universal=True).fit(X, Y, emotion=EMOTIONS)
    assert cascade.classes_.tolist() == ["angry", "happy", "sad"]
    for label, mean in _means().items():
        np.testing.assert_allclose(cascade.regressors_[label].mean_, mean)
    np.testing.assert_allclose(cascade.universal_.mean_, np.concatenate(Y).mean(axis=0))
    assert cascade.classifier_.trained_on_.tolist() == EMOTIONS.tolist()


def test_equation_5() -> None:
    labels = [["happy", "sad"]] * 4 + [["angry", "happy"]] * 5
    weights = [[0.6, 0.4]] * 4 + [[1.0, 0.0]] * 5
    cascade = _cascade(labels, weights, confident=0.5).fit(X, Y, emotion=EMOTIONS)
    answers = cascade.predict(X)
    means = _means()
    for i, answer in enumerate(answers):
        expected = 0.6 * means["happy"] + 0.4 * means["sad"] if i < 4 else means["angry"]
        assert answer.shape == Y[i].shape
        np.testing.assert_allclose(answer, np.tile(expected, (len(answer), 1)), rtol=1e-6)
    assert cascade.classifier_.confident_ == 0.5


def test_true_emotions() -> None:
    cascade = _cascade().fit(X, Y, emotion=EMOTIONS)
    for answer, label in zip(cascade.predict(X, emotion=EMOTIONS), EMOTIONS, strict=True):
        np.testing.assert_allclose(answer[0], _means()[label], rtol=1e-6)


def test_three_modes_from_one_object() -> None:
    cascade = _cascade([["sad", "happy"]] * 9, [[1.0, 0.0]] * 9, universal=True)
    cascade.fit(X, Y, emotion=EMOTIONS)
    heard = cascade.predict(X, mode="cascade")
    np.testing.assert_allclose(heard[0][0], _means()["sad"], rtol=1e-6)
    all_combined = cascade.predict(X, mode="universal")
    np.testing.assert_allclose(all_combined[0][0], np.concatenate(Y).mean(axis=0))
    true = cascade.predict(X, emotion=EMOTIONS, mode="true")
    assert np.array_equal(true[0], cascade.predict(X, emotion=EMOTIONS)[0])


def test_score() -> None:
    cascade = _cascade([["sad", "happy"]] * 9, [[1.0, 0.0]] * 9).fit(X, Y, emotion=EMOTIONS)
    truth = np.concatenate(Y)
    answered = np.concatenate(list(cascade.predict(X)))
    spread = np.sum((truth - truth.mean(axis=0)) ** 2)
    expected = 1 - np.sum((truth - answered) ** 2) / spread
    assert cascade.score(X, Y) == pytest.approx(expected, abs=1e-5)
    assert cascade.score(X, Y, emotion=EMOTIONS) > cascade.score(X, Y)


def test_groups_and_weights_reach_every_part() -> None:
    weights = np.arange(1.0, 10.0)
    cascade = _cascade(universal=True)
    cascade.fit(X, Y, emotion=EMOTIONS, groups=SPEAKERS, sample_weight=weights)
    assert cascade.classifier_.groups_.tolist() == SPEAKERS.tolist()
    assert cascade.universal_.weight_.tolist() == weights.tolist()
    sad = EMOTIONS == "sad"
    assert cascade.regressors_["sad"].groups_.tolist() == SPEAKERS[sad].tolist()
    assert cascade.regressors_["sad"].weight_.tolist() == weights[sad].tolist()


@pytest.mark.parametrize("name", ["groups", "sample_weight"])
def test_one_of_each_for_each_utterance(name: str) -> None:
    with pytest.raises(ValueError, match=f"X holds 9 utterances, but {name} has 10 entries"):
        _cascade().fit(X, Y, emotion=EMOTIONS, **{name: np.ones(10)})


def test_a_bad_target_is_named_before_anything_is_trained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Votes, "fit", lambda *given, **more: pytest.fail("trained"))
    with pytest.raises(ValueError, match=re.escape("y[5] has 7 frames, but X[5] has 9")):
        _cascade().fit(X, [*Y[:5], Y[5][:7], *Y[6:]], emotion=EMOTIONS)


def test_what_one_regressor_says_names_its_emotion(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Mean, X: Any, y: Any, **more: Any) -> Mean:
        raise ValueError("no luck")

    monkeypatch.setattr(Mean, "fit", refuse)
    with pytest.raises(ValueError, match="Fitting emotion 'angry' on 3 utterances: no luck"):
        _cascade().fit(X, Y, emotion=EMOTIONS)


def test_utterances_without_weight_do_not_count() -> None:
    weights = np.where(EMOTIONS == "sad", [1.0, 1, 1, 1, 0, 1, 1, 0, 1], 1.0)
    with pytest.raises(ValueError, match="but 'sad' has 1"):
        _cascade().fit(X, Y, emotion=EMOTIONS, sample_weight=weights)


def test_an_emotion_without_a_regressor_is_refused() -> None:
    cascade = _cascade([["fear", "sad"]] * 9, [[1.0, 0.0]] * 9).fit(X, Y, emotion=EMOTIONS)
    with pytest.raises(ValueError, match="emotion holds \\['fear'\\]"):
        cascade.predict(X)


def test_targets_are_required() -> None:
    with pytest.raises(ValueError, match="requires y to be passed"):
        _cascade().fit(X, None, emotion=EMOTIONS)


def test_what_was_not_given_is_not_passed_on() -> None:
    assert _cascade().fit(X, Y, emotion=EMOTIONS).classifier_.groups_ is None


@pytest.mark.usefixtures("routing")
def test_routed_through_pipeline_and_cross_validation() -> None:
    cascade = _cascade([["sad", "happy"]] * 3, [[1.0, 0.0]] * 3)
    cascade.set_fit_request(emotion=True, groups=False).set_score_request(emotion=False)
    outcome = cross_validate(
        Pipeline([("same", FunctionTransformer()), ("cascade", cascade)]),
        X,
        Y,
        cv=GroupKFold(3),
        params={"emotion": EMOTIONS, "groups": SPEAKERS},
        return_estimator=True,
        error_score="raise",
    )
    assert outcome["test_score"].shape == (3,)
    assert [e[-1].regressors_["sad"].n_ for e in outcome["estimator"]] == [2, 2, 2]


@pytest.mark.usefixtures("routing")
def test_oracle_scorer_scores_with_the_true_emotions() -> None:
    cascade = _cascade([["sad", "happy"]] * 3, [[1.0, 0.0]] * 3)
    cascade.set_fit_request(emotion=True, groups=False)
    outcome = cross_validate(
        cascade,
        X,
        Y,
        cv=GroupKFold(3),
        params={"emotion": EMOTIONS, "groups": SPEAKERS},
        scoring={"true": oracle_scorer},
        return_estimator=True,
        return_indices=True,
        error_score="raise",
    )
    for fitted, test, score in zip(
        outcome["estimator"], outcome["indices"]["test"], outcome["test_true"], strict=True
    ):
        held_out = [X[i] for i in test], [Y[i] for i in test]
        assert score == fitted.score(*held_out, emotion=EMOTIONS[test])


def test_oracle_scorer_needs_the_emotions() -> None:
    with pytest.raises(ValueError, match='pass params={"emotion": labels}'):
        oracle_scorer(_cascade().fit(X, Y, emotion=EMOTIONS), X, Y)


def test_real_networks_in_two_processes_answer_as_in_one() -> None:
    def answers(n_jobs: int) -> list[np.ndarray]:
        cascade = EmotionConditionedRegressor(
            DERNClassifier(filters=(2,), dense_units=4, epochs=1, random_state=0),
            DSRNRegressor(filters=(2,), dense_units=(4,), epochs=1, random_state=0),
            n_jobs=n_jobs,
        ).fit(X, Y, emotion=EMOTIONS)
        reloaded = pickle.loads(pickle.dumps(cascade))
        assert reloaded.n_features_in_ == 4
        return list(reloaded.predict(X))

    assert all(map(np.array_equal, answers(1), answers(2)))


def test_defaults_are_the_papers_networks() -> None:
    classifier, regressor = EmotionConditionedRegressor()._templates()
    assert isinstance(classifier, DERNClassifier)
    assert isinstance(regressor, DSRNRegressor)
    assert EmotionConditionedRegressor().confident == 0.65


def test_unfitted() -> None:
    with pytest.raises(NotFittedError):
        clone(_cascade()).predict(X)


@pytest.mark.parametrize(
    ("emotion", "message"),
    [
        (None, "needs the emotion of each utterance: fit(X, y, emotion=labels)"),
        (EMOTIONS[:4], "X holds 9 utterances, but emotion has 4 entries"),
        ([None, *EMOTIONS[1:]], "emotion[0] is None"),
        (["sad"] * 9, "emotion holds one class, 'sad', and a cascade needs at least two"),
        (["sad"] * 8 + ["fear"], "needs at least 2 utterances to train on, but 'fear' has 1"),
    ],
)
def test_emotions_refused(emotion: Any, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        _cascade().fit(X, Y, emotion=emotion)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"emotion": ["fear"] * 9}, "emotion holds ['fear'], but fit saw only ['angry'"),
        ({"emotion": EMOTIONS, "mode": "cascade"}, 'mode="cascade" does not take emotion'),
        ({"mode": "true"}, 'mode="true" needs emotion'),
        ({"mode": "universal"}, "fit again with universal=True"),
        ({"mode": "all"}, "mode must be one of 'cascade', 'true', 'universal'"),
    ],
)
def test_predictions_refused(given: dict[str, Any], message: str) -> None:
    cascade = _cascade().fit(X, Y, emotion=EMOTIONS)
    with pytest.raises(ValueError, match=re.escape(message)):
        cascade.predict(X, **given)


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({"confident": 1.5}, ValueError, "confident must lie in [0.0, 1.0]"),
        ({"universal": "yes"}, ValueError, "universal must be one of True, False"),
        ({"classifier": Mean()}, TypeError, "classifier must have top_two"),
    ],
)
def test_parameters_refused(
    parameters: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=re.escape(message)):
        _cascade().set_params(**parameters).fit(X, Y, emotion=EMOTIONS)
