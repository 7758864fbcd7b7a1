"""Log mel features on one core, beside other packages and the bare FFT of the same frames.

    OMP_NUM_THREADS=1 python benchmarks/features.py [--root folder] [--repeats 7]

All take the same waveforms to 40 log mel bands at 100 Hz, from 25 ms Hamming frames. They
take turns at each few of them, so that what else the machine does hits all alike. Two of them
are no part of the project's lock and stay away unless they are installed:
``pip install kaldi-native-fbank opensmile``.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[_name] = "1"  # one core; read when NumPy is imported

import librosa
import numpy as np
import python_speech_features
from numpy.typing import NDArray
from scipy.fft import rfft

from skaffect import AudioReader, LogFilterbank, make_affective_speech

SR, N_FFT, WIN_LENGTH, HOP_LENGTH, N_MELS = 16000, 512, 400, 160, 40
PART = 12  # waveforms in a turn
BLOCK = 128  # frames that fit the cache
HEADERS = [
    "features",
    "best, s/h",
    "median, s/h",
    "slowest, s/h",
    "median, CPU s/h",
    "times ours",
]
OURS, KALDI, SMILE = "skaffect LogFilterbank", "kaldi-native-fbank", "openSMILE"

Waveforms = list[NDArray[np.float32]]
Run = Callable[[slice], object]  # on that part of the waveforms


def main() -> None:
    """Measure, print and write the table."""
    arguments = parse_arguments()
    waveforms = read(arguments.root, arguments.files)
    hours = sum(map(len, waveforms)) / SR / 3600
    seconds = measure(contestants(waveforms), len(waveforms), arguments.repeats)
    # Imported here: it loads TensorFlow, beside which openSMILE writes where it must not.
    from _results import markdown_table, write_results

    rows = table(seconds, hours)
    notes = [
        "Seconds for an hour of speech on one core; the last column compares the best runs.",
        f"{len(waveforms)} files, {hours * 60:.1f} minutes"
        + ("." if arguments.root else " of generated speech."),
        f"{arguments.repeats} runs each, in turns at every {PART} files; the best is the sum of "
        "their fastest, median and slowest are of whole runs.",
        "librosa: center=False, so it has no zero-padded last frame, and its own mel filters.",
        f"The bare FFT is scipy's, of frames that are already windowed and padded, {BLOCK} at a "
        "time.",
    ]
    if KALDI in seconds:
        notes.append(f"{KALDI} hands out one frame at a time, which is part of its time.")
    if SMILE in seconds:
        notes.append(
            f"{SMILE} by its Python package: pre-emphasis, frames, window, FFT, mel bands and "
            "logarithm in its own components (`benchmarks/opensmile_log_mel.conf`), started anew "
            "for every file, on sound rounded to 16 bits."
        )
    print(markdown_table(HEADERS, rows))
    path = write_results(
        "features",
        title="Speed of log mel features",
        headers=HEADERS,
        rows=rows,
        notes=notes,
        packages=("python_speech_features", "librosa", KALDI, SMILE.lower()),
    )
    print(f"\nWritten to {path.parent.name}/{path.name}")


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=Path, help="folder of sound files (default: generated)")
    parser.add_argument("--files", type=int, default=100, help="how many of them, evenly chosen")
    parser.add_argument("--repeats", type=int, default=9, help="runs of each")
    return parser.parse_args()


def read(root: Path | None, n_files: int) -> Waveforms:
    """Return waveforms at 16 kHz, generated where no folder is given."""
    if root is None:
        return list(
            AudioReader(sr=SR).transform(make_affective_speech(sr=SR, random_state=0).data)
        )
    paths = sorted(path for path in root.rglob("*") if path.suffix in {".flac", ".wav"})
    if not paths:
        raise SystemExit(f"There are no .flac or .wav files under {root}.")
    return list(AudioReader(sr=SR).transform(paths[:: -(-len(paths) // n_files)]))


def contestants(waveforms: Waveforms) -> dict[str, Run]:
    """Return each way to compute the features of some of the waveforms, by name."""
    doubles = [waveform.astype(np.float64) for waveform in waveforms]
    transformer = LogFilterbank(sr=SR, n_mels=N_MELS, short="error")
    blocks = [windowed_blocks(waveform) for waveform in waveforms]

    def each(compute: Callable[[Any], object], entries: list[Any]) -> Run:
        return lambda part: [compute(entry) for entry in entries[part]]

    runs: dict[str, Run] = {
        OURS: lambda part: transformer.transform(waveforms[part]),
        "python_speech_features, float32": each(reference, waveforms),
        "python_speech_features, float64": each(reference, doubles),
        "librosa melspectrogram and log": each(librosa_features, waveforms),
        "bare float32 FFT of the same frames": each(transform_all, blocks),
    }
    if (kaldi := kaldi_features()) is not None:
        runs[KALDI] = each(kaldi, waveforms)
    if (smile := smile_features()) is not None:
        runs[SMILE] = each(smile, waveforms)
    return runs


def reference(waveform: NDArray[np.floating]) -> NDArray[np.float64]:
    energies, _ = python_speech_features.fbank(
        waveform, SR, nfilt=N_MELS, nfft=N_FFT, winfunc=np.hamming
    )
    return np.log(energies)


def librosa_features(waveform: NDArray[np.float32]) -> NDArray[np.float32]:
    emphasised = librosa.effects.preemphasis(waveform, coef=0.97)
    energies = librosa.feature.melspectrogram(
        y=emphasised,
        sr=SR,
        n_fft=N_FFT,
        win_length=WIN_LENGTH,
        hop_length=HOP_LENGTH,
        window="hamming",
        center=False,
        n_mels=N_MELS,
    )
    return np.log(np.maximum(energies, np.finfo(np.float64).eps))


def kaldi_features() -> Callable[[NDArray[np.float32]], object] | None:
    """Return kaldi-native-fbank's way, None where it is not installed."""
    try:
        import kaldi_native_fbank
    except ImportError:
        return None
    options = kaldi_native_fbank.FbankOptions()
    options.frame_opts.dither = 0
    options.frame_opts.window_type = "hamming"
    options.frame_opts.snip_edges = True
    options.mel_opts.num_bins = N_MELS

    def compute(waveform: NDArray[np.float32]) -> object:
        fbank = kaldi_native_fbank.OnlineFbank(options)
        fbank.accept_waveform(SR, waveform)
        fbank.input_finished()
        return np.stack([fbank.get_frame(i) for i in range(fbank.num_frames_ready)])

    return compute


