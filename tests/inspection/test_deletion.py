"""Removing what is attended to costs more than removing anything else, when it should."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.stats import wilcoxon
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from skaffect import SingleAttentionDeviceClassifier, deletion_test, frame_weights

N_BANDS = 6
LABELS = np.array(["phone", "recorder"] * 24)
SPEAKERS = np.repeat([f"speaker{k}" for k in range(8)], 6)


def with_events(seed: int) -> list[np.ndarray]:
    """Make noise in which two steps of four frames, loud in band 0, tell the device."""
    rng = np.random.default_rng(seed)
    utterances = []
    for label in LABELS:
        frames = rng.normal(0, 0.3, size=(int(rng.integers(61, 65)), N_BANDS))
        for step in rng.choice(len(frames) // 4, size=2, replace=False):
            event = frames[4 * step : 4 * step + 4]
            event[:, 0] += 3
            event[:, 1 if label == "phone" else 4] += 3
        utterances.append(frames.astype(np.float32))
    return utterances


def attend_to_band_0(model: Any) -> None:
    """Set attention-1 to answer about +0.76 where band 0 is above 1.5, elsewhere -0.76."""
    pair = model.model_.get_layer("attention_lstms").pairs["attention1"]
    for weights, gain, bias in zip(pair, (2, 1), (-3, 0), strict=True):
        kernel, recurrent, biases = (np.zeros(weight.shape) for weight in weights)
        # Keras's order: input, forget and cell, output. Nothing is kept in the cell.
        for gate, value in zip(np.split(biases, 4), (5, -5, bias, 5), strict=True):
            gate[:] = value
        candidate = np.split(kernel, 4, axis=1)[2]
        candidate[: 1 if gain == 2 else None] = gain
        for weight, value in zip(weights, (kernel, recurrent, biases), strict=True):
            weight.assign(value)


@pytest.fixture(scope="module")
def attentive() -> Any:
    """A network that knows the device by the events alone, and attends to them."""
    model = SingleAttentionDeviceClassifier(
        filters=(4, 4, 4),
        lstm_units=4,
        dense_units=8,
        averaged_bands=2,
        dropout=0.0,
        epochs=1,
        batch_size=8,
        learning_rate=0.02,
        warm_start=True,
        random_state=0,
    )
    heard = with_events(0)
    model.fit(heard, LABELS)
    attend_to_band_0(model)
    return model.set_params(epochs=8).fit(heard, LABELS)


@pytest.fixture(scope="module")
def result(attentive: Any) -> Any:
    return deletion_test(attentive, with_events(1), LABELS, SPEAKERS, n_random=5, random_state=0)


def test_the_attended_frames_matter_more_than_random_ones(attentive: Any, result: Any) -> None:
    heard = with_events(1)
    assert attentive.score(heard, LABELS) > 0.9
    loud = [frames[:, 0] > 1.5 for frames in heard]
    shares = [
        w[mask].sum() / w.sum()
        for w, mask in zip(frame_weights(attentive, heard), loud, strict=True)
    ]
    assert np.mean(shares) > 0.7  # they are an eighth of all
    assert (result.attended_mean > 5 * result.random_mean).all()
    assert (result.attended_mean > 0.3).all()
    assert (result.p_value < 0.05).all()
    # Random draws hit the events more often, the more they take. A tenth and a fifth differ by
    # less than so few draws scatter.
    assert result.random_mean[2] > result.random_mean[:2].max()


def test_what_it_answers(result: Any) -> None:
    assert result.fractions.tolist() == [0.1, 0.2, 0.4]
    np.testing.assert_allclose(result.removed, result.fractions, atol=0.03)
    assert result.speakers.tolist() == sorted(set(SPEAKERS))
    for falls in (result.attended, result.random):
        assert falls.shape == (3, 8)
        assert np.isfinite(falls).all()
    np.testing.assert_allclose(result.attended.mean(axis=1), result.attended_mean)
    np.testing.assert_allclose(result.random.mean(axis=1), result.random_mean)
    expected = [wilcoxon(a, b).pvalue for a, b in zip(result.attended, result.random, strict=True)]
    np.testing.assert_allclose(result.p_value, expected)


def test_attended_falls_agree_with_a_plain_computation(attentive: Any, result: Any) -> None:
    heard = with_events(1)
    after = []
    for frames, weights in zip(heard, frame_weights(attentive, heard), strict=True):
        steps = weights[: len(frames) // 4 * 4 : 4]
        worst = sorted(range(len(steps)), key=lambda k: -steps[k])[: round(0.2 * len(steps))]
        kept = [k for k in range(len(frames)) if k // 4 not in worst]
        after.append(frames[kept])
    column = np.searchsorted(attentive.classes_, LABELS)
    rows = np.arange(len(heard))
    before = np.log(attentive.predict_proba(heard)[rows, column])
    fall = before - np.log(attentive.predict_proba(after)[rows, column])
    by_speaker = [fall[speaker == SPEAKERS].mean() for speaker in result.speakers]
    np.testing.assert_allclose(result.attended[1], by_speaker, atol=1e-5)
    plain = [before[speaker == SPEAKERS].mean() for speaker in result.speakers]
    np.testing.assert_allclose(result.log_probability, plain, atol=1e-5)


def test_the_same_seed_draws_the_same(single: Any, utterances: list[np.ndarray]) -> None:
    labels, speakers = ["phone", "recorder"] * 2, ["ann", "bob"] * 2

    def run(seed: int) -> Any:
        return deletion_test(
            single, utterances[4:8], labels, speakers, (0.4,), n_random=2, random_state=seed
        )

    one, again, other = run(0), run(0), run(1)
    np.testing.assert_array_equal(one.random, again.random)
    np.testing.assert_array_equal(one.attended, again.attended)
    np.testing.assert_array_equal(one.attended, other.attended)
    assert not np.array_equal(one.random, other.random)


def test_both_ways_remove_whole_steps_and_keep_a_short_last_one(
    single: Any, utterances: list[np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[np.ndarray]] = []
    original = type(single).predict_proba

    def spy(self: Any, X: Any) -> Any:
        seen.append(X)
        return original(self, X)

    monkeypatch.setattr(type(single), "predict_proba", spy)
    whole = [entry.copy() for entry in utterances]
    deletion_test(
        single, utterances, ["phone"] * 16, ["ann", "bob"] * 8, (0.01, 0.3, 0.99), n_random=2
    )
    assert len(seen) == 1 + 3 * 3  # everything, then three ways of removing each share
    for k, parts in enumerate(seen[1:]):
        for entry, part in zip(whole, parts, strict=True):
            n_steps = len(entry) // 4
            removed = (1, max(1, round(0.3 * n_steps)), n_steps - 1)[k // 3]
            assert len(part) == len(entry) - 4 * removed
            # The steps that remain, as they were and in their order.
            steps = [entry[i : i + 4].tobytes() for i in range(0, len(entry), 4)]
            kept = [steps.index(part[i : i + 4].tobytes()) for i in range(0, len(part), 4)]
            assert kept == sorted(set(kept))
            assert len(entry) % 4 == 0 or kept[-1] == n_steps
    for entry, before in zip(utterances, whole, strict=True):
        np.testing.assert_array_equal(entry, before)


def test_ties_are_broken_by_the_seed_not_by_position(
    single: Any, utterances: list[np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of the steps tie for the most attended; one of them goes."""
    monkeypatch.setattr(
        "skaffect.inspection._deletion.step_weights",
        lambda utterances: [np.array([0.1, 0.4, 0.1, 0.4])] * len(utterances.entries),
    )
    seen: list[list[np.ndarray]] = []
    original = type(single).predict_proba
    monkeypatch.setattr(
        type(single), "predict_proba", lambda self, X: (seen.append(X), original(self, X))[1]
    )
    entries = [np.full((16, N_BANDS), i) + np.repeat(range(4), 4)[:, None] / 8 for i in range(16)]

    def removed(seed: int) -> list[int]:
        seen.clear()
        deletion_test(
            single, entries, LABELS[:16], ["ann", "bob"] * 8, (0.25,), 1, random_state=seed
        )
        steps = [set(8 * (part[:, 0] - i)) for i, part in enumerate(seen[1])]
        return [int(min(set(range(4)) - kept)) for kept in steps]

    first = removed(0)
    assert set(first) == {1, 3}
    assert removed(0) == first
    assert removed(1) != first


