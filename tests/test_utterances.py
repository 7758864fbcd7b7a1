"""The data contract: what X may be, what is said of what it may not be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.base import BaseEstimator

from skaffect import Windows
from skaffect._entries import object_array
from skaffect._utterances import check_one_each, check_waveforms, check_windows

SINGLE = r"\[?[Ww]rap it in a list"


class Model(BaseEstimator):
    """Remembers what the checks learn."""


class ArrayLike:
    """Offers an array and nothing else, as other libraries' arrays do."""

    def __init__(self, array: np.ndarray) -> None:
        self.array = array

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return self.array.astype(dtype or self.array.dtype)


class Column:
    """One column of a data frame: one-dimensional, labelled, iterable."""

    def __init__(self, values: list[Any]) -> None:
        self.array = object_array(values)
        self.shape = self.array.shape
        self.dtype = self.array.dtype

    def __len__(self) -> int:
        return len(self.array)

    def __iter__(self) -> Any:
        return iter(self.array)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return self.array


def some_frames(n_frames: int = 7, n_bands: int = 3) -> np.ndarray:
    return np.arange(n_frames * n_bands, dtype=np.float32).reshape(n_frames, n_bands)


# What X may be


@pytest.mark.parametrize("wrap", [list, tuple, object_array, Column])
def test_sequences_of_waveforms(wrap: Any) -> None:
    given_entries = [np.ones(5, np.float32), np.zeros(3, np.float64), [0.5, 0.25]]
    entries, stacked = check_waveforms(Model(), wrap(given_entries), reset=True)
    assert not stacked
    assert [entry.dtype for entry in entries] == [np.float32] * 3
    assert entries[0] is given_entries[0]
    for entry, expected in zip(entries, given_entries, strict=True):
        np.testing.assert_array_equal(entry, expected)


@pytest.mark.parametrize(
    "wrap",
    [
        np.asarray,
        lambda a: a.astype(object),
        lambda a: a.tolist(),
        lambda a: tuple(map(tuple, a.tolist())),
        np.asfortranarray,
        ArrayLike,
    ],
)
def test_numeric_blocks_of_waveforms(wrap: Any) -> None:
    rows = np.arange(12.0).reshape(3, 4) / 16
    model = Model()
    entries, stacked = check_waveforms(model, wrap(rows), reset=True)
    assert stacked
    assert model.n_features_in_ == 4
    np.testing.assert_array_equal(entries, rows)
    with pytest.raises(ValueError, match="X has 5 features, but Model is expecting 4"):
        check_waveforms(model, np.ones((2, 5)), reset=False)


def test_refitting_on_a_list_forgets_the_columns() -> None:
    model = Model()
    model.feature_names_in_ = np.array(["a"])
    check_waveforms(model, np.ones((2, 5)), reset=True)
    check_waveforms(model, [np.ones(5)], reset=True)
    assert vars(model) == {}
    check_windows(model, np.ones((2, 5)), reset=True)
    model.feature_names_in_ = np.array(["a"])
    check_windows(model, [np.ones((4, 3))], reset=True)
    assert vars(model) == {"window_shape_in_": (3, 1), "n_features_in_": 3}


@pytest.mark.parametrize("check", [check_waveforms, check_windows])
@pytest.mark.parametrize(
    ("X", "error", "message"),
    [
        ("a.wav", TypeError, "'a.wav'. Wrap it in a list"),
        (b"a.wav", TypeError, SINGLE),
        (Path("a.wav"), TypeError, SINGLE),
        (np.zeros(9), ValueError, SINGLE),
        (np.arange(9), ValueError, SINGLE),
        ([0.0, 0.5], ValueError, SINGLE),
        ((1, 2, 3), ValueError, SINGLE),
        (object_array([0.5, 1.0]), ValueError, SINGLE),
        (ArrayLike(np.zeros(9)), ValueError, SINGLE),
        (Windows(np.ones((2, 3)), 3), TypeError, SINGLE),
        (5, TypeError, "sequence of utterances .* got int"),
        (None, TypeError, "got NoneType"),
        ({"a": 1}, TypeError, "got dict"),
        (iter([np.zeros(3)]), TypeError, "got list_iterator"),
        ([], ValueError, "at least one utterance"),
        (object_array([]), ValueError, "at least one utterance"),
        (np.zeros((0, 4)), ValueError, r"0 sample\(s\)"),
        (np.zeros((4, 0)), ValueError, r"0 feature\(s\)"),
        (np.zeros((2, 4), complex), ValueError, "Complex data not supported"),
    ],
)
def test_what_no_step_takes(check: Any, X: Any, error: type[Exception], message: str) -> None:
    model = Model()
    with pytest.raises(error, match=message):
        check(model, X, reset=True)


