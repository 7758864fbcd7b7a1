"""Commands print no TensorFlow chatter, and library users keep theirs."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from skaffect import _quiet

# What TensorFlow says of every few networks that one process compiles.
WARN = "logging.getLogger('tensorflow').warning('Tracing is expensive')"
CHILD = f"import logging, skaffect, keras; keras.ops.ones(1); {WARN}"
PARENT = f"""
from skaffect._quiet import quiet_tensorflow
quiet_tensorflow()
import logging, subprocess, sys
import keras
keras.ops.ones(1)
{WARN}
subprocess.run([sys.executable, "-c", {CHILD!r}], check=True)
print("still here", file=sys.stderr)
"""


@pytest.mark.slow  # imports TensorFlow twice, in new processes
def test_a_command_and_its_workers_start_in_silence():
    environment = {k: v for k, v in os.environ.items() if not k.startswith("TF_CPP")}
    done = subprocess.run(
        [sys.executable, "-c", PARENT],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.stderr == "still here\n"
    assert done.returncode == 0


def test_what_was_held_back_is_printed_when_the_import_fails(capfd):
    def fail_to_import():
        with _quiet._stderr_held_back():
            os.write(2, b"the reason, from C++\n")
            raise ImportError("no backend")

    with pytest.raises(ImportError, match="no backend"):
        fail_to_import()
    assert capfd.readouterr().err == "the reason, from C++\n"


def test_what_was_held_back_is_dropped_otherwise(capfd):
    with _quiet._stderr_held_back():
        os.write(2, b"chatter\n")
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "after\n"