def smile_features() -> Callable[[NDArray[np.float32]], object] | None:
    """Return openSMILE's way, None where it is not installed."""
    try:
        import opensmile
    except ImportError:
        return None
    config = Path(__file__).with_name("opensmile_log_mel.conf")
    smile = opensmile.Smile(feature_set=str(config), feature_level="log")
    return lambda waveform: smile(waveform, SR)


def windowed_blocks(waveform: NDArray[np.float32]) -> Waveforms:
    """Return a waveform's frames, windowed and padded to the FFT's length, in blocks."""
    n_frames = 1 + max(0, -(-(len(waveform) - WIN_LENGTH) // HOP_LENGTH))
    padded = np.zeros(max(len(waveform), (n_frames - 1) * HOP_LENGTH + WIN_LENGTH), np.float32)
    padded[: len(waveform)] = waveform
    views = np.lib.stride_tricks.sliding_window_view(padded, WIN_LENGTH)[::HOP_LENGTH]
    frames = np.zeros((n_frames, N_FFT), np.float32)
    frames[:, :WIN_LENGTH] = views[:n_frames] * np.hamming(WIN_LENGTH).astype(np.float32)
    return [frames[start : start + BLOCK] for start in range(0, n_frames, BLOCK)]


def transform_all(blocks: Waveforms) -> None:
    """Drop each block's spectrum at once: keeping them would measure the memory."""
    for block in blocks:
        rfft(block)


def measure(runs: dict[str, Run], n_files: int, repeats: int) -> dict[str, NDArray[np.float64]]:
    """Return wall and CPU seconds, shape (repeats, n_parts, 2), after a turn that is left out."""
    parts = [slice(start, start + PART) for start in range(0, n_files, PART)]
    seconds = {name: np.empty((repeats + 1, len(parts), 2)) for name in runs}
    for turn in range(repeats + 1):
        for number, part in enumerate(parts):
            for name, run in runs.items():
                start = now()
                run(part)
                seconds[name][turn, number] = now() - start
    return {name: times[1:] for name, times in seconds.items()}


def now() -> NDArray[np.float64]:
    """Return the wall's and this process's clocks."""
    return np.array([time.perf_counter(), time.process_time()])


def table(seconds: dict[str, NDArray[np.float64]], hours: float) -> list[list[str | float]]:
    """Return rows of times for an hour of speech, and the ratio to ours."""
    best = {name: float(times[..., 0].min(axis=0).sum()) for name, times in seconds.items()}
    rows: list[list[str | float]] = []
    for name, times in seconds.items():
        wall, cpu = times.sum(axis=1).T / hours
        middle = [float(np.median(wall)), float(wall.max()), float(np.median(cpu))]
        rows.append([name, best[name] / hours, *middle, best[name] / best[OURS]])
    return rows


if __name__ == "__main__":
    main()