@pytest.mark.parametrize(
    ("X", "error", "message"),
    [
        ([np.zeros(5), "b.wav"], TypeError, r"X\[1\] is a path, 'b.wav'; put an AudioReader"),
        (np.array(["a.wav", "b.wav"]), TypeError, r"X\[0\] is a path"),
        (Column(["a.wav"]), TypeError, r"X\[0\] is a path"),
        ([np.zeros(5), np.zeros(0)], ValueError, r"X\[1\] is empty, shape \(0,\)"),
        ([np.zeros(5), []], ValueError, r"X\[1\] is empty"),
        ([np.zeros(5), np.zeros((5, 2))], ValueError, r"X\[1\].*shape \(5, 2\). AudioReader av"),
        ([np.zeros(5), np.float32(1)], ValueError, r"X\[1\] must be a mono waveform"),
        ([np.zeros(5), np.zeros(5, complex)], ValueError, r"X\[1\].*of dtype complex128"),
        ([np.zeros(5), None], ValueError, r"X\[1\] must be an array of numbers, got NoneType"),
        ([np.zeros(5), [[0.1], [0.2, 0.3]]], ValueError, r"X\[1\] must be an array of numbers"),
        ([(16000, np.zeros(5))], ValueError, r"X\[0\] is a tuple .* samples alone, X\[0\]\[1\]"),
        ([np.zeros(5), [np.zeros(5), 16000]], ValueError, r"X\[1\] is a list .*, X\[1\]\[0\], or"),
        ([np.zeros(5), {"a": 1}], ValueError, r"X\[1\] must be an array of numbers, got dict"),
        ([np.zeros(5), object_array([None])], ValueError, r"X\[1\] contains NaN"),
        ([np.zeros(5), [0, np.nan]], ValueError, r"X\[1\] contains NaN.*position 1 \(nan\)"),
        ([np.zeros(5), [-np.inf, 0]], ValueError, r"X\[1\] contains.*position 0 \(-inf\)"),
        ([np.zeros(5), [0, 1e300]], ValueError, r"X\[1\] contains.*position 1 \(inf\)"),
        ([np.zeros(5), [0, -1e13]], ValueError, r"X\[1\] has samples up to 1e\+13, and"),
        ([np.zeros(5), [0, 128.0]], ValueError, r"X\[1\] .* 128, .*waveform / 32768 where"),
        (np.full((2, 5), -32768.0), ValueError, r"X\[0\] .*up to 32768, .*waveform / 32768"),
        (np.array([[0, 1.0], [0, np.nan]]), ValueError, r"X\[1\] contains NaN.*position 1"),
        (np.array([[0, 1.0], [1e300, 0]]), ValueError, r"X\[1\] contains.*position 0 \(inf\)"),
        ([np.zeros(5), np.zeros(5, np.int16)], ValueError, r"X\[1\] holds int16.*AudioReader"),
        ([np.zeros(5, bool)], ValueError, r"X\[0\] holds bool samples"),
        (np.zeros((2, 5), np.int16), ValueError, "X holds int16 samples.*scales PCM"),
        (np.zeros((2, 5), np.uint8), ValueError, "X holds uint8 samples"),
        (np.zeros((2, 5, 3)), ValueError, "waveforms, got an array of 3 dimensions"),
        ([Windows(np.ones((2, 3)), 3)], ValueError, r"X\[0\] must be a mono.*\(2, 3, 3\)"),
    ],
)
def test_bad_waveforms(X: Any, error: type[Exception], message: str) -> None:
    for reset in (True, False):
        with pytest.raises(error, match=message):
            check_waveforms(Model(), X, reset=reset)


def test_the_one_bad_waveform_of_a_thousand_is_named() -> None:
    entries = [np.zeros(50, np.float32) for _ in range(1000)]
    entries[777][13] = np.nan
    with pytest.raises(ValueError, match=r"X\[777\] contains NaN.*position 13 \(nan\)"):
        check_waveforms(Model(), entries, reset=True)


@pytest.mark.parametrize("dtype", [np.int32, np.int64])
def test_blocks_of_wide_integers_pass_as_they_are(dtype: Any) -> None:
    entries, _ = check_waveforms(Model(), np.array([[0, 1, 2], [2, 1, -2]], dtype), reset=True)
    np.testing.assert_array_equal(entries, [[0, 1, 2], [2, 1, -2]])


def test_what_decoders_add_to_full_scale_passes() -> None:
    check_waveforms(Model(), [np.array([0.5, -2.0]), np.array([1.5])], reset=True)


