"""Convolution and pooling of images that are kept frames first, as Keras computes them."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skaffect.streaming._convolution import Convolution, pooled


def images(shape: tuple[int, ...]) -> np.ndarray:
    return np.random.default_rng(0).normal(size=shape).astype(np.float32)


@given(
    n_frames=st.integers(1, 9),
    n_images=st.integers(0, 3),
    n_bands=st.integers(1, 9),
    n_channels=st.integers(1, 3),
    band_taps=st.sampled_from([1, 3, 5]),
    frame_taps=st.sampled_from([1, 3, 5, 7]),
)
@settings(max_examples=60)
def test_convolution_is_keras_s(
    n_frames: int, n_images: int, n_bands: int, n_channels: int, band_taps: int, frame_taps: int
) -> None:
    x = images((n_frames, n_images, n_bands, n_channels))
    kernel = images((band_taps, frame_taps, n_channels, 4))
    answer = Convolution(kernel).of(x)
    assert answer.shape == (n_frames, n_images, n_bands, 4)
    assert answer.dtype == np.float32
    if n_images:
        expected = keras.ops.conv(x.transpose(1, 2, 0, 3), kernel, padding="same")
        expected = np.asarray(expected).transpose(2, 0, 1, 3)
        np.testing.assert_allclose(answer, expected, atol=1e-4)


@pytest.mark.parametrize("size", [2, 3, 5])
@pytest.mark.parametrize("n", [1, 2, 3, 4, 15, 16])
def test_pooling_is_keras_s(n: int, size: int) -> None:
    x = images((n, 2, 3, 4)) - 3  # all below the zeros that a wrong padding would bring
    expected = keras.ops.max_pool(x.transpose(1, 0, 2, 3), (size, 1), (2, 1), padding="same")
    before = x.copy()
    np.testing.assert_array_equal(
        pooled(x, size, axis=0), np.asarray(expected).transpose(1, 0, 2, 3)
    )
    np.testing.assert_array_equal(
        pooled(x.swapaxes(0, 2), size, axis=2).swapaxes(0, 2), pooled(x, size, axis=0)
    )
    np.testing.assert_array_equal(x, before)
