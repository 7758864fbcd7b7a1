"""Groups reach every inner split: grid search, calibration, early stopping."""

from __future__ import annotations

import numpy as np
import pytest
import sklearn
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.exceptions import UnsetMetadataPassedError
from sklearn.model_selection import GridSearchCV, GroupKFold, KFold, cross_validate

from skaffect import (
    DERNClassifier,
    DisjointKFold,
    GroupTable,
    LeakageError,
    LeakageGuard,
    check_leakage,
)

SPEAKERS = np.repeat(list("abcdefgh"), 4)
SENTENCES = np.tile([1, 1, 2, 2], 8)
TABLE = GroupTable(speaker=SPEAKERS, sentence=SENTENCES)
Y = np.tile([0, 1], 16)
# Each item is known by its first feature, wherever it comes.
X = np.column_stack([np.arange(32.0), np.random.default_rng(0).normal(size=(32, 5))])
GUARD = LeakageGuard(GroupKFold(2))
BOTH = ("speaker", "sentence")


@pytest.fixture(autouse=True)
def _routing():
    with sklearn.config_context(enable_metadata_routing=True):
        yield


class Recorder(ClassifierMixin, BaseEstimator):
    """Answers by chance, and keeps what each fit and each answer was given."""

    fits: list
    asked: list

    def __init__(self, strength=0):
        self.strength = strength

    def fit(self, X, y, groups=None):
        self.classes_ = np.unique(y)
        Recorder.fits.append((X[:, 0].astype(int), groups))
        return self

    def predict_proba(self, X):
        Recorder.asked.append((Recorder.fits[-1][0], X[:, 0].astype(int)))
        return np.full((len(X), len(self.classes_)), 1 / len(self.classes_))

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


@pytest.fixture
def recorder():
    Recorder.fits, Recorder.asked = [], []
    return Recorder()


def assert_apart(forbid, n_at_least):
    """Check that no answer was asked of a model that had heard a group of it."""
    assert len(Recorder.asked) >= n_at_least
    for trained, asked in Recorder.asked:
        check_leakage(trained, asked, TABLE, forbid=forbid)


def test_nested_cross_validation(recorder):
    search = GridSearchCV(recorder.set_fit_request(groups=False), {"strength": [0, 1]}, cv=GUARD)
    cross_validate(search, X, Y, cv=GUARD, params={"groups": TABLE}, error_score="raise")
    assert len(Recorder.fits) == 2 * (2 * 2 + 1)
    assert_apart("speaker", n_at_least=10)


def test_nested_cross_validation_over_speakers_and_sentences(recorder):
    outer = LeakageGuard(DisjointKFold(dict.fromkeys(BOTH, 2)), by=BOTH, forbid=BOTH)
    search = GridSearchCV(recorder.set_fit_request(groups=False), {"strength": [0]}, cv=GUARD)
    cross_validate(search, X, Y, cv=outer, params={"groups": TABLE}, error_score="raise")
    assert len(Recorder.fits) == 4 * (2 + 1)
    assert_apart("speaker", n_at_least=12)


def test_an_inner_split_that_leaks_raises(recorder):
    leaky = LeakageGuard(KFold(2, shuffle=True, random_state=0), by=None)
    search = GridSearchCV(recorder.set_fit_request(groups=False), {"strength": [0]}, cv=leaky)
    with pytest.raises(LeakageError, match="Fold 0 of KFold leaks: . values of the column 'spea"):
        cross_validate(search, X, Y, cv=GUARD, params={"groups": TABLE}, error_score="raise")
    assert Recorder.fits == []


def test_calibration_inside_cross_validation(recorder):
    calibrated = CalibratedClassifierCV(recorder.set_fit_request(groups=False), cv=GUARD)
    cross_validate(calibrated, X, Y, cv=GUARD, params={"groups": TABLE}, error_score="raise")
    assert len(Recorder.fits) == 2 * 2
    first, second = Recorder.fits[:2]
    assert set(SPEAKERS[first[0]]).isdisjoint(SPEAKERS[second[0]])
    # The first answers are those that the calibration of the first fit is made from.
    trained, calibration = Recorder.asked[0]
    check_leakage(trained, calibration, TABLE)


def test_a_calibration_that_leaks_raises(recorder):
    leaky = LeakageGuard(KFold(2, shuffle=True, random_state=0), by=None)
    calibrated = CalibratedClassifierCV(recorder.set_fit_request(groups=False), cv=leaky)
    with pytest.raises(LeakageError, match="Fold 0 of KFold"):
        calibrated.fit(X, Y, groups=TABLE)


def test_calibration_on_other_speakers_and_sentences(recorder):
    folds = DisjointKFold({"speaker": 2, "sentence": 2})
    calibrated = CalibratedClassifierCV(recorder.set_fit_request(groups=False), cv=folds)
    calibrated.fit(X, Y, groups=TABLE)
    assert len(Recorder.fits) == 4
    assert_apart(BOTH, n_at_least=4)


def test_the_column_for_fit_goes_under_its_own_name(recorder):
    search = GridSearchCV(
        recorder.set_fit_request(groups="speaker"), {"strength": [0, 1]}, cv=GUARD
    )
    params = {"groups": TABLE, "speaker": SPEAKERS}
    cross_validate(search, X, Y, cv=GUARD, params=params, error_score="raise")
    assert len(Recorder.fits) == 10
    for items, groups in Recorder.fits:
        np.testing.assert_array_equal(groups, SPEAKERS[items])


def test_what_is_forgotten_raises(recorder):
    with pytest.raises(UnsetMetadataPassedError, match="are not explicitly set as requested"):
        cross_validate(recorder, X, Y, cv=GUARD, params={"groups": TABLE})


class AuditedDERN(DERNClassifier):
    """Checks the speakers on both sides of its own early-stopping split."""

    def _split(self, training, groups):
        parts = super()._split(training, groups)
        inside, outside = ([int(np.asarray(x).flat[0]) for x in part.entries] for part in parts)
        check_leakage(inside, outside, SPEAKERS)
        return parts


def audited() -> AuditedDERN:
    return AuditedDERN(
        filters=(2,),
        dense_units=2,
        epochs=1,
        augmentation=0.0,
        early_stopping=True,
        validation_fraction=0.5,
        random_state=0,
    )


def test_early_stopping_with_groups_does_not_leak():
    result = cross_validate(
        audited().set_fit_request(groups="speaker"),
        X,
        Y,
        cv=GUARD,
        params={"groups": TABLE, "speaker": SPEAKERS},
        error_score="raise",
    )
    assert np.isfinite(result["test_score"]).all()


def test_early_stopping_without_groups_warns_and_leaks():
    with (
        pytest.warns(UserWarning, match="validation part may share speakers with training"),
        pytest.raises(LeakageError, match="column 'speaker'"),
    ):
        cross_validate(
            audited().set_fit_request(groups=False),
            X,
            Y,
            cv=GUARD,
            params={"groups": TABLE},
            error_score="raise",
        )


def test_early_stopping_forgotten_or_by_a_table_raises():
    params = {"groups": TABLE}
    with pytest.raises(UnsetMetadataPassedError, match="AuditedDERN"):
        cross_validate(audited(), X, Y, cv=GUARD, params=params)
    with pytest.raises(ValueError, match=r'set_fit_request\(groups="speaker"\)'):
        audited().fit(X, Y, groups=TABLE)
