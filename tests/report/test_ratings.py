"""Table V: what counts, what is left out and why, and the paired test."""

from __future__ import annotations

import json
import re
import shutil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm, permutation_test

from skaffect import EMOTIONS, analyse_ratings
from skaffect.report._ratings import _sign_p_value


@pytest.fixture
def saved(tmp_path):
    """Return a function that writes what a participant saved, and returns its path."""

    def save(name, content):
        path = tmp_path / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return str(path)

    return save


@pytest.fixture
def key(listening_test):
    return listening_test[1]


def test_scores_worked_by_hand(answered, saved, key):
    files = [
        saved("a.json", answered("ann", lambda condition, system: 4 - system)),
        saved("b.json", answered("bob", lambda condition, system: 5 if condition == 0 else 2)),
    ]
    result = analyse_ratings(files, key)
    assert result.participants == ["ann", "bob"]
    assert result.systems == ["emotion dependent", "all combined"]
    assert result.conditions == list(EMOTIONS)
    assert result.left_out == []
    assert result.ratings.shape == (2, 7, 2)
    np.testing.assert_allclose(result.mean[0], [4.5, 4.0])
    np.testing.assert_allclose(result.std[0], [0.5, 1.0])
    np.testing.assert_allclose(result.mean[1:], [[3.0, 2.5]] * 6)
    np.testing.assert_allclose(result.overall_mean, [(7 * 4 + 17) / 14, (7 * 3 + 17) / 14])
    assert result.overall_std[0] == pytest.approx(np.std([4] * 7 + [5] + [2] * 6))
    assert result.difference == pytest.approx(0.5)
    assert result.p_value == 1.0  # bob's difference is 0, and ann's has either sign


def test_the_table_reads_as_the_result(answered, saved, key):
    files = [
        saved("a.json", answered("ann", lambda condition, system: 1 + condition % 3 + system))
    ]
    lines = analyse_ratings(files, key).table.splitlines()
    assert re.split(r" *\| *", lines[0].strip("| ")) == [
        "condition",
        "emotion dependent",
        "std of emotion dependent",
        "all combined",
        "std of all combined",
        "difference",
        "n",
    ]
    cells = [re.split(r" *\| *", line.strip("| ")) for line in lines[2:]]
    assert [row[0] for row in cells] == [*EMOTIONS, "all"]
    assert cells[1] == [EMOTIONS[1], "2.000", "0.000", "3.00", "0.000", "-1.000", "1"]
    assert cells[-1][-1] == "7"


def test_six_who_agree_are_the_fewest_for_a_small_p_value(answered, saved, key):
    files = [
        saved(f"{i}.json", answered(f"p{i}", lambda condition, system: 4 - 2 * system))
        for i in range(6)
    ]
    assert analyse_ratings(files, key).p_value == pytest.approx(2 / 2**6)
    assert analyse_ratings(files[:5], key).p_value == pytest.approx(2 / 2**5)


@given(st.lists(st.integers(-28, 28), min_size=2, max_size=9))
def test_p_value_is_that_of_all_signs(differences):
    x = np.array(differences)
    expected = permutation_test(
        (x, np.zeros_like(x)),
        lambda a, b: np.sum(a - b),
        permutation_type="samples",
        n_resamples=np.inf,
    ).pvalue
    assert _sign_p_value(x) == pytest.approx(expected, rel=1e-12)


def test_p_value_of_many_is_near_the_normal_one():
    x = np.random.default_rng(0).integers(-8, 10, 400)
    z = x.sum() / np.sqrt(np.sum(x**2.0))
    assert _sign_p_value(x) == pytest.approx(2 * norm.sf(abs(z)), rel=0.05)
    assert _sign_p_value(np.zeros(5, int)) == 1.0


def without_one(session):
    first = session["order"][0]
    return session | {"ratings": {c: r for c, r in session["ratings"].items() if c != first}}


