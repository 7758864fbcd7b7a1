"""Two systems on the same utterances: paired, and swapped speaker by speaker."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
from scipy.stats import wilcoxon
from sklearn.metrics import accuracy_score

from skaffect import bootstrap_interval, compare_systems, landmark_error
from skaffect._entries import object_array


def absolute_error(y_true: np.ndarray, y_pred: np.ndarray) -> float:
    return float(np.abs(y_true - y_pred).mean())


def share_right(y_true: np.ndarray, y_pred: np.ndarray) -> float:
    return float(np.mean(y_true == y_pred))


def errors_of(per_speaker: list[float]) -> dict[str, Any]:
    """Make answers to two utterances a speaker, off by these numbers, and by 1 always."""
    off = np.repeat(per_speaker, 2).astype(float)
    return {
        "y_true": np.zeros(len(off)),
        "answers": {"new": off, "old": np.ones(len(off))},
        "groups": np.repeat(np.arange(len(per_speaker)), 2),
    }


def make_systems(n_speakers: int, seed: int, gain: float) -> dict[str, Any]:
    """Make two systems of which the first is right more often, on the same hard speakers."""
    rng = np.random.default_rng(seed)
    n_each = 20
    speakers = np.repeat(np.arange(n_speakers), n_each)
    easy = np.repeat(rng.uniform(0.2, 0.8, n_speakers), n_each)
    y_true = np.resize(["angry", "happy", "sad"], len(speakers))
    wrong = np.roll(["angry", "happy", "sad"], 1)[np.arange(len(speakers)) % 3]
    answers = {
        name: np.where(rng.random(len(speakers)) < easy + more, y_true, wrong)
        for name, more in (("new", gain), ("old", 0))
    }
    return {"y_true": y_true, "answers": answers, "groups": speakers}


def test_p_value_is_that_of_all_swaps() -> None:
    """Eight speakers, all better: two of 256 swaps differ as much; one worse, by least: four."""
    better = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.95]
    assert compare_systems(absolute_error, **errors_of(better)).p_value == 2 / 256
    assert compare_systems(absolute_error, **errors_of([*better[:-1], 1.05])).p_value == 4 / 256


@pytest.mark.parametrize("n_speakers", [9, 12])
def test_p_value_of_signed_ranks_is_wilcoxons(n_speakers: int) -> None:
    """Differences of whole ranks, of which many sums tie."""
    ranks = np.arange(1, n_speakers + 1) * np.where(np.arange(n_speakers) % 3 == 1, -1, 1)
    per_speaker = 1 + 0.1 * ranks
    off = np.repeat(100 + per_speaker, 2)
    comparison = compare_systems(
        absolute_error,
        np.zeros(len(off)),
        {"new": off, "old": np.full(len(off), 101.0)},
        groups=np.repeat(np.arange(n_speakers), 2),
        n_resamples=100,
    )
    expected = wilcoxon(ranks, method="exact").pvalue
    assert comparison.p_value == pytest.approx(expected, rel=1e-12)


def test_many_speakers_are_swapped_at_random() -> None:
    """As the exact test would say, and never 0."""
    data = make_systems(13, 0, gain=0.04)
    of = partial(compare_systems, share_right, **data, random_state=0)
    rough, fine = of(n_resamples=500).p_value, of(n_resamples=4000).p_value
    exact = _exact_p_value(data)
    assert 0.05 < exact < 0.95
    assert fine == pytest.approx(exact, abs=0.05)
    assert rough != fine
    clear = compare_systems(absolute_error, **errors_of([0.1] * 20), n_resamples=500)
    assert clear.p_value == 2 / 501


def _exact_p_value(data: dict[str, Any]) -> float:
    """Return the sign-flip test of the speakers' differences, all signs written out."""
    right = [data["y_true"] == answer for answer in data["answers"].values()]
    by_speaker = np.bincount(data["groups"], right[0].astype(int) - right[1].astype(int))
    n = len(by_speaker)
    signs = 1 - 2 * ((np.arange(2**n)[:, np.newaxis] >> np.arange(n)) & 1)
    return float(np.mean(np.abs(signs @ by_speaker) >= abs(by_speaker.sum())))


def test_the_test_keeps_its_level_and_sees_a_difference() -> None:
    def rejections(gain: float) -> float:
        p_values = [
            compare_systems(
                share_right, **make_systems(8, seed, gain), n_resamples=100, random_state=0
            ).p_value
            for seed in range(60)
        ]
        return float(np.mean(np.array(p_values) < 0.1))

    assert rejections(0.0) < 0.2
    assert rejections(0.2) > 0.8


