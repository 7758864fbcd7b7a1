"""The layers of our networks as ONNX nodes, with the weights that they have now.

All of them compute in float32, whatever the network was trained in.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from skaffect.persistence._onnx_graph import Graph

_ACTIVATIONS = {"relu": "Relu", "softmax": "Softmax"}


class Layers:
    """Layers of one network, by their names, which their nodes have too.

    Images have their channels first, as ONNX has them: ``(batch, channels, ...)``.

    Parameters
    ----------
    graph : Graph
        Where the nodes go.
    network : keras.Model
        Whose layers they are.
    """

    def __init__(self, graph: Graph, network: Any) -> None:
        self.graph = graph
        self._network = network

    def layer(self, name: str) -> Any:
        """Return a layer of the network itself."""
        return self._network.get_layer(name)

    def weights(self, name: str) -> list[NDArray[np.float32]]:
        """Return a layer's weights."""
        return [np.asarray(array, np.float32) for array in self.layer(name).get_weights()]

    def convolution(self, x: str, name: str) -> str:
        """Add a convolution of odd widths that pads its input."""
        kernel, bias = self.weights(name)
        reach = [width // 2 for width in kernel.shape[:-2]]
        x = self.graph.node(
            "Conv",
            x,
            self._constant(np.moveaxis(kernel, (-1, -2), (0, 1)), name, "kernel"),
            self._constant(bias, name, "bias"),
            pads=[*reach, *reach],
            name=name,
        )
        return self._activated(x, name)

    def pooling(self, x: str, name: str, operator: str = "MaxPool") -> str:
        """Add a pooling that pads its input, by nothing that counts."""
        layer = self.layer(name)
        # Of one axis or of more, Keras keeps one number or several.
        sizes, strides = np.atleast_1d(layer.pool_size), np.atleast_1d(layer.strides)
        return self.graph.node(
            operator,
            x,
            kernel_shape=sizes.tolist(),
            strides=strides.tolist(),
            auto_pad="SAME_UPPER",
            name=name,
        )

    def dense(self, x: str, name: str) -> str:
        """Add a dense layer of rows ``(n, n_features)``."""
        kernel, bias = self.weights(name)
        x = self.graph.node(
            "Gemm",
            x,
            self._constant(kernel, name, "kernel"),
            self._constant(bias, name, "bias"),
            name=name,
        )
        return self._activated(x, name)

    def classification(self, x: str, name: str) -> str:
        """Add the two dense layers at the end of a classifier; `x` is flattened."""
        x = self.dense(self.graph.node("Flatten", x), "dense")
        return self.dense(x, name)

    def lstm(self, x: str, pair: str, number: int) -> str:
        """Add an LSTM of the attentions: ``(n_steps, 1, n)`` becomes ``(n_steps, 1, units)``.

        It is number 0 or 1 of its pair.
        """
        name = f"{pair}_lstm{number + 1}"
        weights = self.layer("attention_lstms").pairs[pair][number]
        kernel, recurrent, bias = (_gates(np.asarray(weight, np.float32)) for weight in weights)
        answers = self.graph.node(
            "LSTM",
            x,
            self._constant(kernel.T[np.newaxis], name, "kernel"),
            self._constant(recurrent.T[np.newaxis], name, "recurrent_kernel"),
            # ONNX adds two biases, one for what comes in and one for what comes back.
            self._constant(np.append(bias, np.zeros_like(bias))[np.newaxis], name, "bias"),
            hidden_size=len(recurrent),
            name=name,
        )
        return self.graph.node("Squeeze", answers, [1])

    def _activated(self, x: str, name: str) -> str:
        operator = _ACTIVATIONS.get(self.layer(name).activation.__name__)
        return x if operator is None else self.graph.node(operator, x)

    def _constant(self, value: NDArray[np.float32], layer: str, name: str) -> str:
        return self.graph.constant(value, f"{layer}/{name}")


def count(graph: Graph, x: str) -> str:
    """Return the length of the first axis, as one number without axes."""
    return graph.node("Squeeze", graph.node("Shape", x, end=1))


def count_up(graph: Graph, x: str) -> str:
    """Return 0, 1, 2 and so on, one for each item of the first axis."""
    return graph.node("Range", 0, count(graph, x), 1)


def pad_edges(graph: Graph, frames: str, context: int) -> str:
    """Repeat the first and the last frame, so that each of them has its context."""
    reach = context // 2
    return graph.node("Pad", frames, [reach, 0, reach, 0], mode="edge")


def _gates(weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the last axis in ONNX's order: input, output, forget, cell."""
    entering, forget, cell, output = np.split(weights, 4, axis=-1)
    return np.concatenate([entering, output, forget, cell], axis=-1)
