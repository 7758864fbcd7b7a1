"""Our networks as ONNX nodes, over one utterance of any length."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from skaffect.nets._attention_blocks import FRAMES_PER_STEP
from skaffect.persistence._onnx_graph import Graph
from skaffect.persistence._onnx_layers import Layers, count, count_up, pad_edges
from skaffect.persistence._onnx_spectrum import add_spectrum

# Windows that DERN answers at once; all those of a minute would take 860 MB.
_WINDOWS_AT_ONCE = 16


def add_dern(graph: Graph, dern: Any, frames: str) -> str:
    """Add a DERNClassifier's network.

    Parameters
    ----------
    graph : Graph
        Where the nodes go.
    dern : DERNClassifier
        Fitted.
    frames : str
        ``(n_frames, n_bands)``.

    Returns
    -------
    posteriors : str
        ``(n_frames, n_classes)``.
    """
    context = dern.window_shape_in_[1]
    padded = pad_edges(graph, frames, context)

    def answer(first: str) -> str:
        rows = graph.node("Add", graph.node("Unsqueeze", first, [1]), list(range(context)))
        windows = graph.node("Gather", padded, rows, name="windows")
        return _dern(Layers(graph, dern.model_), windows, len(dern.architecture_["filters"]))

    last = graph.node("Sub", count(graph, frames), 1)
    n_chunks = graph.node("Add", graph.node("Div", last, _WINDOWS_AT_ONCE), 1)
    every = graph.node("Range", 0, graph.node("Mul", n_chunks, _WINDOWS_AT_ONCE), 1)
    # Of the last chunk, what is over repeats the last window.
    chunks = graph.node("Reshape", graph.node("Min", every, last), [-1, _WINDOWS_AT_ONCE])
    answers = graph.each(chunks, np.int64, answer)
    answers = graph.node("Reshape", answers, [-1, len(dern.classes_)])
    return graph.node("Slice", answers, [0], graph.node("Shape", frames, end=1))


def add_dsrn(graph: Graph, dsrn: Any, frames: str) -> str:
    """Add a DSRNRegressor's network, with the average of what overlaps (equation 6).

    Parameters
    ----------
    graph : Graph
        Where the nodes go.
    dsrn : DSRNRegressor
        Fitted.
    frames : str
        ``(n_frames, n_bands)``.

    Returns
    -------
    answers : str
        ``(n_frames, n_outputs)``.
    """
    layers = Layers(graph, dsrn.model_)
    plan = dsrn.architecture_
    x = pad_edges(graph, frames, plan["context"])
    # One image, as high as there are bands and as wide as frames.
    x = graph.node("Unsqueeze", graph.node("Transpose", x, perm=[1, 0]), [0, 1])
    for i in range(1, len(plan["filters"]) + 1):
        x = layers.pooling(layers.convolution(x, f"conv{i}"), f"pool{i}")
        x = graph.node("Relu", x)
    x = _first_dense(layers, x, plan["context"], plan["filters"][-1])
    for i in range(2, len(plan["dense_units"]) + 1):
        x = layers.dense(x, f"dense{i}")
    x = layers.dense(x, "shape")
    x = graph.node("Reshape", x, [-1, plan["output_context"], plan["n_outputs"]])
    x = graph.node("Mul", x, np.float32(plan["output_scale"]))
    x = graph.node("Add", x, np.float32(plan["output_mean"]))
    return _overlap_average(graph, x, plan["output_context"], plan["n_outputs"])


class Attended(NamedTuple):
    """What an attention network answers: probabilities, and what it looked at."""

    probabilities: str
    frame_weights: str
    band_weights: str | None


def add_attention(graph: Graph, classifier: Any, frames: str) -> Attended:
    """Add the network of a single or dual attention classifier.

    Parameters
    ----------
    graph : Graph
        Where the nodes go.
    classifier : SingleAttentionDeviceClassifier or DualAttentionDeviceClassifier
        Fitted.
    frames : str
        ``(n_frames, n_bands)``.

    Returns
    -------
    attended : Attended
        ``(n_classes,)``, ``(n_frames,)`` and, of dual attention, ``(n_bands,)``.
    """
    layers = Layers(graph, classifier.model_)
    x = graph.node("Unsqueeze", frames, [0, 1])
    for i in range(1, len(classifier.architecture_["filters"]) + 1):
        x = layers.pooling(layers.convolution(x, f"conv{i}"), f"pool{i}")
    scores = graph.node("Reshape", _scores(layers, frames, "attention1"), [-1])
    steps = _attention_weights(layers, scores, "frame_weights")
    # Equation 1, over the steps of (1, n_channels, n_steps, n_bands).
    x = graph.node("Mul", x, graph.node("Unsqueeze", steps, [1]))
    x = graph.node("ReduceSum", x, [2], keepdims=0, name="weighted_frames")
    bands = None
    if classifier.architecture_.get("band_pooling") is None:
        x = layers.pooling(x, "average", "AveragePool")
    else:
        scores = graph.node("ReduceMean", _scores(layers, frames, "attention2"), axes=[2])
        bands = _attention_weights(layers, graph.node("Reshape", scores, [-1]), "band_weights")
        x = _weighted_bands(layers, x, bands)
    x = graph.node("Transpose", x, perm=[0, 2, 1])
    probabilities = graph.node("Squeeze", layers.classification(x, "device"), [0])
    own = graph.node("Div", count_up(graph, frames), FRAMES_PER_STEP)
    return Attended(probabilities, graph.node("Gather", steps, own), bands)


def add_dft_cnn(graph: Graph, baseline: Any, pieces: str) -> str:
    """Add a DFTCNNBaseline's network, with the spectra that it looks at.

    Parameters
    ----------
    graph : Graph
        Where the nodes go.
    baseline : DFTCNNBaseline
        Fitted.
    pieces : str
        ``(n_pieces, piece_length)``, samples.

    Returns
    -------
    posteriors : str
        ``(n_pieces, n_classes)``.
    """
    layers = Layers(graph, baseline.model_)

    def answer(piece: str) -> str:
        x = add_spectrum(graph, piece, baseline.piece_length_)
        x = graph.node("Div", x, np.float32(baseline.scale_))
        x = graph.node("Unsqueeze", x, [0, 1])
        for i in range(1, len(baseline.architecture_["filters"]) + 1):
            x = layers.pooling(layers.convolution(x, f"conv{i}"), f"pool{i}")
        x = layers.classification(graph.node("Transpose", x, perm=[0, 2, 1]), "device")
        return graph.node("Squeeze", x, [0])

    return graph.each(pieces, np.float32, answer)


def _dern(layers: Layers, windows: str, n_convolutions: int) -> str:
    """Add DERN itself, over windows ``(n, context, n_bands)``."""
    graph = layers.graph
    x = graph.node("Unsqueeze", graph.node("Transpose", windows, perm=[0, 2, 1]), [1])
    for i in range(1, n_convolutions + 1):
        x = layers.pooling(layers.convolution(x, f"conv{i}"), f"pool{i}")
    x = graph.node("Transpose", x, perm=[0, 2, 3, 1])
    return layers.classification(x, "emotion")


def _first_dense(layers: Layers, x: str, context: int, channels: int) -> str:
    """Add DSRN's first dense layer, a convolution over the features of neighbouring frames.

    ``(1, channels, n_features, n_frames + context - 1)`` becomes ``(n_frames, units)``.
    """
    graph = layers.graph
    kernel, bias = layers.weights("dense1")
    kernel = kernel.reshape(context, -1, channels, kernel.shape[-1])
    x = graph.node(
        "Conv",
        x,
        graph.constant(kernel.transpose(3, 2, 1, 0), "dense1/kernel"),
        graph.constant(bias, "dense1/bias"),
        name="dense1",
    )
    x = graph.node("Relu", x)
    return graph.node("Transpose", graph.node("Squeeze", x, [0, 2]), perm=[1, 0])


def _overlap_average(graph: Graph, estimates: str, n_lags: int, n_outputs: int) -> str:
    """Average what the windows say of each frame; at the ends there are fewer."""
    lags = np.arange(n_lags)
    frames = graph.node("Unsqueeze", count_up(graph, estimates), [1])
    windows = graph.node("Add", frames, n_lags // 2 - lags)
    last = graph.node("Sub", count(graph, estimates), 1)
    known = graph.node("Clip", windows, 0, last)
    counted = graph.cast(graph.node("Equal", windows, known), np.float32)
    counted = graph.node("Unsqueeze", counted, [2])
    rows = graph.node("Reshape", estimates, [-1, n_outputs])
    places = graph.node("Add", graph.node("Mul", known, n_lags), lags)
    said = graph.node("Mul", graph.node("Gather", rows, places), counted)
    total = graph.node("ReduceSum", said, [1], keepdims=0)
    return graph.node("Div", total, graph.node("ReduceSum", counted, [1], keepdims=0))


def _scores(layers: Layers, frames: str, name: str) -> str:
    """Add the LSTMs of an attention and their pooling: ``(1, n_scores, n_steps)``."""
    graph = layers.graph
    x = graph.node("Unsqueeze", frames, [1])
    x = layers.lstm(layers.lstm(x, name, 0), name, 1)
    return graph.node(
        "MaxPool",
        graph.node("Transpose", x, perm=[1, 2, 0]),
        kernel_shape=[FRAMES_PER_STEP],
        strides=[FRAMES_PER_STEP],
        ceil_mode=1,
        name=f"{name}_pool",
    )


def _attention_weights(layers: Layers, scores: str, name: str) -> str:
    """Add what makes weights, which sum to one, of scores ``(n,)``."""
    graph, layer = layers.graph, layers.layer(name)
    scores = graph.node("Mul", scores, np.float32(layer.scale))
    if layer.normalization == "sigmoid":
        # The logarithm of the logistic function.
        scores = graph.node("Neg", graph.node("Softplus", graph.node("Neg", scores)))
    return graph.node("Softmax", scores, name=f"{name}_softmax")


def _weighted_bands(layers: Layers, x: str, bands: str) -> str:
    """Add equation 2: ``(1, n_channels, n_bands)`` by weights, their sum as one band."""
    graph, layer = layers.graph, layers.layer("weighted_bands")
    x = graph.node("Mul", x, bands)
    if layer.pooling == "sum":
        return graph.node("ReduceSum", x, [2], name="weighted_bands")
    n_bands = layers.layer("band_weights").output.shape[-1]
    return graph.node("Mul", x, np.float32(n_bands), name="weighted_bands")
