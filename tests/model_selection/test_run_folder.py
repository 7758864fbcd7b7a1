"""The folder of a run is ours alone, and whole."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from skaffect.model_selection._run_folder import RunFolder, open_run_folder

DRAFT = f"run.json.{'0a' * 16}.part"
HOLD = """
import sys, time
from skaffect.model_selection._run_folder import open_run_folder
with open_run_folder(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_what_a_killed_run_left_is_taken_up(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "run"
    with open_run_folder(folder) as opened:
        assert opened.record() is None
    (folder / "folds").mkdir()
    drafts = [folder / DRAFT, folder / "folds" / DRAFT]
    for draft in drafts:
        draft.write_text("{")
    with open_run_folder(folder) as opened:
        opened.write_record({"run_protocol": 1})
        assert not any(draft.exists() for draft in drafts)
    with open_run_folder(folder) as opened:
        assert opened.record() == {"run_protocol": 1}


@pytest.mark.parametrize("name", ["thesis.tex", "run.json.part", "folds", DRAFT])
def test_a_folder_of_other_files_is_left_alone(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")
    with (
        pytest.raises(ValueError, match=f"holds other files .first: '{name}'. and no run"),
        open_run_folder(tmp_path),
    ):
        pass
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("text", ["", "[]", '{"name": "npm"}', '{"run_protocol": "1"}'])
def test_a_file_of_the_record_s_name_is_no_record(tmp_path: Path, text: str) -> None:
    (tmp_path / "run.json").write_text(text)
    with (
        pytest.raises(ValueError, match="run.json' is no record of a run"),
        open_run_folder(tmp_path),
    ):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["run.json"]


@pytest.mark.parametrize("text", ["", "[{", "7"])
def test_damaged_notes_are_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "times.json").write_text(text)
    with pytest.raises(ValueError, match="times.json' is damaged: .* remove it, and run again"):
        RunFolder(tmp_path).note({"fold": "fold 1"})


def test_the_lock_goes_with_its_process(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "SKAFFECT_QUIET": ""},
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == b"held"
        with (
            pytest.raises(BlockingIOError, match="where another run is at work. Wait until"),
            open_run_folder(tmp_path),
        ):
            pass
        holder.kill()
    with open_run_folder(tmp_path) as folder:
        assert folder.record() is None


def test_files_are_whole_or_as_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = RunFolder(tmp_path)
    folder.write_json("table.json", [1])

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        folder.write_json("table.json", [1, 2])
    assert [path.name for path in tmp_path.iterdir()] == ["table.json"]
    assert (tmp_path / "table.json").read_text() == "[\n 1\n]\n"


def test_names_that_look_alike_do_not_meet(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    pieces = {
        folder.piece(*names)
        for names in [("a b", "c", "d"), ("a", "b c", "d"), ("a/b", "c", "d"), ("é", "c", "d")]
    }
    assert len(pieces) == 4
    assert all(piece.parent == tmp_path / "folds" for piece in pieces)
    assert folder.piece("../" * 200, "x", "y").name.count("/") == 0
