"""A corpus as columns, and what tells one from another."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from skaffect import MFSCWindower, Windows
from skaffect.model_selection._condition import (
    checked_columns,
    column_hash,
    data_hashes,
    item_names,
    rows,
)


def test_only_columns_with_an_entry_each_are_kept() -> None:
    columns = checked_columns(
        {"data": [[0.0], [1.0]], "target": ["a", "b"], "DESCR": "ab", "sr": 16000, "names": [1]},
        "clean",
    )
    assert set(columns) == {"data", "target"}
    assert rows(columns, np.array([1])).target == ["b"]


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ([1], "clean must be a Bunch or another mapping with data and target, got list"),
        ({"data": [[0.0]]}, r"clean has no 'target', only \['data']"),
        ({"data": [[0.0]], "target": [1, 2]}, "In clean, .* X holds 1 .* target has 2 entries"),
        ({"data": "a.wav", "target": [1]}, "got 'a.wav'. Wrap it in a list"),
    ],
)
def test_bad_conditions(condition: Any, message: str) -> None:
    with pytest.raises((TypeError, ValueError), match=message):
        checked_columns(condition, "clean")


def test_items_are_named_below_their_common_folder(tmp_path: Path) -> None:
    paths = [tmp_path / "ann" / "1.wav", str(tmp_path / "bob" / "1.wav")]
    assert item_names(paths) == ["ann/1.wav", "bob/1.wav"]
    assert item_names(paths[:1]) == ["1.wav"]
    assert item_names(np.zeros((2, 3))) == ["0", "1"]


def test_a_file_is_known_by_its_content(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in "abc"]
    for path, text in zip(paths, ["x", "x", "y"], strict=True):
        path.write_text(text)
    one, two, three = data_hashes(paths)
    assert one == two != three


def test_arrays_and_windows_are_known_by_their_values() -> None:
    frames = np.arange(12, dtype=np.float32).reshape(6, 2)
    same = [frames, frames.copy(), np.asfortranarray(frames)]
    others = [frames.astype(np.float64), frames.reshape(2, 6), frames + 1]
    hashes = data_hashes([*same, *others])
    assert len(set(hashes[:3])) == 1
    assert len(set(hashes)) == 4
    views = [Windows(frames, context=3), Windows(frames, context=5)]
    masked = Windows(frames, context=3, active=np.arange(6) > 0)
    assert len(set(data_hashes([*views, masked, frames]))) == 4
    assert data_hashes(views[:1]) == data_hashes([Windows(frames.copy(), context=3)])


def test_frames_on_disk_are_known_by_their_values_not_by_their_place(tmp_path: Path) -> None:
    waveform = np.random.default_rng(0).normal(0, 0.1, 4000)
    memory = MFSCWindower().fit_transform([waveform])
    hashes = [data_hashes(memory)]
    for folder in ("here", "there"):
        windower = MFSCWindower(cache=tmp_path / folder)
        hashes.append(data_hashes(windower.fit_transform([waveform])))
    assert hashes[0] == hashes[1] == hashes[2]


def test_labels_are_known_by_value_not_by_container() -> None:
    assert column_hash(["a", "b"]) == column_hash(np.array(["a", "b"]))
    assert column_hash(["a", "b"]) != column_hash(["ab", ""])
    assert column_hash([1, 2]) == column_hash(np.array([1, 2]))
    assert column_hash([1, 2]) != column_hash(["1", "2"])
