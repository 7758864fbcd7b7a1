"""Answers come back from the disk as they were given."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from skaffect.model_selection._run_answers import check_answer, read_piece, write_piece
from skaffect.model_selection._run_folder import RunFolder

LABELS = st.text() | st.integers() | st.booleans() | st.floats(allow_nan=False)


def through_the_disk(answer: Any) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        piece = Path(folder) / "piece"
        write_piece(RunFolder(Path(folder)), piece, {"DERN, averaged": {"test/x": answer}}, {})
        return read_piece(piece).answers["DERN, averaged"]["test/x"]


@settings(max_examples=20)  # each waits for the disk
@given(st.lists(LABELS, min_size=1))
def test_labels_and_numbers(labels: list[Any]) -> None:
    # NumPy's text ends before a null character, and has no half of a pair.
    kept = [str(np.str_(x)) if isinstance(x, str) else x for x in labels]
    assert through_the_disk(kept).tolist() == kept


@settings(max_examples=20)  # each waits for the disk
@given(arrays(np.float32, array_shapes(min_dims=2, max_dims=3)))
def test_one_array_for_all(answer: np.ndarray) -> None:
    found = through_the_disk(answer)
    assert found.dtype == answer.dtype
    np.testing.assert_array_equal(found, answer)


@settings(max_examples=20)  # each waits for the disk
@given(st.lists(arrays(np.float32, array_shapes(min_dims=1, max_dims=2)), min_size=1))
def test_an_array_for_each(answer: list[np.ndarray]) -> None:
    found = through_the_disk(answer)
    assert (found.dtype, found.shape) == (object, (len(answer),))
    for one, other in zip(found, answer, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (3, "2 answers are needed, one for each utterance; got int"),
        (["sad"], "2 answers are needed, one for each utterance; got 1"),
        ([1j, 2j], "must be a label .*, a number or an array of numbers, got complex"),
        ([np.array(["sad"])] * 2, "got ndarray of <U3"),
    ],
)
def test_what_cannot_be_kept(answer: Any, message: str) -> None:
    with pytest.raises((TypeError, ValueError), match=message):
        check_answer(answer, 2)


@pytest.mark.parametrize("suffix", [".json", ".npz"])
def test_damaged_files(tmp_path: Path, suffix: str) -> None:
    piece = tmp_path / "piece"
    write_piece(RunFolder(tmp_path), piece, {"DSRN": {"test": np.zeros((2, 3))}}, {})
    path = piece.with_suffix(suffix)
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(ValueError, match="piece.json' or what lies beside it is damaged; remove"):
        read_piece(piece)
