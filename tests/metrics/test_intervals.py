"""Intervals hold the truth as often as they say, because they count speakers."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
from scipy.stats import binom
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score, recall_score

from skaffect import (
    MetricInterval,
    bootstrap_interval,
    landmark_error,
    lip_opening_correlation,
    mean_face_ratio,
    shape_mse,
)
from skaffect._entries import object_array

EMOTIONS = ["angry", "happy", "sad"]


def share_right(y_true: np.ndarray, y_pred: np.ndarray) -> float:
    return float(np.mean(y_true == y_pred))


def make_answers(n_speakers: int, seed: int, n_each: int = 20) -> tuple[np.ndarray, ...]:
    """Make speakers of whom a share between 0.2 and 1, 0.6 on average, is understood."""
    rng = np.random.default_rng(seed)
    speakers = np.repeat([f"speaker{k}" for k in range(n_speakers)], n_each)
    understood = np.repeat(rng.uniform(0.2, 1, n_speakers), n_each)
    y_true = np.resize(EMOTIONS, len(speakers))
    wrong = np.roll(EMOTIONS, 1)[np.arange(len(speakers)) % 3]
    return y_true, np.where(rng.random(len(speakers)) < understood, y_true, wrong), speakers


def coverage(n_speakers: int, n_draws: int, *, by_speaker: bool) -> float:
    """Return in which share of draws of speakers the interval holds the true 0.6."""
    hits = 0
    for seed in range(n_draws):
        y_true, y_pred, speakers = make_answers(n_speakers, seed)
        interval = bootstrap_interval(
            share_right,
            y_true,
            y_pred,
            groups=speakers if by_speaker else np.arange(len(speakers)),
            n_resamples=200,
            random_state=seed,
        )
        hits += interval.low <= 0.6 <= interval.high
    return hits / n_draws


def test_intervals_over_speakers_hold_the_truth_and_those_over_utterances_do_not() -> None:
    assert coverage(24, 150, by_speaker=True) > 0.88
    assert coverage(24, 40, by_speaker=False) < 0.75


@pytest.mark.filterwarnings("ignore:There are only 4 groups")
def test_few_speakers_give_intervals_that_are_too_narrow() -> None:
    """Which is what the warning says, and the notes: 80 % where 95 % are asked for."""
    assert 0.7 < coverage(4, 200, by_speaker=True) < 0.88


def test_interval_is_the_one_that_can_be_computed() -> None:
    """Eight speakers all right or all wrong: the share right is binomial in the resamples."""
    right = np.repeat([True, True, True, True, True, True, False, False], 3)
    interval = bootstrap_interval(
        share_right,
        np.ones(24),
        right.astype(float),
        groups=np.repeat(np.arange(8), 3),
        confidence=0.8,
        n_resamples=5000,
        random_state=0,
    )
    low, high = binom(8, 6 / 8).ppf([0.1, 0.9]) / 8
    assert interval == (0.75, low, high, 0.8, 8, 5000)


def test_groups_count_by_their_utterances() -> None:
    y_true = np.zeros(100)
    y_pred = np.concatenate([np.zeros(90), np.ones(10)])
    speakers = np.concatenate([np.zeros(90), np.arange(1, 11)])
    interval = bootstrap_interval(share_right, y_true, y_pred, groups=speakers, random_state=0)
    assert interval.estimate == 0.9
    assert interval.low == 0  # without the one who speaks nearly everything
    assert interval.high > 0.96


def test_flawless_answers_have_an_interval_without_width() -> None:
    y_true, _, speakers = make_answers(9, 0)
    interval = bootstrap_interval(
        balanced_accuracy_score, y_true, y_true, groups=speakers, n_resamples=100
    )
    assert (interval.estimate, interval.low, interval.high) == (1, 1, 1)


def test_order_of_utterances_and_names_of_groups_do_not_matter() -> None:
    y_true, y_pred, speakers = make_answers(9, 0)
    of = partial(bootstrap_interval, share_right, random_state=0)
    interval = of(y_true, y_pred, groups=speakers)
    order = np.random.RandomState(0).permutation(len(y_true))
    shuffled = of(y_true[order], y_pred[order], groups=speakers[order])
    assert shuffled == pytest.approx(interval, abs=1e-12)
    numbers = [int(name.removeprefix("speaker")) + 100 for name in speakers]
    assert of(y_true, y_pred, groups=numbers) == interval
    # Names that sort otherwise are other draws of the same.
    reverse = of(y_true, y_pred, groups=[-number for number in numbers])
    assert reverse == pytest.approx(interval, abs=0.02)
    assert reverse != interval


def test_same_seed_same_interval_other_seed_other_interval() -> None:
    y_true, y_pred, speakers = make_answers(9, 0)
    of = partial(bootstrap_interval, share_right, y_true, y_pred, groups=speakers)
    before = np.random.get_state()[1].tolist()  # noqa: NPY002
    assert of(random_state=0) == of(random_state=0) == of(random_state=np.random.RandomState(0))
    assert of(random_state=0) != of(random_state=1)
    assert np.random.get_state()[1].tolist() == before  # noqa: NPY002


def test_more_confidence_is_wider() -> None:
    y_true, y_pred, speakers = make_answers(12, 0)
    narrow, wide = (
        bootstrap_interval(
            share_right, y_true, y_pred, groups=speakers, confidence=share, random_state=0
        )
        for share in (0.5, 0.99)
    )
    assert wide.low < narrow.low < narrow.estimate < narrow.high < wide.high


@pytest.mark.parametrize("form", [list, object_array, tuple])
def test_faces_of_any_length(
    tracks: Callable[..., list[np.ndarray]], form: Callable[..., Any]
) -> None:
    lengths = [3, 5, 4, 2] * 5
    true, predicted = tracks(lengths), tracks(lengths, seed=1)
    speakers = np.arange(20) // 2
    mean = np.concatenate(tracks([9], seed=2)).mean(axis=0)
    for metric in (landmark_error, lip_opening_correlation, partial(mean_face_ratio, mean=mean)):
        of = partial(bootstrap_interval, metric, groups=speakers, n_resamples=100, random_state=0)
        interval = of(form(true), form(predicted))
        assert interval.estimate == metric(true, predicted)
        assert interval.low < interval.estimate < interval.high
        assert interval == of(true, predicted)


def test_arrays_of_faces_and_lists_of_them_are_alike(parameters: Any) -> None:
    true, predicted = parameters([4] * 16), parameters([4] * 16, seed=1)
    of = partial(bootstrap_interval, shape_mse, groups=list("aabbccddeeffgghh"), random_state=0)
    assert of(np.stack(true), np.stack(predicted)) == of(true, predicted)


def test_names_may_come_in_any_form() -> None:
    y_true, y_pred, speakers = make_answers(9, 0)
    of = partial(bootstrap_interval, accuracy_score, n_resamples=100, random_state=0)
    interval = of(y_true, y_pred, groups=speakers)
    assert of(y_true.tolist(), y_pred.astype(object), groups=tuple(speakers)) == interval


def test_resamples_without_a_class_are_left_out() -> None:
    """Balanced accuracy over fewer classes would be another figure: here 1 instead of 0.5."""
    y_true = np.array(["sad", "sad"] * 10)
    y_true[:6:2] = "angry"
    speakers = np.arange(20) // 2  # three of ten are angry
    y_pred = np.full(20, "sad")
    interval = bootstrap_interval(
        balanced_accuracy_score, y_true, y_pred, groups=speakers, n_resamples=500, random_state=0
    )
    assert (interval.low, interval.high) == (0.5, 0.5)
    assert interval.n_resamples / 500 == pytest.approx(1 - 0.7**10, abs=0.02)


def test_a_class_of_one_speaker_is_warned_of() -> None:
    y_true, y_pred, speakers = make_answers(9, 0)
    y_true[0] = "calm"
    with pytest.warns(UserWarning, match=r"of 2000 resamples lack a class of y_true.*left out"):
        interval = bootstrap_interval(share_right, y_true, y_pred, groups=speakers, random_state=0)
    assert interval.n_resamples / 2000 == pytest.approx(1 - (8 / 9) ** 9, abs=0.04)


def test_a_class_for_each_speaker_has_no_interval() -> None:
    _, _, speakers = make_answers(9, 0)
    with pytest.raises(ValueError, match="resamples lack a class of y_true.*too many for an"):
        bootstrap_interval(accuracy_score, speakers, speakers, groups=speakers, random_state=0)


def test_floating_point_numbers_are_no_classes() -> None:
    measured = np.random.RandomState(0).randn(40)
    of = partial(bootstrap_interval, lambda t, p: np.abs(t - p).mean(), groups=np.arange(40) // 4)
    assert of(measured, 0.5 * measured).n_resamples == 2000
    with pytest.raises(ValueError, match="numbers rather than classes, make them floating-point"):
        of(np.arange(40), np.arange(40))


def test_resamples_for_which_the_metric_is_undefined_are_left_out(tracks: Any) -> None:
    """Metrics say so by NaN or an error; here three of ten speakers open their lips."""
    true = [*tracks([4, 5, 6]), *(np.repeat(track, 3, axis=0) for track in tracks([1] * 7))]
    predicted = tracks([len(track) for track in true], seed=1)

    def or_nan(y_true: Any, y_pred: Any) -> float:
        try:
            return lip_opening_correlation(y_true, y_pred)
        except ValueError:
            return np.nan

    raised, nan = (
        bootstrap_interval(
            metric, true, predicted, groups=np.arange(10), n_resamples=300, random_state=0
        )
        for metric in (lip_opening_correlation, or_nan)
    )
    assert raised == nan
    assert 1 - 0.06 < raised.n_resamples / 300 < 1  # 0.7 ** 10, about three in a hundred


def test_what_a_metric_warns_of_is_said_once() -> None:
    y_true, _, speakers = make_answers(9, 0)
    y_pred = np.full(len(y_true), "sad")
    of = partial(recall_score, average="macro", labels=[*EMOTIONS, "calm"])
    with pytest.warns(Warning, match="Recall is ill-defined") as caught:
        bootstrap_interval(of, y_true, y_pred, groups=speakers, n_resamples=100)
    assert len(caught) == 1


def test_few_groups_are_warned_of() -> None:
    y_true, y_pred, speakers = make_answers(8, 0)
    of = partial(bootstrap_interval, accuracy_score, n_resamples=100)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        of(y_true, y_pred, groups=speakers)
    with pytest.warns(
        UserWarning, match=r"There are only 4 groups \(speakers\): .* too narrow"
    ) as caught:
        of(y_true[:80], y_pred[:80], groups=speakers[:80])
    assert caught[0].filename == __file__


def test_few_groups_cost_few_metrics() -> None:
    y_true, y_pred, speakers = make_answers(4, 0)
    calls = []

    def counted(true: np.ndarray, predicted: np.ndarray) -> float:
        calls.append(len(true))
        return share_right(true, predicted)

    with pytest.warns(UserWarning, match="only 4 groups"):
        bootstrap_interval(counted, y_true, y_pred, groups=speakers, random_state=0)
    assert calls == [80] * 36  # 35 resamples that differ, and all utterances


def test_an_interval_prints_well() -> None:
    interval = MetricInterval(495.31, 401.2, 603.9, 0.9, 12, 2000)
    assert str(interval) == "495 [401, 604] (90 %, 12 groups)"
    assert f"{interval}" == str(interval)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"y_pred": ["sad"] * 17},
            "y_true has 18 entries, y_pred has 17 entries, groups has 18 entries; give one for",
        ),
        ({"groups": [1] * 17}, "groups has 17 entries; give one for each utterance"),
        ({"groups": ["ann"] * 18}, r"groups names 1 group, \['ann'\]; how much groups differ"),
        ({"groups": [1, np.nan] * 9}, r"groups\[1\] is nan; name the group of each utterance"),
        ({"groups": ["ann", None] * 9}, r"groups\[1\] is None; name the group"),
        ({"groups": ["ann", float("nan")] * 9}, r"groups\[1\] is nan; name the group"),
        ({"groups": np.zeros((18, 2))}, r"groups must have shape \(n,\), got \(18, 2\)"),
        ({"groups": None}, "groups must hold an entry for each utterance, got None"),
        ({"y_true": "sad"}, "y_true must hold an entry for each utterance, got 'sad'"),
        ({"y_true": ["sad", np.nan] * 9}, "y_true holds both names and numbers, such as nan"),
        ({"y_true": 3}, "y_true must hold an entry for each utterance, got 3"),
        ({"metric": "accuracy"}, "metric must be callable, as .* is; got 'accuracy'"),
        ({"metric": partial(f1_score, average=None)}, "metric must return one number, got array"),
        ({"metric": lambda t, p: None}, "metric must return one number, got None; choose an"),
        ({"metric": lambda t, p: np.nan}, "metric is nan for these utterances, and has to be"),
        ({"metric": lambda t, p: 1 / (len(t) - 18)}, "division by zero"),
        ({"confidence": 95}, "confidence must be below 1, got 95; 95 % are confidence=0.95"),
        ({"confidence": 0}, "confidence must be above 0, got 0"),
        ({"confidence": "95 %"}, "confidence must be a real number, got '95 %'"),
        ({"n_resamples": 99}, "n_resamples must be at least 100, got 99"),
        ({"n_resamples": 1e3}, "n_resamples must be an integer, got 1000.0"),
        ({"random_state": "seed"}, "'seed' cannot be used to seed"),
    ],
)
def test_bad_input(change: dict[str, Any], message: str) -> None:
    arguments = {
        "metric": accuracy_score,
        "y_true": ["sad", "angry"] * 9,
        "y_pred": ["sad"] * 18,
        "groups": list(range(9)) * 2,
    }
    with pytest.raises((TypeError, ValueError, ZeroDivisionError), match=message):
        bootstrap_interval(**{**arguments, **change})