@pytest.mark.parametrize("wrap", [list, np.stack])
def test_loud_waveforms_are_warned_about_once(wrap: Any) -> None:
    X = wrap([np.full(5, level) for level in (0.5, -5.0, 127.0)])
    message = r"X\[1\] has samples up to 5, outside .*, and 1 other too"
    with pytest.warns(UserWarning, match=message) as caught:
        entries, _ = check_waveforms(Model(), X, reset=True, stacklevel=2)
    assert [Path(warning.filename) for warning in caught] == [Path(__file__)]
    np.testing.assert_array_equal(entries[1], np.full(5, -5.0))


def test_windows_of_any_form() -> None:
    views = [Windows(some_frames(n), 5) for n in (4, 7)]
    ready_made = [np.asarray(view) for view in views]
    for X in (views, tuple(views), object_array(views), Column(views), ready_made):
        model = Model()
        entries, stacked = check_windows(model, X, reset=True)
        assert not stacked
        assert (model.window_shape_in_, model.n_features_in_) == ((3, 5), 3)
        for entry, expected in zip(entries, ready_made, strict=True):
            np.testing.assert_array_equal(np.asarray(entry), expected)


def test_frames_are_windows_of_one() -> None:
    ragged, _ = check_windows(Model(), [some_frames(4), some_frames(6)], reset=True)
    assert [entry.shape for entry in ragged] == [(4, 3, 1), (6, 3, 1)]
    cube = np.stack([some_frames(4)] * 2)
    for X in (cube, cube.astype(object), ArrayLike(cube)):
        equal, stacked = check_windows(Model(), X, reset=True)
        assert [entry.shape for entry in equal] == [(4, 3, 1)] * 2
        assert stacked
    rows, stacked = check_windows(Model(), some_frames(4), reset=True)
    assert [entry.shape for entry in rows] == [(1, 3, 1)] * 4
    assert stacked
    ready_made, stacked = check_windows(Model(), np.zeros((2, 4, 3, 5)), reset=True)
    assert [entry.shape for entry in ready_made] == [(4, 3, 5)] * 2
    assert stacked


@pytest.mark.parametrize(
    ("X", "message"),
    [
        ([some_frames(), np.zeros(48000)], r"X\[1\].*\(48000,\).*put an MFSCWindower before"),
        ([some_frames(), np.zeros((1, 2, 3, 4))], r"X\[1\] must hold frames .* \(1, 2, 3, 4\)"),
        ([some_frames(), np.zeros((0, 3))], r"X\[1\] is empty, shape \(0, 3\)"),
        ([some_frames(), "a.wav"], r"X\[1\] is a path, 'a.wav'; put an AudioReader and an MFSC"),
        ([some_frames(), None], r"X\[1\] must be an array of numbers, got NoneType"),
        ([some_frames(), [[1.0], [2.0, 3.0]]], r"X\[1\] .* of one length; got a list"),
        ([some_frames(), [[1.0, np.nan, 0]]], r"X\[1\].*position \(0, 1\) \(nan\)"),
        ([Windows(np.full((2, 3), np.inf), 3)], r"X\[0\] contains.*position \(0, 0\) \(inf\)"),
        (np.array([[0, 1.0], [0, np.nan]]), r"X\[1\] contains NaN.*position 1"),
        ([some_frames(), np.zeros((5, 4))], r"X\[1\].*= \(4, 1\), but Model was given \(3, 1\)"),
        (
            [Windows(some_frames(), 5), Windows(some_frames(), 3)],
            r"X\[1\] has windows of shape \(n_bands, context\) = \(3, 3\).*\(3, 5\) before it",
        ),
    ],
)
def test_bad_windows(X: Any, message: str) -> None:
    with pytest.raises((TypeError, ValueError), match=message):
        check_windows(Model(), X, reset=True)


def test_other_windows_than_at_fit() -> None:
    model = Model()
    check_windows(model, [Windows(some_frames(), 5)], reset=True)
    with pytest.raises(ValueError, match=r"X\[1\].*= \(3, 3\), but Model was fitted on \(3, 5\)"):
        check_windows(model, [Windows(some_frames(), 5), Windows(some_frames(), 3)], reset=False)
    with pytest.raises(ValueError, match=r"= \(4, 5\), but Model was fitted on \(3, 5\)"):
        check_windows(model, [Windows(some_frames(7, 4), 5)], reset=False)
    with pytest.raises(ValueError, match=r"= \(3, 1\), but Model was fitted on \(3, 5\)"):
        check_windows(model, some_frames(), reset=False)


def test_one_of_each_for_every_utterance() -> None:
    check_one_each(3, y=None, groups=["a"] * 3, sample_weight=np.ones(3))
    with pytest.raises(ValueError, match="X holds 3 utterances, but groups has 2 entries"):
        check_one_each(3, y=[0, 1, 0], groups=["a", "b"])
