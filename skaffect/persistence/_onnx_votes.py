"""How frames make one answer, as ONNX nodes: in double precision, as NumPy has it."""

from __future__ import annotations

import numpy as np

from skaffect.persistence._onnx_graph import Graph

# Smaller posteriors have no logarithm.
_TINY = np.float64(np.finfo(np.float32).tiny)


def add_vote(graph: Graph, posteriors: str, active: str, kind: str, n_classes: int) -> str:
    """Let the active frames vote, or all of them where none is.

    Parameters
    ----------
    graph : Graph
        Where the nodes go.
    posteriors : str
        ``(n_frames, n_classes)``.
    active : str
        ``(n_frames,)`` bool.
    kind : {"soft", "hard"}
        As :class:`DERNClassifier` has it.
    n_classes : int
        Number of classes.

    Returns
    -------
    probabilities : str
        ``(n_classes,)`` float64.
    """
    counted = graph.cast(active, np.float64)
    none = graph.node("Equal", graph.node("ReduceSum", counted), np.float64(0))
    counted = graph.node("Where", none, np.float64(1), counted)
    if kind == "hard":
        chosen = graph.node("ArgMax", posteriors, axis=1, keepdims=1)
        said = graph.cast(graph.node("Equal", chosen, np.arange(n_classes)), np.float64)
    else:
        said = graph.node("Max", graph.cast(posteriors, np.float64), _TINY)
        said = graph.node("Log", said)
    total = graph.node("MatMul", counted, said)
    mean = graph.node("Div", total, graph.node("ReduceSum", counted))
    return mean if kind == "hard" else graph.node("Softmax", mean)


def add_shares(graph: Graph, votes: str, confident: float, n_classes: int) -> str:
    """Weigh the two classes with the most votes, equations 2 to 4 of arXiv:1908.03904.

    Parameters
    ----------
    graph : Graph
        Where the nodes go.
    votes : str
        ``(n_classes,)`` float64, the share of frames that chose each class.
    confident : float
        Above this share the first class stands alone.
    n_classes : int
        Number of classes.

    Returns
    -------
    shares : str
        ``(n_classes,)`` float32, which sum to one; at most two are not zero.
    """
    most, classes = graph.nodes("TopK", 2, votes, [2])
    alone = graph.node("Greater", graph.node("ReduceMax", most), np.float64(confident))
    weights = graph.node("Where", alone, np.array([1.0, 0.0]), most)
    weights = graph.node("Div", weights, graph.node("ReduceSum", weights))
    theirs = graph.node("Equal", graph.node("Unsqueeze", classes, [1]), np.arange(n_classes))
    shares = graph.node("MatMul", weights, graph.cast(theirs, np.float64))
    return graph.cast(shares, np.float32)
