"""The weights are what the network multiplies by, each frame's that of its step."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from skaffect import DualAttentionDeviceClassifier, LogFilterbank, band_weights, frame_weights

N_BANDS = 6


def lstm(weights: Any, x: np.ndarray) -> np.ndarray:
    """Run an LSTM with Keras's weights over one utterance's frames, in NumPy."""
    kernel, recurrent, bias = (np.asarray(weight, np.float64) for weight in weights)
    n_units = recurrent.shape[0]
    hidden, cell = np.zeros(n_units), np.zeros(n_units)
    answers = []
    for frame in x:
        gates = np.split(frame @ kernel + hidden @ recurrent + bias, 4)
        into, forget, output = (1 / (1 + np.exp(-gates[k])) for k in (0, 1, 3))
        cell = forget * cell + into * np.tanh(gates[2])
        hidden = output * np.tanh(cell)
        answers.append(hidden)
    return np.array(answers)


def step_scores(model: Any, attention: str, x: np.ndarray) -> np.ndarray:
    """Return the scores of an attention, the largest of every four frames."""
    for weights in model.model_.get_layer("attention_lstms").pairs[attention]:
        x = lstm(weights, x)
    return np.array([x[start : start + 4].max(axis=0) for start in range(0, len(x), 4)])


def softmax(scores: np.ndarray) -> np.ndarray:
    exponentials = np.exp(5.0 * scores)  # score_scale
    return exponentials / exponentials.sum()


@pytest.mark.parametrize("kind", ["single", "dual"])
def test_frame_weights_are_attention_1_of_the_frame_s_step(
    kind: str, utterances: list[np.ndarray], request: pytest.FixtureRequest
) -> None:
    model = request.getfixturevalue(kind)
    weights = frame_weights(model, utterances)
    assert (weights.dtype, weights.shape) == (object, (len(utterances),))
    for entry, answer in zip(utterances, weights, strict=True):
        expected = np.repeat(softmax(step_scores(model, "attention1", entry)[:, 0]), 4)
        assert (answer.dtype, answer.shape) == (np.float64, (len(entry),))
        np.testing.assert_allclose(answer, expected[: len(entry)], atol=1e-6)
        assert answer[::4].sum() == pytest.approx(1, abs=1e-12)


def test_band_weights_are_attention_2_averaged_over_time(
    dual: Any, utterances: list[np.ndarray]
) -> None:
    weights = band_weights(dual, utterances)
    assert (weights.dtype, weights.shape) == (np.float64, (len(utterances), N_BANDS))
    expected = [softmax(step_scores(dual, "attention2", x).mean(axis=0)) for x in utterances]
    np.testing.assert_allclose(weights, expected, atol=1e-6)
    np.testing.assert_allclose(weights.sum(axis=1), 1, atol=1e-12)
    assert np.ptp(weights) > 0.01  # it does attend


def test_weights_do_not_depend_on_the_other_utterances(
    dual: Any, utterances: list[np.ndarray]
) -> None:
    some = [utterances[3], utterances[12]]
    np.testing.assert_allclose(
        band_weights(dual, some), band_weights(dual, utterances)[[3, 12]], atol=1e-6
    )
    for alone, among in zip(
        frame_weights(dual, some), frame_weights(dual, utterances)[[3, 12]], strict=True
    ):
        np.testing.assert_allclose(alone, among, atol=1e-6)


def test_a_pipeline_transforms_first(dual: Any, utterances: list[np.ndarray]) -> None:
    halved = FunctionTransformer(lambda X: [0.5 * x for x in X])
    utterances = utterances[:4]
    half = [0.5 * x for x in utterances]
    np.testing.assert_array_equal(
        band_weights(make_pipeline(halved, dual), utterances), band_weights(dual, half)
    )
    np.testing.assert_array_equal(
        band_weights(make_pipeline(dual), utterances), band_weights(dual, utterances)
    )
    for piped, plain in zip(
        frame_weights(make_pipeline(halved, dual), utterances),
        frame_weights(dual, half),
        strict=True,
    ):
        np.testing.assert_array_equal(piped, plain)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (LogisticRegression(), "got 'LogisticRegression'. A search holds it in best_estimator_"),
        (
            make_pipeline(LogFilterbank(), LogisticRegression()),
            "got a Pipeline that ends in 'LogisticRegression'",
        ),
        (None, "a Pipeline that ends in one, got 'NoneType'"),
    ],
)
@pytest.mark.parametrize("read", [band_weights, frame_weights])
def test_other_models_are_refused(read: Any, model: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        read(model, [np.zeros((9, N_BANDS))])


def test_single_attention_weighs_no_bands(single: Any, utterances: list[np.ndarray]) -> None:
    message = "SingleAttentionDeviceClassifier, which attends to frames only: see frame_weights"
    for model in (single, make_pipeline(single)):
        with pytest.raises(TypeError, match=message):
            band_weights(model, utterances)


def test_unfitted_models_and_other_frames_are_refused(dual: Any) -> None:
    with pytest.raises(NotFittedError):
        frame_weights(DualAttentionDeviceClassifier(), [np.zeros((9, N_BANDS))])
    with pytest.raises(ValueError, match=r"X\[0] has 5 bands, but Dual.* was fitted on 6"):
        band_weights(dual, [np.zeros((9, 5))])
