"""All measurements of speed and memory, one after the other.

::

    python -m benchmarks [--quick] [--only features dsrn] [--root data/ravdess]

Each is a script of its own and writes its table under ``benchmarks/results``; the documentation
shows them. ``--quick`` ends in twenty minutes of two cores and writes to the same place:
commit the tables of a full run. The recordings of RAVDESS under --root are measured where real
speech matters, generated speech without it.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"), "1"
)
# Script: what `--quick` gives it, and a full run.
PIECES: dict[str, tuple[str, str]] = {
    "startup": ("--repeats 1", ""),
    "features": ("--repeats 3 --files 60", ""),
    "procrustes": ("--repeats 2 --shapes 5000", ""),
    "dern_training": ("--repeats 1 --windows 3000 --minutes 5 10", ""),
    "dsrn": ("--repeats 1 --frames 4000", ""),
    "streaming": ("--seconds 5", ""),
    "device_training": ("--repeats 1 --epochs 3 --utterances 64", "--epochs 4"),
    "growth": ("--repeats 1 --quick", ""),
    "cores": ("--repeats 1 --quick", ""),
    "time_to_loss": ("--seeds 1 --speakers 3 --epochs 2", ""),
    "memory": ("--hours 0.2", ""),
    "extrapolation": ("", ""),  # from what memory and dern_training wrote
}
HEAR_FILES = ("features", "time_to_loss", "memory")


def main() -> None:
    """Run the pieces; end with an error if any of them did."""
    options = parse_options()
    failed = []
    for name in options.only or PIECES:
        started = time.monotonic()
        print(f"== {name}", flush=True)
        code = run(name, options)
        if code:
            failed.append(name)
        print(f"== {name}: {(time.monotonic() - started) / 60:.1f} minutes\n", flush=True)
    if failed:
        raise SystemExit(f"Failed: {', '.join(failed)}.")


def parse_options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--quick", action="store_true", help="fewer repeats and less work")
    parser.add_argument("--only", nargs="+", choices=PIECES, metavar="NAME")
    parser.add_argument("--root", type=Path, help="folder of RAVDESS")
    return parser.parse_args()


def run(name: str, options: argparse.Namespace) -> int:
    """Run one script in a process of its own and return its exit status."""
    quick, full = PIECES[name]
    command = [sys.executable, str(HERE / f"{name}.py")]
    command += (quick if options.quick else full).split()
    if name in HEAR_FILES and options.root is not None:
        command += ["--root", str(options.root)]
    return subprocess.run(command, env={**os.environ, **ONE_THREAD}).returncode


if __name__ == "__main__":
    main()
