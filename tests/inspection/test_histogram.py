"""Frame weights, counted class by class."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from skaffect import weight_histogram

WEIGHTS = [[0.01, 0.2, 0.1, 0.2], [0.5, 0.26, 0.02]]
CLASSES = [["silent", "voiced", "voiced", "unvoiced"], ["voiced", "voiced", "silent"]]


def test_each_utterance_counts_relative_to_its_largest_weight() -> None:
    # Relative: 0.05, 1, 0.5, 1 and 1, 0.52, 0.04.
    histogram = weight_histogram(WEIGHTS, CLASSES)
    assert list(histogram) == ["voiced", "unvoiced", "silent"]
    expected = {"voiced": {5: 0.5, 10: 0.5}, "unvoiced": {10: 1.0}, "silent": {0: 1.0}}
    for name, shares in histogram.items():
        assert shares.shape == (11,)
        found = {k: share for k, share in enumerate(shares.tolist()) if share}
        assert found == expected[name]


def test_shares_agree_with_a_plain_count() -> None:
    rng = np.random.default_rng(0)
    weights = [rng.exponential(size=n) for n in (50, 80)]
    classes = [rng.choice(["voiced", "unvoiced", "silent"], size=n) for n in (50, 80)]
    rounded = [round(10 * x / max(w)) for w in weights for x in w]
    for name, shares in weight_histogram(weights, classes).items():
        own = [
            value for value, c in zip(rounded, np.concatenate(classes), strict=True) if c == name
        ]
        np.testing.assert_allclose(shares, [own.count(k) / len(own) for k in range(11)])
        assert shares.sum() == pytest.approx(1)


def test_a_class_without_frames_has_no_shares() -> None:
    histogram = weight_histogram([[1.0, 2.0]], [["voiced", "silent"]])
    assert np.isnan(histogram["unvoiced"]).all()
    assert histogram["voiced"].sum() == 1


@pytest.mark.parametrize(
    ("weights", "classes", "message"),
    [
        (WEIGHTS, CLASSES[:1], "weights holds 2 utterances, but classes 1"),
        (
            WEIGHTS,
            [CLASSES[0], ["voiced"]],
            r"classes\[1] has shape \(1,\), but weights\[1] has 3",
        ),
        (
            WEIGHTS,
            [CLASSES[0], ["voiced", "loud", "silent"]],
            r"classes\[1] holds 'loud'; a frame",
        ),
        (
            [[0.0, 0.0]],
            [["voiced", "silent"]],
            r"weights\[0] must be finite, at least 0 and not a",
        ),
        ([[1.0, -0.1]], [["voiced", "silent"]], r"weights\[0] must be finite, at least 0 and not"),
        ([[np.nan]], [["voiced"]], r"weights\[0] must be finite"),
        ([[[1.0]]], [["voiced"]], r"weights\[0] must have shape \(n_frames,\), got \(1, 1\)"),
    ],
)
def test_bad_input(weights: Any, classes: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        weight_histogram(weights, classes)
