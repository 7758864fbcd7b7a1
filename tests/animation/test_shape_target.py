"""Landmarks as targets: the shape model and the regressor together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import sklearn
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GroupKFold, cross_validate

from skaffect import ProcrustesPCAShape, ShapeTargetRegressor, Windows
from skaffect.animation._shape_target import fit_observed, observed_parameters

RNG = np.random.default_rng(0)
FACE = np.array([[0.0, 0.0], [100.0, 0.0], [100.0, 80.0], [0.0, 80.0], [50.0, 40.0]])
OPENINGS = [RNG.normal(size=n) for n in (12, 15, 9, 11)]
X = [Windows(np.stack([o, o**2], axis=1), context=1) for o in OPENINGS]


def _track(opening: np.ndarray) -> np.ndarray:
    """Move the lower corners down, and the whole head about."""
    track = np.repeat(FACE[np.newaxis], len(opening), axis=0)
    track[:, 2:4, 1] += 5 * opening[:, None]
    return track + 10 * RNG.normal(size=(len(opening), 1, 2))


TRACKS = [_track(opening) for opening in OPENINGS]


def _with_part_unknown(track: np.ndarray) -> np.ndarray:
    """Hide frames 0 to 3 whole and one point of frame 6."""
    hidden = track.copy()
    hidden[:4] = np.nan
    hidden[6, 2] = np.nan
    return hidden


class Knowing(RegressorMixin, BaseEstimator):
    """A regressor that fits a line from the first band to each parameter."""

    def fit(self, X: Any, y: Any, emotion: Any = None) -> Knowing:
        self.n_features_in_ = X[0].shape[1]
        self.emotion_, self.y_ = emotion, list(y)
        bands = np.concatenate([x.frames[:, 0] for x in X])
        values = np.concatenate(self.y_)
        known = ~np.isnan(values[:, 0])
        self.slope_, self.offset_ = np.polyfit(bands[known], values[known], 1)
        return self

    def predict(self, X: Any, emotion: Any = None) -> np.ndarray:
        self.asked_ = emotion
        answers = np.empty(len(X), dtype=object)
        for i, x in enumerate(X):
            answers[i] = x.frames[:, :1] * self.slope_ + self.offset_
        return answers


def _model() -> ShapeTargetRegressor:
    return ShapeTargetRegressor(Knowing(), ProcrustesPCAShape(n_components=1))


@pytest.fixture
def routing() -> Iterator[None]:
    with sklearn.config_context(enable_metadata_routing=True):
        yield


def test_learns_parameters_and_answers_landmarks() -> None:
    model = _model().fit(X, TRACKS)
    aligned = model.shape_.align(TRACKS)
    for answer, track in zip(model.predict(X), aligned, strict=True):
        assert answer.shape == track.shape
        # A face that opens also changes its size, which Procrustes takes for a pose.
        assert np.abs(answer - track).max() < 1.0
    assert model.score(X, TRACKS) > 0.98
    assert model.n_features_in_ == 2


def test_unobserved_frames_are_left_out_everywhere() -> None:
    hidden = [track.copy() for track in TRACKS]
    hidden[0][:4] = np.nan
    model = _model().fit(X, hidden)
    assert np.isnan(model.regressor_.y_[0][:4]).all()
    assert np.isfinite(model.regressor_.y_[0][4:]).all()
    without = ProcrustesPCAShape(n_components=1).fit([TRACKS[0][4:], *TRACKS[1:]])
    np.testing.assert_allclose(model.shape_.mean_shape_, without.mean_shape_)
    assert model.score(X, hidden) > 0.98


def test_answers_differ_only_by_pose_from_the_video() -> None:
    model = _model().fit(X, TRACKS)
    parameters = model.regressor_.predict(X)
    back = model.shape_.inverse_transform(parameters, pose=model.shape_.pose(TRACKS))
    assert np.abs(back[1] - TRACKS[1]).max() < 1.0


def test_what_the_regressor_takes_besides_is_passed_on() -> None:
    emotions = ["happy", "sad", "happy", "sad"]
    model = _model().fit(X, TRACKS, emotion=emotions)
    assert model.regressor_.emotion_ == emotions
    model.predict(X, emotion=emotions)
    assert model.regressor_.asked_ == emotions
    model.score(X, TRACKS, emotion=emotions[::-1])
    assert model.regressor_.asked_ == emotions[::-1]


@pytest.mark.usefixtures("routing")
def test_routing() -> None:
    model = ShapeTargetRegressor(
        Knowing().set_fit_request(emotion=True).set_predict_request(emotion=False),
        ProcrustesPCAShape(n_components=1),
    )
    outcome = cross_validate(
        model,
        X,
        TRACKS,
        cv=GroupKFold(2),
        params={"emotion": np.array(["a", "b", "c", "d"]), "groups": [0, 0, 1, 1]},
        return_estimator=True,
        error_score="raise",
    )
    assert {tuple(e.regressor_.emotion_) for e in outcome["estimator"]} == {("a", "b"), ("c", "d")}
    assert (outcome["test_score"] > 0.9).all()


def test_the_default_shape_model_is_the_papers() -> None:
    with pytest.warns(UserWarning, match="degrees of freedom"):
        model = ShapeTargetRegressor(Knowing()).fit(X, TRACKS)
    assert isinstance(model.shape_, ProcrustesPCAShape)
    assert model.shape_.n_components == 18


def test_a_failed_refit_leaves_everything_as_it_was() -> None:
    model = _model().fit(X, TRACKS)
    before = model.predict(X)[0]
    model.regressor = Knowing().set_params()
    with pytest.raises(TypeError):
        model.fit(X, [3 * track[:, ::-1] for track in TRACKS], nonsense=True)
    assert np.array_equal(model.predict(X)[0], before)


def test_a_block_of_tracks_may_have_unobserved_frames() -> None:
    block = np.stack([track[:9] for track in TRACKS])
    block[0, :2] = np.nan
    short = [Windows(x.frames[:9], context=1) for x in X]
    model = _model().fit(short, block)
    assert np.isnan(model.shape_parameters(block)[0][:2]).all()
    assert model.score(short, block) > 0.9


def test_parameters_stay_as_they_were() -> None:
    model = _model()
    model.fit(X, TRACKS)
    assert not hasattr(model.regressor, "slope_")
    assert not hasattr(model.shape, "mean_shape_")


def test_unfitted() -> None:
    with pytest.raises(NotFittedError):
        _model().predict(X)


@pytest.mark.parametrize(
    ("tracks", "message"),
    [
        (None, "requires y to be passed"),
        (TRACKS[:3], "X holds 4 utterances, but y has 3 entries; give one for"),
        ([*TRACKS[:3], TRACKS[3][:, 0]], "y[3] must be a track of landmarks"),
        ([*TRACKS[:3], TRACKS[3] * np.nan], "y[3] has no observed frame"),
        ([*TRACKS[:3], TRACKS[3][:, :4]], "y[3] has 4 points in a frame, but y[0] has 5"),
        ([*TRACKS[:3], np.ones((11, 5, 2))], "y[3] at frame 0 is degenerate"),
        (
            [*TRACKS[:3], _with_part_unknown(TRACKS[3])],
            "NaN in a part of a frame, first in frame 6",
        ),
    ],
)
def test_refused(tracks: Any, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        _model().fit(X, tracks)


def test_track_of_another_length() -> None:
    from skaffect import DSRNRegressor

    model = ShapeTargetRegressor(DSRNRegressor(), ProcrustesPCAShape(n_components=1))
    with pytest.raises(ValueError, match=re.escape("y[3] has 7 frames, but X[3] has 11")):
        model.fit(X, [*TRACKS[:3], TRACKS[3][:7]])


def test_parameters_of_unknown_frames_are_unknown() -> None:
    rng = np.random.default_rng(0)
    track = rng.normal(size=(12, 2)) + rng.normal(scale=0.1, size=(30, 12, 2))
    track[3] = np.nan
    shape = fit_observed(ProcrustesPCAShape(), [track[:20], track[20:]])
    answer = observed_parameters(shape, [track])[0]
    assert np.isnan(answer[3]).all()
    known = np.delete(np.arange(30), 3)
    np.testing.assert_allclose(answer[known], shape.transform([track[known]])[0])