def with_rating(value):
    return lambda s: s | {"ratings": s["ratings"] | {s["order"][3]: value}}


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda s: "", "is empty"),
        (lambda s: json.dumps(s)[:200], "is not JSON, or cut off"),
        (lambda s: "\ufffd not json", "is not JSON"),
        (lambda s: [s], "holds a list, not a JSON object"),
        (lambda s: {}, "has the format None"),
        (lambda s: s | {"version": 2}, "has version 2 of its format, but this skaffect reads 1"),
        (lambda s: s | {"test": "0" * 12}, "is of another test, '000000000000'; the key is of '"),
        (
            lambda s: s | {"manifest": "0"},
            "another version of this test: the hash of its manifest",
        ),
        (lambda s: s | {"participant": "Eve!"}, "names its participant 'Eve!'"),
        (lambda s: s | {"participant": None}, "names its participant None"),
        (lambda s: s | {"order": s["order"][::-1]}, "has an order of clips that is not that of"),
        (lambda s: s | {"participant": "bob"}, "that is not that of participant 'bob'"),
        (lambda s: s | {"ratings": None}, "has no ratings"),
        (without_one, "lacks the ratings of 1 of the 14 clips"),
        (with_rating(None), "lacks the ratings of 1 of the 14 clips"),
        (
            lambda s: s | {"ratings": s["ratings"] | {"f00": 3}},
            "that the test does not have: ['f00",
        ),
        (with_rating(0), "with 0, not an integer from 1 to 5"),
        (with_rating(6), "with 6, not"),
        (with_rating(3.5), "with 3.5, not"),
        (with_rating("4"), "with '4', not"),
        (with_rating(True), "with True, not"),
        (
            lambda s: json.dumps(s).replace('"ratings": {', '"ratings": {}, "ratings": {'),
            "has two values for 'ratings'",
        ),
    ],
)
def test_what_cannot_count_is_left_out_with_its_reason(answered, saved, key, spoil, reason):
    good = saved("ann.json", answered("ann", lambda condition, system: 3))
    bad = saved("eve.json", spoil(answered("eve", lambda condition, system: 5)))
    with pytest.warns(UserWarning, match=re.escape(reason)):
        result = analyse_ratings([bad, good], key)
    assert result.participants == ["ann"]
    ((path, said),) = result.left_out
    assert path == bad
    assert reason in said
    with pytest.raises(
        ValueError, match="None of the 1 files counts:\n.*eve.json.*" + re.escape(reason)
    ):
        analyse_ratings([bad], key)


def test_files_that_cannot_be_read_are_left_out(answered, saved, key, tmp_path):
    good = saved("ann.json", answered("ann", lambda condition, system: 3))
    with pytest.warns(UserWarning, match="2 of 3 files are left out"):
        result = analyse_ratings([good, tmp_path / "gone.json", tmp_path], key)
    assert [reason for _, reason in result.left_out] == [
        "cannot be read: No such file or directory",
        "cannot be read: Is a directory",
    ]


def test_of_a_participant_who_rated_twice_neither_counts(answered, saved, key):
    files = [
        saved("a.json", answered("ann", lambda condition, system: 3)),
        saved("b.json", answered("bob", lambda condition, system: 3)),
        saved("c.json", answered("ann", lambda condition, system: 4)),
    ]
    with pytest.warns(UserWarning, match="2 of 3 files are left out"):
        result = analyse_ratings(files, key)
    assert result.participants == ["bob"]
    assert [path for path, _ in result.left_out] == [files[0], files[2]]
    for (_, reason), other in zip(result.left_out, (files[2], files[0]), strict=True):
        assert reason == f"is of participant 'ann', who rated otherwise in {str(other)!r}"


def test_a_file_that_was_saved_twice_counts_once(answered, saved, key, tmp_path):
    first = saved("a.json", answered("ann", lambda condition, system: 3))
    copy = shutil.copy(first, tmp_path / "a (1).json")
    with pytest.warns(UserWarning, match="with the same ratings"):
        result = analyse_ratings([first, copy], key)
    assert result.participants == ["ann"]
    assert [path for path, _ in result.left_out] == [str(copy)]


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda k: k[:90], "is not JSON, or cut off"),
        (lambda k: "{}", "has the format None, not 'skaffect-listening-key'"),
        (lambda k: k.replace('"version": 1', '"version": 9'), "has version 9 of its format"),
        (
            lambda k: k.replace('"manifest"', '"other"'),
            "lacks or mistakes a part: KeyError('manif",
        ),
        (lambda k: k.replace('"sad"', '"angry"'), "does not hold one clip for every condition"),
        (lambda k: k.replace('"seed": 5', '"seed": "x"'), "lacks or mistakes a part: ValueError"),
    ],
)
def test_what_is_no_key_is_refused(answered, saved, key, spoil, message):
    spoilt = saved("spoilt_key.json", spoil(key.read_text()))
    with pytest.raises(
        ValueError, match="key must be the file that make_listening_test.*" + re.escape(message)
    ):
        analyse_ratings([saved("a.json", answered("ann", lambda condition, system: 3))], spoilt)


def test_files_must_be_a_sequence_of_paths(key):
    with pytest.raises(TypeError, match="wrap it in a list"):
        analyse_ratings("a.json", key)
    with pytest.raises(
        TypeError, match=re.escape("files[0] must be a str or os.PathLike, got int")
    ):
        analyse_ratings([3], key)
    with pytest.raises(ValueError, match="files is empty"):
        analyse_ratings([], key)
    with pytest.raises(TypeError, match="key must be a str or os.PathLike, got dict"):
        analyse_ratings(["a.json"], {})
    with pytest.raises(FileNotFoundError):
        analyse_ratings(["a.json"], "no_key.json")
