"""Convolution and pooling of few spectral images, in NumPy, padded as Keras's "same" does.

An image is kept frames first, ``(n_frames, n_images, n_bands, n_channels)``.
"""

from __future__ import annotations

import numpy as np

from skaffect._utterances import Frames


class Convolution:
    """Correlate images with a kernel, over frames and bands.

    Nothing is multiplied by the zeros before an image's first frame and after its last, three
    tenths of the products in DERN's last convolution.

    Parameters
    ----------
    kernel : ndarray of shape (band_taps, frame_taps, n_channels, n_filters), float32
        A layer's weights as Keras keeps them; both numbers of taps are odd.
    """

    def __init__(self, kernel: Frames) -> None:
        self._band_taps, frame_taps, _, n_filters = kernel.shape
        self._taps = [
            (tap - frame_taps // 2, part.reshape(-1, n_filters).copy())
            for tap, part in enumerate(kernel.swapaxes(0, 1))
        ]
        # The one that every frame hears comes first.
        self._taps.sort(key=lambda tap: abs(tap[0]))

    def of(self, images: Frames) -> Frames:
        """Return as many images of as many frames and bands, of `n_filters` channels."""
        n_frames, n_images, n_bands, n_channels = images.shape
        reach = self._band_taps // 2
        padded = np.zeros((n_frames, n_images, n_bands + 2 * reach, n_channels), np.float32)
        padded[:, :, reach : reach + n_bands] = images
        # The bands around each one, side by side.
        shifted = [padded[:, :, tap : tap + n_bands] for tap in range(self._band_taps)]
        around = np.concatenate(shifted, axis=3).reshape(-1, self._band_taps * n_channels)
        n_each = n_images * n_bands  # rows of a frame
        filtered = around @ self._taps[0][1]
        for lead, kernel in self._taps[1:]:
            heard = around[max(0, lead * n_each) : max(0, (n_frames + lead) * n_each)]
            filtered[max(0, -lead * n_each) :][: len(heard)] += heard @ kernel
        return filtered.reshape(n_frames, n_images, n_bands, filtered.shape[1])


def pooled(images: Frames, size: int, axis: int) -> Frames:
    """Return the maxima of `size` neighbours, at every second place along an axis."""
    x = images.swapaxes(0, axis)
    maxima = x[::2].copy()
    n_before = (2 * (len(maxima) - 1) + size - len(x)) // 2
    for lead in range(-n_before, size - n_before):
        first = max(0, -lead + 1) // 2  # whose neighbour is one of the image's
        others = x[2 * first + lead :: 2]
        met = maxima[first : first + len(others)]
        np.maximum(met, others[: len(met)], out=met)
    return maxima.swapaxes(0, axis)
