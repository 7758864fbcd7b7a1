"""What each estimator answers about one utterance, as an ONNX graph."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from skaffect.animation import DSRNRegressor, EmotionConditionedRegressor, ShapeTargetRegressor
from skaffect.device import (
    DFTCNNBaseline,
    DualAttentionDeviceClassifier,
    SingleAttentionDeviceClassifier,
)
from skaffect.emotion import DERNClassifier
from skaffect.persistence._onnx_graph import Graph, Port
from skaffect.persistence._onnx_networks import add_attention, add_dern, add_dft_cnn, add_dsrn
from skaffect.persistence._onnx_spectrum import add_pieces
from skaffect.persistence._onnx_votes import add_shares, add_vote
from skaffect.shape import ProcrustesPCAShape

_VOTES = {
    "hard": "share of the frames that chose each class",
    "soft": "normalised geometric mean of the frames' posteriors",
}


class Answer(NamedTuple):
    """A value to answer with, the lengths or names of its axes, and what it means."""

    value: str
    shape: Sequence[int | str]
    meaning: str


Answers = dict[str, Answer]


def build_graph(model: Any) -> Graph:
    """Return the graph of a fitted estimator that the checks below have passed."""
    graph = Graph()
    for name, answer in _ANSWERS[type(model)](graph, model).items():
        graph.output(Port(name, np.float32, answer.shape, answer.meaning), answer.value)
    return graph


def check_class(model: Any, place: str) -> None:
    """Raise unless an estimator is of a class that has a graph.

    Parameters
    ----------
    model : estimator
        The estimator.
    place : str
        Where it stands, for errors.

    Raises
    ------
    TypeError
        If it is not.
    """
    # A class derived from a known one may compute anything.
    if type(model) not in _ANSWERS:
        raise TypeError(
            f"{place} is of class {type(model).__name__}, which has no ONNX graph; give one of "
            f"{', '.join(kind.__name__ for kind in _ANSWERS)}, or a Pipeline that ends in one. A "
            "search holds it in best_estimator_."
        )


def check_parts(model: Any, place: str) -> None:
    """Raise unless a fitted estimator is made of parts that have graphs, with valid parameters.

    Parameters
    ----------
    model : estimator
        The estimator, of a class that has a graph.
    place : str
        Where it stands, for errors.

    Raises
    ------
    TypeError
        Naming the first part that is of another class.
    ValueError
        Naming the first parameter that is not valid.
    """
    for name, part, kinds in _parts(model):
        if type(part) not in kinds:
            raise TypeError(
                f"{place}.{name} is of class {type(part).__name__}; in an ONNX graph it must be "
                f"a {' or '.join(kind.__name__ for kind in kinds)}."
            )
        check_parts(part, f"{place}.{name}")
    if "model_" in vars(model):
        model._check_parameters()


def labels_of(model: Any) -> list[Any] | None:
    """Return the classes in the order of a fitted estimator's answers; None without classes."""
    model = model.regressor_ if isinstance(model, ShapeTargetRegressor) else model
    classes = vars(model).get("classes_")
    return None if classes is None else classes.tolist()


def _dern(graph: Graph, dern: DERNClassifier) -> Answers:
    n_classes = len(dern.classes_)
    posteriors = add_dern(graph, dern, _frames(graph, dern))
    votes = add_vote(graph, posteriors, _active(graph), dern.vote, n_classes)
    return {
        "probabilities": Answer(graph.cast(votes, np.float32), (n_classes,), _VOTES[dern.vote]),
        "posteriors": Answer(
            posteriors,
            ("n_frames", n_classes),
            "probability of each class in each frame, silent ones included",
        ),
    }


def _dsrn(graph: Graph, dsrn: DSRNRegressor) -> Answers:
    answers = add_dsrn(graph, dsrn, _frames(graph, dsrn))
    return {"shape_parameters": _shape_parameters(answers, dsrn)}


def _cascade(graph: Graph, cascade: EmotionConditionedRegressor) -> Answers:
    classifier, n_classes = cascade.classifier_, len(cascade.classifier_.classes_)
    frames, active = _frames(graph, classifier), _active(graph)
    with graph.scope("classifier"):
        posteriors = add_dern(graph, classifier, frames)
        votes = add_vote(graph, posteriors, active, "hard", n_classes)
        shares = add_shares(graph, votes, cascade.confident, n_classes)
    regressors = [cascade.regressors_[label] for label in classifier.classes_.tolist()]
    parts = []
    for i, regressor in enumerate(regressors):
        with graph.scope(str(classifier.classes_[i])):
            share = graph.node("Gather", shares, i)
            parts.append(_answer_where_heard(graph, regressor, frames, share))
    return {
        "shape_parameters": _shape_parameters(graph.node("Sum", *parts), regressors[0]),
        "emotion_weights": Answer(
            shares, (n_classes,), "weight of each class's regressor, of two at most; the sum is 1"
        ),
    }


