"""The graph keeps names apart, constants once, and computes only the branch that is chosen."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
import pytest

from skaffect.persistence._onnx_graph import Graph, Port

X = Port("x", np.float32, ["n"], "some numbers")
Y = Port("y", np.float32, ["n"], "others")


def run(graph, x):
    session = onnxruntime.InferenceSession(graph.serialize("test", {}))
    return session.run(None, {"x": np.float32(x)})[0].tolist()


def test_nodes_of_one_name_and_of_two_scopes_are_kept_apart():
    graph = Graph()
    x = graph.input(X)
    names = [graph.node("Abs", x, name="layer") for _ in range(2)]
    with graph.scope("outer"), graph.scope("inner"):
        names.append(graph.node("Abs", x, name="layer"))
    assert names == ["layer", "layer_2", "outer/inner/layer"]
    assert graph.node("Abs", x) == "Abs"


def test_equal_constants_are_kept_once_and_types_apart():
    graph = Graph()
    assert graph.constant([1, 2]) == graph.constant(np.array([1, 2]))
    assert graph.constant(1) != graph.constant([1])
    assert graph.constant(1) != graph.constant(1.0)
    assert graph.constant(np.float64(1)) != graph.constant(1.0)
    assert graph.constant(np.zeros(2)) != graph.constant(np.zeros((1, 2)))


def test_one_branch_is_answered_and_branches_see_what_is_outside():
    graph = Graph()
    x = graph.input(X)
    positive = graph.node("Greater", graph.node("ReduceSum", x, keepdims=0), np.float32(0))
    value = graph.choice(
        positive, lambda: graph.node("Add", x, 1.0), lambda: graph.node("Mul", x, 10.0)
    )
    graph.output(Y, value)
    assert run(graph, [1, 2]) == [2, 3]
    assert run(graph, [1, -2]) == [10, -20]


def test_each_item_is_answered_on_its_own():
    graph = Graph()
    x = graph.input(X)
    graph.output(Y, graph.each(x, np.float32, lambda item: graph.node("Mul", item, item)))
    assert run(graph, [1, 2, 3]) == [1, 4, 9]


def test_what_is_no_graph_is_not_written():
    graph = Graph()
    graph.output(Y, graph.node("Abs", "nothing"))
    with pytest.raises(onnx.checker.ValidationError):
        graph.serialize("test", {})


def test_metadata_and_meanings_are_in_the_file():
    graph = Graph()
    graph.output(Y, graph.node("Abs", graph.input(X)))
    model = onnx.load_model_from_string(graph.serialize("test", {"card": "{}"}))
    assert {entry.key: entry.value for entry in model.metadata_props} == {"card": "{}"}
    assert [value.doc_string for value in model.graph.input] == ["some numbers"]
    assert [value.doc_string for value in model.graph.output] == ["others"]
