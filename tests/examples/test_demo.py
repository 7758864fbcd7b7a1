"""The demo runs to its end, as a command, and leaves a table and a picture."""

import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.mark.slow  # four networks in two new processes
def test_demo_prints_a_table_and_draws_a_picture(tmp_path):
    command = [sys.executable, "examples/demo.py", "--epochs", "1", "--output", str(tmp_path)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=1800)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    for name in ("angry", "surprise", "UAR", "accuracy"):
        assert any(line.startswith(f"| {name} ") for line in lines)
    assert (tmp_path / "confusion.png").read_bytes().startswith(b"\x89PNG")
    assert "WARNING" not in done.stderr
    assert "oneDNN" not in done.stderr