def test_certain_errors_stay_finite(
    single: Any, utterances: list[np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        type(single), "predict_proba", lambda self, X: np.tile([0.0, 1.0], (len(X), 1))
    )
    speakers = ["ann", "bob"] * 8
    result = deletion_test(single, utterances, ["phone"] * 16, speakers, n_random=1)
    np.testing.assert_allclose(result.log_probability, np.log(1e-7))
    assert not result.attended.any()
    assert result.p_value.tolist() == [1, 1, 1]


def test_a_pipeline_transforms_once(single: Any, utterances: list[np.ndarray]) -> None:
    calls: list[int] = []

    def halve(X: Any) -> Any:
        calls.append(len(X))
        return [0.5 * x for x in X]

    arguments = (["phone", "recorder"] * 8, ["ann", "bob"] * 8, (0.3,), 2, 0)
    piped = deletion_test(
        make_pipeline(FunctionTransformer(halve), single), utterances, *arguments
    )
    plain = deletion_test(single, [0.5 * x for x in utterances], *arguments)
    assert calls == [16]
    np.testing.assert_array_equal(piped.attended, plain.attended)
    np.testing.assert_array_equal(piped.random, plain.random)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"fractions": 0.1}, "fractions must be a sequence of numbers between 0 and 1, got 0.1"),
        ({"fractions": (0.1, 0)}, r"fractions\[1] must be above 0.0, got 0"),
        ({"fractions": (1.0,)}, r"fractions\[0] must be below 1, got 1.0: something has to"),
        ({"n_random": 0}, "n_random must be at least 1, got 0"),
        ({"y": ["phone", "radio"] * 8}, r"y holds \['radio'], which is not among the classes"),
        ({"X": "speech.wav"}, "sequence of utterances, got 'speech.wav'. Wrap it in a list"),
        ({"X": np.zeros(16)}, "got a single 1-D array. If it is one utterance, wrap it in a"),
        ({"X": []}, "at least one utterance is required"),
        ({"y": [["phone"]] * 16}, r"y must have shape \(n,\), got \(16, 1\)"),
        ({"y": ["phone"] * 15}, "X holds 16 utterances, but y has 15 entries"),
        ({"speakers": ["ann"] * 15}, "X holds 16 utterances, but speakers has 15 entries"),
        ({"speakers": ["ann"] * 16}, "speakers holds one speaker, 'ann'; pairs of falls need"),
        (
            {"X": [np.zeros((7, N_BANDS))] * 16},
            r"X\[0] has 7 frames, but 8 are needed: whole steps",
        ),
    ],
)
def test_bad_input(
    single: Any, utterances: list[np.ndarray], change: dict[str, Any], message: str
) -> None:
    arguments = {"X": utterances, "y": ["phone"] * 16, "speakers": ["ann", "bob"] * 8}
    with pytest.raises((TypeError, ValueError), match=message):
        deletion_test(single, **{**arguments, **change})
