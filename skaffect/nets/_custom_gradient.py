"""Gradients of our own, which TensorFlow would keep until the process ends."""

from __future__ import annotations

import weakref
from typing import Any

_KEPT = "_skaffect_gradients"


def release_with_graph(answer: Any) -> Any:
    """Let the graph in which a custom gradient was traced go once nothing else needs it.

    TensorFlow registers every such gradient for good, and with it the graph: 33 MB for each
    dual attention network that was trained. Here the graph itself keeps the gradient, and what
    is registered looks there. Asking for the gradient once the graph has gone fails, as does
    asking for it in another process.

    Parameters
    ----------
    answer : tensor
        What a function decorated by :func:`keras.ops.custom_gradient` returned.

    Returns
    -------
    answer : tensor
        The same.
    """
    graph = getattr(answer, "graph", None)  # eager tensors and other backends have none
    if graph is None:
        return answer
    # Nothing public takes a gradient out. Where these names have changed it stays, as it would.
    try:
        from tensorflow.python.framework import ops

        registered = ops.gradient_registry._registry
        name = answer.op.get_attr("_gradient_op_type").decode()
        entry = registered[name]
        gradient = entry["type"]
    except (ImportError, AttributeError, KeyError, TypeError, ValueError):
        return answer
    _kept_by(graph)[name] = gradient
    of_graph = weakref.ref(graph)
    registered[name] = {
        **entry,
        "type": lambda op, *slopes: _kept_by(of_graph())[name](op, *slopes),
    }
    weakref.finalize(graph, registered.pop, name, None).atexit = False
    return answer


def _kept_by(graph: Any) -> dict[str, Any]:
    if not hasattr(graph, _KEPT):
        setattr(graph, _KEPT, {})
    kept: dict[str, Any] = getattr(graph, _KEPT)
    return kept
