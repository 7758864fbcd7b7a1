"""A layer that shows features of frames in their context."""

from __future__ import annotations

from typing import Any

from keras import layers, ops


class ContextFrames(layers.Layer):
    """Concatenate the features of `context` rows from given ones on.

    Input: features ``(batch, n_rows, n_features)`` and the first rows ``(batch, n)`` of the
    contexts, int32. Output ``(batch, n, context * n_features)``, one row after the other.
    """

    def __init__(self, context: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.context = context

    def call(self, features: Any, first: Any) -> Any:
        """Gather the rows of each context."""
        n_batch, n_rows, n_features = ops.shape(features)
        rows = first[:, :, None] + ops.arange(self.context, dtype="int32")
        rows = rows + n_rows * ops.arange(n_batch, dtype="int32")[:, None, None]
        taken = ops.take(ops.reshape(features, (-1, n_features)), rows, axis=0)
        return ops.reshape(taken, (n_batch, -1, self.context * n_features))

    def compute_output_shape(self, features_shape: Any, first_shape: Any) -> tuple[Any, ...]:
        """Return the output's shape."""
        return (*first_shape, self.context * features_shape[-1])

    def get_config(self) -> dict[str, Any]:
        """Return what makes another layer like this one."""
        return {**super().get_config(), "context": self.context}