def _face(graph: Graph, face: ShapeTargetRegressor) -> Answers:
    answers = _ANSWERS[type(face.regressor_)](graph, face.regressor_)
    parameters, shape = answers["shape_parameters"].value, face.shape_
    n_points = len(shape.mean_shape_)
    x = graph.node("MatMul", parameters, np.float32(shape.components_))
    x = graph.node("Add", x, np.float32(shape.mean_shape_.ravel()))
    landmarks = Answer(
        graph.node("Reshape", x, [-1, n_points, 2]),
        ("n_frames", n_points, 2),
        "in pixels, centred, upright and of the training faces' mean size",
    )
    return {"landmarks": landmarks, **answers}


def _attention(graph: Graph, classifier: Any) -> Answers:
    attended = add_attention(graph, classifier, _frames(graph, classifier))
    answers = {
        "probabilities": Answer(
            attended.probabilities, (len(classifier.classes_),), "probability of each class"
        ),
        "frame_weights": Answer(
            attended.frame_weights,
            ("n_frames",),
            "attention to each frame's step of four; the weights of all steps sum to 1",
        ),
    }
    if attended.band_weights is not None:
        n_bands = int(classifier.n_features_in_)
        meaning = "attention to each band; the sum is 1"
        answers["band_weights"] = Answer(attended.band_weights, (n_bands,), meaning)
    return answers


def _dft_baseline(graph: Graph, baseline: DFTCNNBaseline) -> Answers:
    length, n_classes = baseline.piece_length_, len(baseline.classes_)
    meaning = f"mono samples in [-1, 1] at {baseline.sr} Hz"
    waveform = graph.input(Port("waveform", np.float32, ("n_times",), meaning))
    posteriors = add_dft_cnn(graph, baseline, add_pieces(graph, waveform, length))
    means = graph.node("ReduceMean", posteriors, axes=[0], keepdims=0)
    return {
        "probabilities": Answer(means, (n_classes,), "mean of the pieces' posteriors"),
        "posteriors": Answer(
            posteriors,
            ("n_pieces", n_classes),
            f"probability of each class in each piece of {length} samples",
        ),
    }


_ANSWERS: dict[type, Callable[[Graph, Any], Answers]] = {
    DERNClassifier: _dern,
    DSRNRegressor: _dsrn,
    EmotionConditionedRegressor: _cascade,
    ShapeTargetRegressor: _face,
    SingleAttentionDeviceClassifier: _attention,
    DualAttentionDeviceClassifier: _attention,
    DFTCNNBaseline: _dft_baseline,
}


def _parts(model: Any) -> list[tuple[str, Any, tuple[type, ...]]]:
    """Return what an estimator is made of: names, estimators and the classes that they may be."""
    if isinstance(model, ShapeTargetRegressor):
        return [
            ("shape_", model.shape_, (ProcrustesPCAShape,)),
            ("regressor_", model.regressor_, (DSRNRegressor, EmotionConditionedRegressor)),
        ]
    if isinstance(model, EmotionConditionedRegressor):
        regressors = model.regressors_.items()
        return [
            ("classifier_", model.classifier_, (DERNClassifier,)),
            *((f"regressors_[{label!r}]", part, (DSRNRegressor,)) for label, part in regressors),
        ]
    return []


def _answer_where_heard(graph: Graph, regressor: Any, frames: str, share: str) -> str:
    """Return a regressor's answers times its share, one row of zeros where that is zero."""
    nothing = np.zeros((1, regressor.architecture_["n_outputs"]), np.float32)
    return graph.choice(
        graph.node("Greater", share, np.float32(0)),
        lambda: graph.node("Mul", add_dsrn(graph, regressor, frames), share),
        lambda: graph.node("Identity", nothing),
    )


def _frames(graph: Graph, model: Any) -> str:
    shape = ("n_frames", int(model.n_features_in_))
    meaning = "feature frames of one utterance, as the last step of preprocessing answers them"
    return graph.input(Port("frames", np.float32, shape, meaning))


def _active(graph: Graph) -> str:
    meaning = "which frames vote, those that are not silent; all vote where none does"
    return graph.input(Port("active", np.bool_, ("n_frames",), meaning))


def _shape_parameters(value: str, dsrn: Any) -> Answer:
    n_outputs = dsrn.architecture_["n_outputs"]
    meaning = "what the regressor was trained to answer, in the units of its targets"
    return Answer(value, ("n_frames", n_outputs), meaning)
