"""DERN in NumPy, answers as its network does."""

from __future__ import annotations

import numpy as np
import pytest

from skaffect import DERNClassifier, MFSCWindower, Windows
from skaffect.streaming._posteriors import FramePosteriors


@pytest.mark.parametrize(
    ("n_bands", "context", "filters"),
    [(40, 15, (3, 4, 5)), (13, 3, (3,)), (1, 1, (2, 3)), (45, 21, (2, 3, 4, 5))],
)
@pytest.mark.parametrize("scale", [1, 1000])  # the latter's logits overflow an exponential
def test_equals_the_network(
    n_bands: int, context: int, filters: tuple[int, ...], scale: float
) -> None:
    rng = np.random.default_rng(0)
    X = [Windows(rng.normal(size=(30, n_bands)), context) for _ in range(6)]
    windower = MFSCWindower(n_mels=n_bands, context=context)
    dern = DERNClassifier(filters=filters, dense_units=8, epochs=1, random_state=0)
    dern.fit(X, ["angry", "happy", "sad"] * 2)
    emotion = dern.model_.get_layer("emotion")
    emotion.set_weights([scale * weights for weights in emotion.get_weights()])
    posteriors = FramePosteriors(windower, dern)
    windows = np.asarray(X[0])
    for n in (0, 1, 8, 9, 30):
        with np.errstate(all="raise", under="ignore"):
            answer = posteriors.of(windows[:n])
        assert answer.dtype == np.float32
        expected = dern.model_.predict(windows[: max(n, 1)], verbose=0)[:n]
        np.testing.assert_allclose(answer, expected, rtol=0, atol=1e-3 if scale > 1 else 1e-5)


def test_weights_are_copied() -> None:
    rng = np.random.default_rng(0)
    X = [Windows(rng.normal(size=(30, 8)), 3) for _ in range(2)]
    dern = DERNClassifier(filters=(2,), dense_units=3, epochs=1, random_state=0)
    posteriors = FramePosteriors(MFSCWindower(n_mels=8, context=3), dern.fit(X, ["a", "b"]))
    windows = np.asarray(X[0])
    before = posteriors.of(windows)
    for variable in dern.model_.trainable_variables:
        variable.assign(2 * variable)
    np.testing.assert_array_equal(posteriors.of(windows), before)
