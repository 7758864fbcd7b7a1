"""What a second core brings: ``n_jobs=2`` beside one worker, of one thread each.

    python benchmarks/cores.py [--repeats 2] [--quick]

Features of sound files into a cache, cross-validation of DERN over speakers and the fits of
one DSRN for each emotion, on generated speech, each beside itself on one core, in turns and
in fresh processes. Of seven equal fits one worker has four and the other three, 1.75 times as
fast at best; eight show what the second core itself brings.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
for _name in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"):
    os.environ[_name] = "1"

from benchmarks._timing import cpu_seconds, speed_ratios
from skaffect._quiet import quiet_tensorflow

SEED = 0
DISTINCT = 20  # files of their own, the others are names for them
HEADERS = [
    "work",
    "one worker, s",
    "two workers, s",
    "times as fast",
    "by the medians",
    "CPU, two over one",
]


def main() -> None:
    """Measure, print and write."""
    options = parse_options()
    if options.work:
        print(json.dumps(WORK[options.work](options.jobs, 0.05 if options.quick else 1.0)))
        return
    rows = [row(work, options) for work in WORK]
    from benchmarks._results import write_results

    path = write_results(
        "cores",
        title="What a second core brings",
        headers=HEADERS,
        rows=rows,
        notes=[
            f"Best of {options.repeats} fresh processes of each, in turns; one thread in each "
            "worker. Start-up, reading and what comes before the work is not in the times; "
            "starting the workers is.",
            *["Quick: a twentieth of the files, a third of the utterances, one epoch."]
            * options.quick,
        ],
    )
    print(path.read_text())


def parse_options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=2, help="processes of each")
    parser.add_argument("--quick", action="store_true", help="a fraction of the work")
    parser.add_argument("--work", choices=WORK, help=argparse.SUPPRESS)
    parser.add_argument("--jobs", type=int, help=argparse.SUPPRESS)
    return parser.parse_args()


def row(work: str, options: argparse.Namespace) -> list[Any]:
    """Return a line of the table."""
    seconds: dict[str, list[tuple[float, float]]] = {"1": [], "2": []}
    for _ in range(options.repeats):
        for n_jobs, runs in seconds.items():
            command = [sys.executable, __file__, "--work", work, "--jobs", n_jobs]
            command += ["--quick"] * options.quick
            answer = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
            wall, cpu = json.loads(answer.stdout.splitlines()[-1])
            runs.append((wall, cpu))
            print(work, n_jobs, wall, cpu, file=sys.stderr, flush=True)
    best = (min(wall for wall, _ in runs) for runs in seconds.values())
    one, two = (median(cpu for _, cpu in runs) for runs in seconds.values())
    return [work, *best, *speed_ratios(seconds, "2", "1"), two / one]


def timed(run: Any) -> list[float]:
    """Return wall seconds, and CPU seconds of this process and its children."""
    wall, cpu = time.perf_counter(), cpu_seconds()
    run()
    wall = time.perf_counter() - wall
    # Workers count once they are gone.
    from joblib.externals.loky import get_reusable_executor

    get_reusable_executor().shutdown(wait=True)
    return [wall, cpu_seconds() - cpu]


def features(n_jobs: int, size: float) -> list[float]:
    """Compute the frames of fifteen hours of sound files at 44.1 kHz."""
    import numpy as np
    import soundfile

    from skaffect import MFSCWindower

    rng = np.random.default_rng(SEED)
    with TemporaryDirectory() as folder:
        paths = [f"{folder}/{i}.flac" for i in range(int(1800 * size))]
        for path in paths[:DISTINCT]:
            soundfile.write(path, rng.normal(0, 0.1, 30 * 44100).clip(-1, 1), 44100)
        for i, path in enumerate(paths[DISTINCT:]):
            os.link(paths[i % DISTINCT], path)
        windower = MFSCWindower(cache=Path(folder, "cache"), n_jobs=n_jobs)
        return timed(lambda: windower.fit_transform(paths))


def cross_validation(n_jobs: int, size: float) -> list[float]:
    """Cross-validate DERN over speakers."""
    quiet_tensorflow()
    from sklearn.model_selection import GroupKFold, cross_val_score
    from sklearn.pipeline import make_pipeline

    from skaffect import DERNClassifier, MFSCWindower, make_affective_speech

    speech = make_affective_speech(8, max(1, int(3 * size)), random_state=SEED)
    model = make_pipeline(
        MFSCWindower(), DERNClassifier(epochs=max(1, int(4 * size)), random_state=SEED)
    )
    folds = list(GroupKFold(4).split(speech.data, groups=speech.speaker))
    return timed(
        lambda: cross_val_score(model, speech.data, speech.target, cv=folds, n_jobs=n_jobs)
    )


def emotions(n_emotions: int, n_jobs: int, size: float) -> list[float]:
    """Fit one DSRN for each emotion, as many utterances of each."""
    quiet_tensorflow()
    import numpy as np

    from skaffect import (
        DERNClassifier,
        DSRNRegressor,
        EmotionConditionedRegressor,
        MFSCWindower,
        make_affective_speech,
    )

    speech = make_affective_speech(4, max(1, int(3 * size)), random_state=SEED)
    entries = MFSCWindower().fit_transform(speech.data)
    shapes = [np.ascontiguousarray(windows.frames[:, :18]) for windows in entries]
    # The classifier's fit is next to nothing here, but takes as much memory as ever.
    dern = DERNClassifier(epochs=1, frame_stride=64, random_state=SEED)
    model = EmotionConditionedRegressor(
        dern, DSRNRegressor(epochs=max(1, int(24 * size)), random_state=SEED), n_jobs=n_jobs
    )
    emotion = np.arange(len(entries)) % n_emotions
    return timed(lambda: model.fit(entries, shapes, emotion=emotion))


WORK = {
    "features of fifteen hours of files": features,
    "cross-validation of DERN, four folds": cross_validation,
    "one DSRN for each of seven emotions": partial(emotions, 7),
    "one DSRN for each of eight": partial(emotions, 8),
}

if __name__ == "__main__":
    main()