def test_the_same_speakers_are_drawn_for_both() -> None:
    """Speakers differ far more than systems do: apart, their intervals overlap."""
    data = make_systems(9, 0, gain=0.15)
    comparison = compare_systems(share_right, **data, random_state=0)
    new, old = (
        bootstrap_interval(
            share_right, data["y_true"], answer, groups=data["groups"], random_state=0
        )
        for answer in data["answers"].values()
    )
    assert comparison.names == ("new", "old")
    assert comparison.estimates == (new.estimate, old.estimate)
    assert comparison.difference.estimate == new.estimate - old.estimate
    assert new.low < old.high
    assert comparison.difference.low > 0
    width = comparison.difference.high - comparison.difference.low
    assert width < 0.8 * (new.high - new.low)


def test_interval_of_a_constant_difference_has_no_width() -> None:
    comparison = compare_systems(absolute_error, **errors_of([0.75] * 9))
    assert comparison.difference[:3] == (-0.25, -0.25, -0.25)


def test_exchanging_the_systems_turns_the_sign() -> None:
    data = make_systems(9, 0, gain=0.1)
    comparison = compare_systems(share_right, **data, random_state=0)
    names = list(data["answers"])[::-1]
    data["answers"] = {name: data["answers"][name] for name in names}
    turned = compare_systems(share_right, **data, random_state=0)
    assert turned.names == ("old", "new")
    assert turned.p_value == comparison.p_value
    assert turned.difference.estimate == -comparison.difference.estimate
    assert turned.difference.low == pytest.approx(-comparison.difference.high, abs=1e-12)


def test_order_of_utterances_and_names_of_groups_do_not_matter() -> None:
    data = make_systems(10, 0, gain=0.1)
    comparison = compare_systems(share_right, **data, random_state=0)
    order = np.random.RandomState(0).permutation(len(data["y_true"]))
    shuffled = compare_systems(
        share_right,
        data["y_true"][order],
        {name: answer[order] for name, answer in data["answers"].items()},
        groups=[f"speaker{k}" for k in data["groups"][order]],
        random_state=0,
    )
    assert shuffled.p_value == comparison.p_value < 1
    assert shuffled.difference == pytest.approx(comparison.difference, abs=1e-12)


def test_same_seed_same_comparison_other_seed_other_comparison() -> None:
    of = partial(compare_systems, share_right, **make_systems(13, 0, gain=0.1), n_resamples=200)
    assert of(random_state=0) == of(random_state=0)
    assert of(random_state=0).difference != of(random_state=1).difference
    assert len({of(random_state=seed).p_value for seed in range(4)}) > 1


def test_faces_in_whatever_form(tracks: Any) -> None:
    true, new, old = (tracks([4] * 16, seed=seed) for seed in range(3))
    of = partial(
        compare_systems, landmark_error, groups=np.arange(16) // 2, n_resamples=100, random_state=0
    )
    comparison = of(true, {"new": new, "old": old})
    assert 0 < comparison.p_value <= 1
    assert comparison == of(np.stack(true), {"new": object_array(new), "old": np.stack(old)})
    ragged = [track[: 1 + i % 4] for i, track in enumerate(true)]
    with pytest.raises(ValueError, match=r"y_true\[0\] has 1 frames but y_pred\[0\] has 4"):
        of(ragged, {"new": new, "old": old})


def test_names_of_any_length_survive_the_swap() -> None:
    y_true = np.array(["surprise"] * 16)
    answers = {"new": np.array(["sad"] * 16), "old": y_true}
    comparison = compare_systems(
        accuracy_score, y_true, answers, groups=np.arange(16) // 2, n_resamples=100
    )
    assert comparison.p_value == 2 / 256


def test_few_groups_are_warned_of() -> None:
    with pytest.warns(UserWarning, match="There are only 4 groups") as caught:
        comparison = compare_systems(absolute_error, **errors_of([0.1, 0.2, 0.3, 0.4]))
    assert caught[0].filename == __file__
    assert comparison.p_value == 2 / 16


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"answers": [1, 2]}, "answers must map two systems' names .*; got list"),
        ({"answers": {"new": [0.0] * 16}}, r"answers must hold two systems, got 1: \['new'\]"),
        (
            {"answers": {"new": [0.0] * 16, "old": [0.0] * 15}},
            r"y_true has 16 entries, answers\['new'\] has 16 entries, answers\['old'\] has 15",
        ),
        ({"groups": [0] * 16}, "groups names 1 group"),
        ({"metric": 3}, "metric must be callable"),
        ({"metric": lambda t, p: p}, "metric must return one number"),
        ({"metric": lambda t, p: np.nan if 0 < p.mean() < 1 else 1.0}, "metric is nan for these"),
        ({"confidence": 1}, "confidence must be below 1"),
    ],
)
def test_bad_input(change: dict[str, Any], message: str) -> None:
    arguments = {"metric": absolute_error, **errors_of([0.0] * 8)}
    with pytest.raises((TypeError, ValueError), match=message):
        compare_systems(**{**arguments, **change})
