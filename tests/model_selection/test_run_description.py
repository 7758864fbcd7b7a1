"""Descriptions are the same in every process, and tell what differs."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import partial
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import Ridge
from sklearn.metrics import f1_score
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from skaffect import LeakageGuard, SplitProtocol
from skaffect.cli._job_animation import errors
from skaffect.model_selection._run_description import code_hashes, described
from skaffect.report import markdown_table

PRINT = """
import json
from sklearn.model_selection import GroupKFold
from skaffect import SplitProtocol
from skaffect.model_selection._run_description import described
print(json.dumps(described(SplitProtocol(GroupKFold(3)))))
"""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Ridge(), Ridge(alpha=2.0)),
        (make_pipeline(FunctionTransformer(np.log), Ridge()), make_pipeline(Ridge())),
        (FunctionTransformer(np.log), FunctionTransformer(np.sqrt)),
        (partial(f1_score, average="macro"), partial(f1_score, average="micro")),
        (np.arange(3), np.arange(4)),
        (1, True),
        (float("nan"), float("inf")),
        (GroupKFold(2), GroupKFold(3)),
        (SplitProtocol(GroupKFold(2)), SplitProtocol(GroupKFold(2), groups=None)),
    ],
)
def test_what_differs_is_described_otherwise(one: Any, other: Any) -> None:
    def text(value: Any) -> str:
        return json.dumps(described(value))

    assert text(one) == text(one)
    assert text(one) != text(other)
    assert " at 0x" not in text(one)


def test_an_estimator_reads_as_its_parameters() -> None:
    words = described(Ridge(alpha=np.float64(0.5)))
    assert words["class"] == "sklearn.linear_model._ridge.Ridge"
    assert words["alpha"] == 0.5


def test_a_splitter_reads_as_its_parameters() -> None:
    guard = LeakageGuard(GroupKFold(3), forbid=("speaker", "recording"))
    words = described(guard)
    assert words["class"] == "skaffect.model_selection._guard.LeakageGuard"
    assert words["forbid"] == ["speaker", "recording"]
    assert words["splitter"]["n_splits"] == 3


def test_another_process_says_the_same() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PRINT], capture_output=True, check=True, timeout=120
    )
    assert json.loads(done.stdout) == described(SplitProtocol(GroupKFold(3)))


def test_the_code_of_what_is_run_and_of_ours() -> None:
    hashes = code_hashes([make_pipeline(Ridge())])
    assert {"sklearn.pipeline", "sklearn.linear_model._ridge", "skaffect._entries"} <= set(hashes)
    assert not any(name.startswith("skaffect.model_selection") for name in hashes)


def test_what_answers_is_hashed_in_whatever_room_it_is_written() -> None:
    assert "skaffect.report._tables" not in code_hashes([])
    assert "skaffect.report._tables" in code_hashes([{"answer": markdown_table}])


def test_what_an_answer_calls_is_hashed_too() -> None:
    assert "skaffect.metrics._error_sums" not in code_hashes([])
    hashes = code_hashes([{"answer": errors}])
    assert {"skaffect.cli._job_animation", "skaffect.metrics._error_sums"} <= set(hashes)
    assert not any(name.startswith("skaffect.model_selection") for name in hashes)
