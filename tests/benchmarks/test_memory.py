"""Memory over hours of sound: what a stopped run keeps, and what a line of the table holds."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile


@pytest.fixture
def memory() -> Any:
    """The benchmark, whose import sets variables: not while tests are collected."""
    from benchmarks import memory

    return memory


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Three recordings of two, three and four seconds."""
    folder = tmp_path / "recordings" / "speaker"
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    for seconds in (2, 3, 4):
        sound = rng.normal(0, 0.1, seconds * 16000).clip(-1, 1)
        soundfile.write(folder / f"{seconds}.wav", sound, 16000)
    return folder.parent


def test_a_stopped_run_goes_on_after_its_last_line(memory, tmp_path, monkeypatch) -> None:
    def in_process(job: str, hours: float, options: argparse.Namespace) -> list[Any]:
        measured.append((job, hours))
        if hours > 1 and len(measured) < 3:
            raise KeyboardInterrupt
        return [job, hours, len(measured)]

    measured: list[tuple[str, float]] = []
    monkeypatch.setattr(memory, "in_process", in_process)
    options = argparse.Namespace(output=tmp_path / "run", jobs=1)
    memory.begin(options.output, {"jobs": 1})
    assert memory.kept_or_measured("DERN", 0.5, options) == ["DERN", 0.5, 1]
    with pytest.raises(KeyboardInterrupt):
        memory.kept_or_measured("DERN", 10.0, options)
    memory.begin(options.output, {"jobs": 1})
    assert memory.kept_or_measured("DERN", 0.5, options) == ["DERN", 0.5, 1]
    assert memory.kept_or_measured("DERN", 10.0, options) == ["DERN", 10.0, 3]
    assert memory.kept_or_measured("DA-CNN", 0.5, options) == ["DA-CNN", 0.5, 4]
    assert measured == [("DERN", 0.5), ("DERN", 10.0), ("DERN", 10.0), ("DA-CNN", 0.5)]
    assert memory.kept_or_measured("DERN", 0.5, argparse.Namespace(output=None))[2] == 5


def test_lines_of_other_recordings_are_not_taken_over(memory, tmp_path) -> None:
    memory.begin(tmp_path / "run", {"root": "here", "jobs": 2})
    for settings in ({"root": "there", "jobs": 2}, {"root": "here", "jobs": 1}):
        with pytest.raises(SystemExit, match="holds a run of .*'here'.* another --output"):
            memory.begin(tmp_path / "run", settings)
    assert json.loads((tmp_path / "run/settings.json").read_text()) == {"root": "here", "jobs": 2}


def test_recordings_are_linked_until_they_last_long_enough(memory, root, tmp_path) -> None:
    (folder := tmp_path / "links").mkdir()
    paths = list(memory.linked(root, folder, 10 / 3600))
    assert [soundfile.info(path).duration for path in paths] == [2, 3, 4, 2]
    assert len(set(paths)) == 4
    (empty := tmp_path / "empty").mkdir()
    with pytest.raises(SystemExit, match="holds no .wav or .flac"):
        list(memory.linked(empty, folder, 1))


@pytest.mark.parametrize("job", ["DERN", "DA-CNN"])
def test_a_line_is_of_so_many_steps(memory, root, monkeypatch, job) -> None:
    monkeypatch.setattr(memory, "STEPS", 1)
    row = memory.measure(job, root, 1 / 50, 1)
    line = dict(zip(memory.HEADERS[2:], row, strict=True))
    assert line["files"] == 24  # 72 s of 9 s in three files
    assert line["training steps"] == 1
    assert 0 < line["on disk, GiB"] < 1e-2
    assert line["after features, MiB"] <= line["peak, MiB"]
    assert all(value > 0 for value in row)
