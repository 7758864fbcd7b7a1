"""Equations 1 and 2 and the layers that see an utterance's own frames only, against NumPy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, softmax

from skaffect.nets._attention_layers import (
    NO_SCORE,
    AttentionWeights,
    BandPooling,
    FramePooling,
    ScorePooling,
    TimeMask,
    UtteranceMean,
)

RNG = np.random.default_rng(0)
LENGTHS = np.array([7, 1, 4, 12], np.int32)


def _values(*shape: int) -> np.ndarray:
    return RNG.normal(size=shape).astype(np.float32)


def test_equation_1() -> None:
    frames, weights = _values(3, 9, 5, 4), _values(3, 9)
    expected = np.zeros((3, 5, 4))
    for t in range(9):
        expected += weights[:, t, None, None] * frames[:, t]
    np.testing.assert_allclose(FramePooling()(frames, weights), expected, rtol=0, atol=1e-5)


def test_equation_2_keeps_its_bands_apart_or_adds_them() -> None:
    embeddings, weights = _values(3, 24, 4), _values(3, 24)
    # Apart, the weights have a mean of one rather than a sum of one.
    kept = np.stack([24 * weights[:, [k]] * embeddings[:, k] for k in range(24)], axis=1)
    np.testing.assert_allclose(BandPooling()(embeddings, weights), kept, rtol=0, atol=1e-5)
    summed = sum(weights[:, [k]] * embeddings[:, k] for k in range(24))
    np.testing.assert_allclose(BandPooling("sum")(embeddings, weights), summed, rtol=0, atol=1e-5)


@pytest.mark.parametrize("scale", [1.0, 5.0])
@pytest.mark.parametrize(("normalization", "numpy"), [("softmax", np.exp), ("sigmoid", expit)])
def test_weights_sum_to_one(normalization: str, numpy: np.ufunc, scale: float) -> None:
    scores = _values(3, 6)
    shares = numpy(scale * scores.astype(np.float64))
    expected = shares / shares.sum(axis=1, keepdims=True)
    weights = np.asarray(AttentionWeights(normalization, scale)(scores))
    np.testing.assert_allclose(weights, expected, rtol=1e-5)
    np.testing.assert_allclose(weights.sum(axis=1), 1, rtol=1e-5)


@pytest.mark.parametrize("normalization", ["softmax", "sigmoid"])
def test_what_has_no_score_has_no_weight(normalization: str) -> None:
    scores = _values(2, 6)
    scores[:, 4:] = NO_SCORE
    weights = np.asarray(AttentionWeights(normalization, 5.0)(scores))
    assert (weights[:, 4:] == 0).all()
    alone = AttentionWeights(normalization, 5.0)(scores[:, :4])
    np.testing.assert_allclose(weights[:, :4], alone, rtol=1e-6)


@pytest.mark.parametrize("normalization", ["softmax", "sigmoid"])
def test_scores_far_below_zero_still_weigh(normalization: str) -> None:
    weights = AttentionWeights(normalization, 1000.0)(np.array([[-1.0, -0.999]], np.float32))
    np.testing.assert_allclose(weights, [[1 / (1 + np.e), np.e / (1 + np.e)]], rtol=1e-3)


def test_the_scale_lets_a_softmax_attend() -> None:
    scores = np.array([[1.0, -1.0]], np.float32)
    for scale, ratio in ((1.0, np.exp(2)), (5.0, np.exp(10))):
        weights = np.asarray(AttentionWeights("softmax", scale)(scores))[0]
        assert weights[0] / weights[1] == pytest.approx(ratio, rel=1e-4)


@pytest.mark.parametrize("shape", [(4, 12, 3), (4, 12, 5, 2)])
def test_mask_sets_what_is_beyond_the_end(shape: tuple[int, ...]) -> None:
    values = _values(*shape)
    masked = np.asarray(TimeMask(fill=-2.0)(values, LENGTHS))
    for i, n in enumerate(LENGTHS):
        np.testing.assert_array_equal(masked[i, :n], values[i, :n])
        assert (masked[i, n:] == -2).all()


def test_mask_counts_an_incomplete_pool_as_a_step() -> None:
    masked = np.asarray(TimeMask(rate=4)(np.ones((4, 3, 1), np.float32), LENGTHS))
    assert masked[..., 0].sum(axis=1).tolist() == [2, 1, 1, 3]  # 7, 1, 4 and 12 frames


@given(n_frames=st.integers(12, 17))
def test_scores_are_pooled_within_the_utterance(n_frames: int) -> None:
    scores = _values(4, n_frames, 2)
    pooled = np.asarray(ScorePooling(4)(scores, LENGTHS))
    assert pooled.shape == (4, -(-n_frames // 4), 2)
    for i, n in enumerate(LENGTHS):
        expected = [scores[i, t : min(t + 4, n)].max(axis=0) for t in range(0, n, 4)]
        np.testing.assert_array_equal(pooled[i, : len(expected)], expected)
        assert (pooled[i, len(expected) :] == np.float32(NO_SCORE)).all()


@pytest.mark.parametrize("rate", [1, 4])
def test_mean_is_over_the_utterance_alone(rate: int) -> None:
    values = _values(4, 12 // rate, 3)
    means = np.asarray(UtteranceMean(rate)(values, LENGTHS))
    for i, n in enumerate(LENGTHS):
        np.testing.assert_allclose(means[i], values[i, : -(-n // rate)].mean(axis=0), atol=1e-6)


def test_softmax_is_scipys() -> None:
    scores = _values(2, 24)
    np.testing.assert_allclose(AttentionWeights()(scores), softmax(scores, axis=1), rtol=1e-5)
