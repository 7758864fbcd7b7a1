"""What a benchmark leaves behind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import _results
from benchmarks._results import write_results


def test_every_column_reaches_both_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_results, "RESULTS", tmp_path)
    rows = [["one", 1.0, None], ["two", 2.0, 3.0]]
    path = write_results("t", title="Title", headers=["name", "x", "x, paper"], rows=rows)
    assert "| two  | 2.000 |     3.00 |" in path.read_text()
    record = json.loads((tmp_path / "t.json").read_text())
    assert [list(row.values()) for row in record["rows"]] == rows


def test_columns_of_one_name_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_results, "RESULTS", tmp_path)
    with pytest.raises(ValueError, match="headers must differ"):
        write_results("t", title="Title", headers=["x", "x"], rows=[[1, 2]])
    assert not list(tmp_path.iterdir())
