"""A dense layer on the context of every frame of a run, with fewer multiplications."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras import initializers, layers, ops
from numpy.typing import NDArray

_MOST_HALVINGS = 2


class RunDense(layers.Layer):
    """Apply a dense layer to the contexts of all frames of a run, in inference.

    Output frame t is ``sum over k of row[t + k] @ kernel[k]``, a correlation in time. Two
    output frames, an even and the odd one after it, share a third of their products::

        even = both(odd rows) + first(even rows - odd rows)
        odd  = both(odd rows) + second(next even rows - odd rows)

    where `first` and `second` correlate with every second tap, from tap 0 and from tap 1,
    and `both` with the sum of the two. That is three correlations of half the taps and half
    the frames for one, 3/4 of the multiplications, and each of them can be halved again.

    Input ``(batch, n_frames + n_taps - 1, n_features)``, output ``(batch, n_frames, units)``.
    """

    def __init__(
        self, kernel: NDArray[np.float32], bias: NDArray[np.float32], n_frames: int, **kwargs: Any
    ) -> None:
        super().__init__(trainable=False, **kwargs)
        # Sums and differences in a reduced precision would lose what the products need.
        exact = self.compute_dtype == "float32"
        self._n_halvings = n_halvings(n_frames, len(kernel)) if exact else 0
        self._n_frames = n_frames
        self._missing_rows = -len(kernel) % 2**self._n_halvings
        self._kernels = [
            self._constant(part, f"kernel{i}") for i, part in enumerate(self._flat_parts(kernel))
        ]
        self._bias = self._constant(bias, "bias")

    def assign(self, kernel: NDArray[np.float32], bias: NDArray[np.float32]) -> None:
        """Take another dense layer's weights, of the same shapes."""
        for own, part in zip(self._kernels, self._flat_parts(kernel), strict=True):
            own.assign(part)
        self._bias.assign(bias)

    def call(self, features: Any) -> Any:
        """Correlate and add the bias."""
        features = ops.pad(features, ((0, 0), (0, self._missing_rows), (0, 0)))
        kernels = iter(self._kernels)
        return self._correlate(features, self._n_frames, self._n_halvings, kernels) + self._bias

    def compute_output_shape(self, shape: Any) -> tuple[Any, ...]:
        """Return the output's shape."""
        return (shape[0], self._n_frames, self._bias.shape[0])

    def _correlate(self, rows: Any, n_frames: int, n_halvings: int, kernels: Any) -> Any:
        if n_halvings == 0:
            kernel = next(kernels)
            n_taps = kernel.shape[0] // rows.shape[-1]
            taps = [rows[:, k : k + n_frames] for k in range(n_taps)]
            return ops.matmul(ops.concatenate(taps, axis=-1), kernel)
        even, odd = rows[:, 0::2], rows[:, 1::2]
        both, first, second = (
            self._correlate(part, n_frames // 2, n_halvings - 1, kernels)
            for part in (odd, even[:, :-1] - odd, even[:, 1:] - odd)
        )
        pairs = ops.stack([both + first, both + second], axis=2)
        return ops.reshape(pairs, (-1, n_frames, pairs.shape[-1]))

    def _flat_parts(self, kernel: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        kernel = np.pad(kernel, ((0, self._missing_rows), (0, 0), (0, 0)))
        return [part.reshape(-1, part.shape[-1]) for part in _parts(kernel, self._n_halvings)]

    def _constant(self, value: NDArray[np.float32], name: str) -> Any:
        return self.add_weight(
            shape=value.shape,
            initializer=initializers.Constant(value),
            trainable=False,
            name=name,
        )


def n_halvings(n_frames: int, n_taps: int) -> int:
    """Return how often frames and taps can be halved with a gain."""
    halvings = 0
    while (
        halvings < _MOST_HALVINGS
        and n_frames % 2 ** (halvings + 1) == 0
        and n_taps >= 2 ** (halvings + 2)
    ):
        halvings += 1
    return halvings


def _parts(kernel: NDArray[np.float32], halvings: int) -> list[NDArray[np.float32]]:
    """Return the kernels of the smallest correlations, in the order of their computation."""
    if halvings == 0:
        return [kernel]
    first, second = kernel[0::2], kernel[1::2]
    return [
        part for whole in (first + second, first, second) for part in _parts(whole, halvings - 1)
    ]
