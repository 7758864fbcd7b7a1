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
from skaffect.persistence._onnx_spectrum import add_pieces, add_spectra
from skaffect.persistence._onnx_votes import add_shares, add_vote


class Answer(NamedTuple):
    """A value to answer with, the lengths or names of its axes, and what it means."""

    value: str
    shape: Sequence[int | str]
    meaning: str


Answers = dict[str, Answer]


def build_graph(model: Any) -> Graph:
    """Return the graph of a fitted estimator that is one of `EXPORTABLE`, all parts checked."""
    graph = Graph()
    for name, answer in EXPORTABLE[type(model)](graph, model).items():
        graph.output(Port(name, np.float32, answer.shape, answer.meaning), answer.value)
    return graph


def _dern(graph: Graph, dern: DERNClassifier) -> Answers:
    n_classes = len(dern.classes_)
    posteriors = add_dern(graph, dern, _frames(graph, dern))
    votes = add_vote(graph, posteriors, _active(graph), dern.vote, n_classes)
    return {
        "probabilities": _probabilities(graph.cast(votes, np.float32), n_classes),
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
    answers = EXPORTABLE[type(face.regressor_)](graph, face.regressor_)
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
        "probabilities": _probabilities(attended.probabilities, len(classifier.classes_)),
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
    spectra = add_spectra(graph, add_pieces(graph, waveform, length), length)
    spectra = graph.node("Div", spectra, np.float32(baseline.scale_))
    posteriors = add_dft_cnn(graph, baseline, spectra)
    means = graph.node("ReduceMean", posteriors, axes=[0], keepdims=0)
    return {
        "probabilities": _probabilities(means, n_classes),
        "posteriors": Answer(
            posteriors,
            ("n_pieces", n_classes),
            f"probability of each class in each piece of {length} samples",
        ),
    }


# Those that have a graph. A class derived from one of them may compute anything, and has none.
EXPORTABLE: dict[type, Callable[[Graph, Any], Answers]] = {
    DERNClassifier: _dern,
    DSRNRegressor: _dsrn,
    EmotionConditionedRegressor: _cascade,
    ShapeTargetRegressor: _face,
    SingleAttentionDeviceClassifier: _attention,
    DualAttentionDeviceClassifier: _attention,
    DFTCNNBaseline: _dft_baseline,
}


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


def _probabilities(value: str, n_classes: int) -> Answer:
    return Answer(value, (n_classes,), "probability of each class; the sum is 1")


def _shape_parameters(value: str, dsrn: Any) -> Answer:
    n_outputs = dsrn.architecture_["n_outputs"]
    meaning = "what the regressor was trained to answer, in the units of its targets"
    return Answer(value, ("n_frames", n_outputs), meaning)
