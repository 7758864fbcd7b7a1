"""Time until Python has imported the package, and until its command answers.

    python benchmarks/startup.py [--repeats 5]

Fresh processes in turns: the bare interpreter, the package and what it stands on.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from skaffect._quiet import quiet_tensorflow

quiet_tensorflow()

from benchmarks._results import write_results
from benchmarks._timing import measure, speed_ratios

STATEMENTS = {
    "import nothing": "pass",
    "import skaffect": "import skaffect",
    "import numpy": "import numpy",
    "from skaffect import MFSCWindower": "from skaffect import MFSCWindower",
    "import sklearn.pipeline": "import sklearn.pipeline",
    "from skaffect import DERNClassifier": "from skaffect import DERNClassifier",
    "import keras": "import keras",
}
HELP = "skaffect --help"
# What each of ours stands on, or has to come well below.
BESIDE = {
    "import skaffect": "import numpy",
    "from skaffect import MFSCWindower": "import sklearn.pipeline",
    "from skaffect import DERNClassifier": "import keras",
    HELP: "import numpy",
}
HEADERS = [
    "fresh process",
    "best, s",
    "median, s",
    "slowest, s",
    "best, CPU s",
    "beside",
    "of its time",
    "by the medians",
]


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5, help="processes of each")
    options = parser.parse_args()
    runs: dict[str, Callable[[], object]] = {
        name: partial(start, "-c", statement) for name, statement in STATEMENTS.items()
    }
    runs[HELP] = partial(start, "-m", "skaffect", "--help")
    path = write_results(
        "startup",
        title="Time to start",
        headers=HEADERS,
        rows=rows(measure(runs, options.repeats)),
        notes=[f"{options.repeats} processes of each in turns, files in the page cache."],
    )
    print(path.read_text())


def rows(seconds: Mapping[str, Sequence[tuple[float, float]]]) -> list[list[Any]]:
    """Return the lines of the table."""
    lines = []
    for name, times in seconds.items():
        walls = [wall for wall, _ in times]
        line = [name, min(walls), median(walls), max(walls), min(cpu for _, cpu in times)]
        if other := BESIDE.get(name):
            line += [other, *speed_ratios(seconds, other, name)]
        lines.append(line + [None] * (len(HEADERS) - len(line)))
    return lines


def start(*arguments: str) -> None:
    """Run Python to its end, as whoever has not run a command of ours before."""
    subprocess.run(
        [sys.executable, *arguments],
        env={name: value for name, value in os.environ.items() if name != "SKAFFECT_QUIET"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )


if __name__ == "__main__":
    main()
