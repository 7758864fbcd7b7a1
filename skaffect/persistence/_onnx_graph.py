"""An ONNX graph, added to node by node and written as bytes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
import onnx
from numpy.typing import DTypeLike
from onnx import helper, numpy_helper

from skaffect._version import __version__

# The operators of 2022, which ONNX Runtime reads from 1.12 on.
OPSET, IR_VERSION = 17, 8


class Port(NamedTuple):
    """A named input or output; axes of any length have names."""

    name: str
    dtype: DTypeLike
    shape: Sequence[int | str]
    meaning: str


class Graph:
    """Nodes, which go by the name of what they answer.

    Whatever is given to a node that is not such a name becomes a constant: whole numbers
    int64 and others float32, but for arrays, which keep their type.
    """

    def __init__(self) -> None:
        self.inputs: list[Port] = []
        self.outputs: list[Port] = []
        self._nodes: list[Any] = []
        self._constants: list[Any] = []
        self._known: dict[tuple[Any, ...], str] = {}
        self._uses: Counter[str] = Counter()
        self._scope = ""

    def input(self, port: Port) -> str:
        """Add an input."""
        self.inputs.append(port)
        return self._unique(port.name)

    def output(self, port: Port, value: str) -> None:
        """Answer with a value under the port's name."""
        self.outputs.append(port)
        self._nodes.append(helper.make_node("Identity", [value], [port.name], name=port.name))

    def node(self, operator: str, *inputs: Any, name: str | None = None, **attributes: Any) -> str:
        """Add a node and return its answer's name."""
        return self.nodes(operator, 1, *inputs, name=name, **attributes)[0]

    def nodes(
        self,
        operator: str,
        n_outputs: int,
        *inputs: Any,
        name: str | None = None,
        **attributes: Any,
    ) -> list[str]:
        """Add a node with several answers and return their names."""
        given = [value if isinstance(value, str) else self.constant(value) for value in inputs]
        outputs = [self._unique(name or operator) for _ in range(n_outputs)]
        self._nodes.append(
            helper.make_node(operator, given, outputs, name=outputs[0], **attributes)
        )
        return outputs

    def cast(self, value: str, dtype: DTypeLike) -> str:
        """Turn a value into another type of number."""
        return self.node("Cast", value, to=_element_type(dtype))

    def constant(self, value: Any, name: str = "constant") -> str:
        """Add a constant, equal ones once, and return its name."""
        array = np.asarray(value)
        if not isinstance(value, np.ndarray | np.generic):
            array = array.astype(np.int64 if array.dtype.kind == "i" else np.float32)
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self._known:
            self._known[key] = self._unique(name)
            self._constants.append(
                numpy_helper.from_array(np.ascontiguousarray(array), self._known[key])
            )
        return self._known[key]

    @contextmanager
    def scope(self, name: str) -> Iterator[None]:
        """Put a name and a slash before the names of what is added."""
        outer, self._scope = self._scope, f"{self._scope}{name}/"
        try:
            yield
        finally:
            self._scope = outer

    def choice(self, condition: str, then: Callable[[], str], other: Callable[[], str]) -> str:
        """Answer with what one of two functions adds, of which only that one is computed."""
        branches = {"then_branch": self._body(then), "else_branch": self._body(other)}
        return self.node("If", condition, **branches)

    def each(self, items: str, dtype: DTypeLike, build: Callable[[str], str]) -> str:
        """Answer with what a function adds for each item along the first axis, one by one."""
        item = self._unique("item")
        taken = helper.make_tensor_value_info(item, _element_type(dtype), None)
        return self.node(
            "Scan", items, body=self._body(lambda: build(item), [taken]), num_scan_inputs=1
        )

    def serialize(self, name: str, metadata: Mapping[str, str]) -> bytes:
        """Check the graph and return the file's bytes, the same for the same graph."""
        graph = helper.make_graph(
            self._nodes,
            name,
            [_value_info(port) for port in self.inputs],
            [_value_info(port) for port in self.outputs],
            self._constants,
        )
        model = helper.make_model(
            graph,
            opset_imports=[helper.make_opsetid("", OPSET)],
            ir_version=IR_VERSION,
            producer_name="skaffect",
            producer_version=__version__,
        )
        helper.set_model_props(model, dict(metadata))
        onnx.checker.check_model(model, full_check=True)
        content: bytes = model.SerializeToString(deterministic=True)
        return content

    def _body(self, build: Callable[[], str], inputs: Sequence[Any] = ()) -> Any:
        """Return what a function adds as a graph of its own, which answers in float32."""
        outer, self._nodes = self._nodes, []
        try:
            answer = helper.make_tensor_value_info(build(), onnx.TensorProto.FLOAT, None)
            return helper.make_graph(self._nodes, self._unique("body"), inputs, [answer])
        finally:
            self._nodes = outer

    def _unique(self, name: str) -> str:
        name = self._scope + name
        self._uses[name] += 1
        return name if self._uses[name] == 1 else f"{name}_{self._uses[name]}"


def _value_info(port: Port) -> Any:
    element_type = _element_type(port.dtype)
    return helper.make_tensor_value_info(port.name, element_type, port.shape, port.meaning)


def _element_type(dtype: DTypeLike) -> int:
    element_type: int = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
    return element_type
