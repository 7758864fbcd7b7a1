"""Memory of training on hours of sound that stay on disk.

    python benchmarks/memory.py [--root data/ravdess] [--hours 1 10 100] [--output run]

Fresh processes that compute the features of so many hours of sound files into a cache, then
train a network for 2,000 steps drawn from all of them: DERN, and the dual attention network.
The hours are the recordings under --root, else generated speech, linked under new names as often
as it takes; 100 of them take 6 GB of disk for DERN, and what the recordings do where they cannot
be linked. With --output a stopped run goes on after the last line of the table that was finished.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

from benchmarks._memory import peak_resident
from skaffect._quiet import quiet_tensorflow
from skaffect._words import counted

N_CLASSES, SEED = 7, 0
STEPS = 2000
MIB, GIB = 2**20, 2**30
JOBS = ("DERN", "DA-CNN")
HEADERS = [
    "network",
    "sound, hours",
    "files",
    "on disk, GiB",
    "features, minutes",
    "features, CPU minutes",
    "after features, MiB",
    "training steps",
    "training, minutes",
    "training, CPU minutes",
    "peak, MiB",
]


def main() -> None:
    """Measure, print and write."""
    options = parse_options()
    if options.job:
        print(json.dumps(measure(options.job, options.root, options.hours[0], options.jobs)))
        return
    root = options.root
    if options.output is not None:
        begin(options.output, {"root": root and str(root.resolve()), "jobs": options.jobs})
    with TemporaryDirectory() as folder:
        if root is None:
            options.root = generated(Path(folder))
        rows = [
            [job, hours, *kept_or_measured(job, hours, options)]
            for job in JOBS
            for hours in options.hours
        ]
    # Imported here: what is measured must not carry the report's memory.
    from benchmarks._results import write_results

    path = write_results(
        "memory",
        title="Memory of training on hours of sound",
        headers=HEADERS,
        rows=rows,
        notes=[
            "Each line is a fresh process: features of all files into "
            "`MFSCWindower(cache=folder)` or `LogFilterbank(cache=folder)`, then the first "
            f"{STEPS} training steps of an epoch of the paper's network, at random from all of "
            "it, by the package's defaults. The peak is of resident memory, all of the process.",
            f"Features by {counted(options.jobs, 'worker')}, training by one thread.",
            f"{f'Recordings of `{root.name}`' if root else 'Generated speech'}, linked under new "
            "names as often as it takes.",
        ],
    )
    print(path.read_text())


def parse_options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=Path, help="folder of sound files")
    parser.add_argument("--hours", type=float, nargs="+", default=[1, 10, 100])
    parser.add_argument("--jobs", type=int, default=2, help="files computed at a time")
    parser.add_argument("--output", type=Path, help="folder of the run")
    parser.add_argument("--job", choices=JOBS, help=argparse.SUPPRESS)
    return parser.parse_args()


def begin(folder: Path, settings: dict[str, Any]) -> None:
    """Make the folder of a run, or make sure that the run in it had the same settings."""
    path = folder / "settings.json"
    if path.exists():
        if (kept := json.loads(path.read_text())) != settings:
            raise SystemExit(f"{folder} holds a run of {kept}; give this one another --output.")
        return
    folder.mkdir(parents=True, exist_ok=True)
    write_json(path, settings)


def write_json(path: Path, content: Any) -> None:
    """Write a file, whole or not at all."""
    # Imported here, as in `main`: not by what is measured.
    from benchmarks._results import write_whole

    write_whole(path, json.dumps(content))


def kept_or_measured(job: str, hours: float, options: argparse.Namespace) -> list[Any]:
    """Return what a stopped run left in its folder, else measure."""
    if options.output is None:
        return in_process(job, hours, options)
    path = options.output / f"{job}-{hours:g}.json"
    if not path.exists():
        write_json(path, in_process(job, hours, options))
    return json.loads(path.read_text())


def in_process(job: str, hours: float, options: argparse.Namespace) -> list[Any]:
    """Return what a fresh process measures."""
    command = [sys.executable, __file__, "--root", str(options.root), "--job", job]
    command += ["--hours", str(hours), "--jobs", str(options.jobs)]
    answer = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    row = json.loads(answer.stdout.splitlines()[-1])
    print(job, hours, row, file=sys.stderr, flush=True)
    return row


def measure(job: str, root: Path, hours: float, n_jobs: int) -> list[Any]:
    """Compute the features, train, and return a row of the table without its first cells."""
    quiet_tensorflow()
    import keras
    import numpy as np

    from skaffect import DERNClassifier, DualAttentionDeviceClassifier, LogFilterbank, MFSCWindower

    kinds: dict[str, tuple[Any, Any]] = {
        "DERN": (MFSCWindower, DERNClassifier),
        "DA-CNN": (LogFilterbank, DualAttentionDeviceClassifier),
    }
    features, network = (kind() for kind in kinds[job])
    n_steps = 0

    def minutes() -> Any:
        return np.array([time.perf_counter(), time.process_time()]) / 60

    def count_step(batch: int, logs: Any = None) -> None:
        nonlocal n_steps
        n_steps = batch + 1
        network.model_.stop_training = n_steps == STEPS

    counted = keras.callbacks.LambdaCallback(on_train_batch_end=count_step)
    with TemporaryDirectory() as folder:
        paths = list(linked(root, Path(folder), hours))
        cache = Path(folder, "cache")
        started = minutes()
        entries = features.set_params(cache=cache, n_jobs=n_jobs).fit_transform(paths)
        computed = minutes()
        resident = peak_resident()
        network.set_params(epochs=1, random_state=SEED, callbacks=[lambda: counted])
        network.fit(entries, np.arange(len(paths)) % N_CLASSES)
        ended = minutes()
        on_disk = sum(file.stat().st_size for file in cache.rglob("*.npy"))
    return [
        len(paths),
        on_disk / GIB,
        *(computed - started),
        resident / MIB,
        n_steps,
        *(ended - computed),
        peak_resident() / MIB,
    ]


def generated(folder: Path) -> Path:
    """Write generated speech, two minutes or more, and return the folder."""
    import soundfile

    from skaffect import make_affective_speech

    speech = make_affective_speech(4, 2, random_state=SEED)
    for i, waveform in enumerate(speech.data):
        soundfile.write(folder / f"{i}.flac", waveform, 16000)
    return folder


def linked(root: Path, folder: Path, hours: float) -> Iterator[str]:
    """Yield recordings under new names that last so many hours together."""
    import soundfile

    files = sorted(path for path in root.rglob("*") if path.suffix in {".wav", ".flac"})
    if not files:
        raise SystemExit(f"{root} holds no .wav or .flac files.")
    seconds = [soundfile.info(path).duration for path in files]
    left = hours * 3600
    for number, (path, duration) in enumerate(cycle(zip(files, seconds, strict=True))):
        if left <= 0:
            return
        left -= duration
        link = folder / f"{number:06d}{path.suffix}"
        try:
            os.link(path, link)
        except OSError:  # on another file system
            shutil.copyfile(path, link)
        yield str(link)


if __name__ == "__main__":
    main()
