"""Explicit seeds for every layer of a network."""

from __future__ import annotations

import numpy as np
from keras import initializers


class LayerSeeds:
    """A stream of layer seeds from one integer.

    Keras draws missing layer seeds from the process-wide ``random``, which any other
    thread may disturb, so every initializer and dropout is given its own.
    """

    def __init__(self, seed: int) -> None:
        self._generator = np.random.default_rng(seed)

    def draw(self) -> int:
        """Return the next seed."""
        return int(self._generator.integers(2**31 - 1))

    def glorot(self) -> initializers.Initializer:
        """Return Keras's default initializer for kernels, seeded."""
        return initializers.GlorotUniform(seed=self.draw())

    def orthogonal(self) -> initializers.Initializer:
        """Return Keras's default initializer for recurrent kernels, seeded."""
        return initializers.Orthogonal(seed=self.draw())
