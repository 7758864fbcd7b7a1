"""Votes in the graph are the classifier's."""

from __future__ import annotations

import numpy as np
import onnxruntime
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skaffect import DERNClassifier
from skaffect.emotion import _soft_vote, hard_vote
from skaffect.persistence._onnx_graph import Graph, Port
from skaffect.persistence._onnx_votes import add_shares, add_vote

N_CLASSES = 4


def compiled(build):
    """Return a function of posteriors and of who is active, from one that adds nodes."""
    graph = Graph()
    posteriors = graph.input(Port("posteriors", np.float32, ["n", N_CLASSES], ""))
    active = graph.input(Port("active", np.bool_, ["n"], ""))
    answer = graph.cast(build(graph, posteriors, active), np.float32)
    graph.output(Port("answer", np.float32, [N_CLASSES], ""), answer)
    session = onnxruntime.InferenceSession(graph.serialize("vote", {}))
    return lambda p, a: session.run(None, {"posteriors": p, "active": a})[0]


def vote(kind):
    return compiled(lambda graph, p, a: add_vote(graph, p, a, kind, N_CLASSES))


def shares(confident):
    def build(graph, posteriors, active):
        votes = add_vote(graph, posteriors, active, "hard", N_CLASSES)
        return add_shares(graph, votes, confident, N_CLASSES)

    return compiled(build)


SOFT, HARD = vote("soft"), vote("hard")
CONFIDENT = 0.6
SHARES = shares(CONFIDENT)


@st.composite
def utterances(draw):
    """Draw posteriors, with ties, zeros and ones among them, and which frames are active."""
    n_frames = draw(st.integers(1, 12))
    some = st.sampled_from([0.0, 1e-42, 1e-6, 0.25, 0.5, 1.0])
    rows = [draw(st.lists(some, min_size=4, max_size=4)) for _ in range(n_frames)]
    active = draw(st.lists(st.booleans(), min_size=n_frames, max_size=n_frames))
    return np.float32(rows), np.array(active)


def voting(posteriors, active):
    return posteriors[active] if active.any() else posteriors


@given(utterances())
def test_soft_vote(utterance):
    np.testing.assert_allclose(SOFT(*utterance), _soft_vote(voting(*utterance)), atol=1e-6)


@given(utterances())
def test_hard_vote(utterance):
    np.testing.assert_array_equal(HARD(*utterance), np.float32(hard_vote(voting(*utterance))))


@given(utterances())
def test_shares_are_those_of_top_two(utterance):
    dern = DERNClassifier()
    dern.classes_ = np.arange(N_CLASSES)
    dern._voting_posteriors = lambda X: [voting(*utterance)]
    (labels,), (weights,) = dern.top_two([], CONFIDENT)
    expected = np.zeros(N_CLASSES, np.float32)
    expected[labels] = weights
    np.testing.assert_array_equal(SHARES(*utterance), expected)


def test_an_hour_of_frames_is_averaged_without_drift():
    rng = np.random.default_rng(0)
    posteriors = rng.dirichlet([0.3] * N_CLASSES, 360_000).astype(np.float32)
    everyone = np.ones(len(posteriors), bool)
    expected = _soft_vote(posteriors)
    np.testing.assert_allclose(SOFT(posteriors, everyone), expected, rtol=1e-6)


@pytest.mark.parametrize(("confident", "alone"), [(0.49, True), (0.5, False)])
def test_confident_is_a_bound_that_must_be_passed(confident, alone):
    posteriors = np.float32(np.eye(N_CLASSES))[[0, 0, 1, 2]]
    found = shares(confident)(posteriors, np.ones(4, bool))
    np.testing.assert_allclose(found, [1, 0, 0, 0] if alone else [2 / 3, 1 / 3, 0, 0], rtol=1e-6)
