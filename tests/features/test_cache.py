"""Frames kept on disk are those in memory, bit for bit, and each is computed once."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
import soundfile
from sklearn.base import clone
from sklearn.model_selection import GroupKFold, cross_val_score
from sklearn.pipeline import make_pipeline

from skaffect import (
    AudioReader,
    DERNClassifier,
    DSRNRegressor,
    DualAttentionDeviceClassifier,
    LogFilterbank,
    MFSCWindower,
)
from skaffect._stored_frames import StoredFrames
from skaffect.audio import read_waveform
from skaffect.features._recipe import LogMelRecipe

KINDS = {"frames": LogFilterbank, "windows": MFSCWindower}


@pytest.fixture
def paths(tmp_path: Path) -> list[str]:
    """Write utterances of different lengths and rates, one of two channels."""
    rng = np.random.default_rng(0)
    written = []
    for i, (seconds, rate) in enumerate([(0.5, 16000), (0.8, 44100), (0.3, 16000), (0.6, 16000)]):
        samples = rng.normal(0, 0.1, (int(seconds * rate), 1 + i % 2)).clip(-1, 1)
        samples[: len(samples) // 4] *= 1e-4
        written.append(str(tmp_path / f"{i}.wav"))
        soundfile.write(written[-1], samples, rate)
    return written


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Note the length of each waveform whose frames are computed."""
    lengths: list[int] = []
    compute = LogMelRecipe.compute

    def noted(self: LogMelRecipe, waveform: Any) -> Any:
        lengths.append(len(waveform))
        return compute(self, waveform)

    monkeypatch.setattr(LogMelRecipe, "compute", noted)
    return lengths


def values(entry: Any) -> np.ndarray:
    return np.asarray(getattr(entry, "frames", entry))


def assert_same(answer: Any, expected: Any) -> None:
    assert len(answer) == len(expected)
    for ours, theirs in zip(answer, expected, strict=True):
        np.testing.assert_array_equal(values(ours), values(theirs))
        if hasattr(theirs, "active"):
            np.testing.assert_array_equal(ours.active, theirs.active)


@pytest.mark.parametrize("n_jobs", [None, 2])
@pytest.mark.parametrize("normalize", ["corpus", "utterance", None])
@pytest.mark.parametrize("kind", KINDS)
def test_files_give_what_memory_gives(
    kind: str, normalize: Any, n_jobs: Any, paths: list[str], tmp_path: Path
) -> None:
    waveforms = AudioReader().fit_transform(paths)
    memory = KINDS[kind](normalize=normalize, n_jobs=n_jobs).fit(waveforms[:2])
    disk = KINDS[kind](normalize=normalize, cache=tmp_path / "cache", n_jobs=n_jobs)
    answer = disk.fit(paths[:2]).transform(paths)
    assert_same(answer, memory.transform(waveforms))
    for entry in answer:
        assert isinstance(getattr(entry, "frames", entry), StoredFrames)
    assert_same(disk.transform(list(waveforms)), answer)
    # Without a cache files are read as well.
    assert_same(memory.fit(paths[:2]).transform([*waveforms[:1], *paths[1:]]), answer)
    assert_same(clone(disk).fit_transform(paths), clone(memory).fit_transform(waveforms))


@pytest.mark.parametrize("n_jobs", [2, -1])
def test_threads_change_nothing_in_memory(n_jobs: int, paths: list[str]) -> None:
    waveforms = AudioReader().fit_transform(paths)
    assert_same(
        MFSCWindower(n_jobs=n_jobs).fit_transform(waveforms),
        MFSCWindower().fit_transform(waveforms),
    )


def test_each_recording_is_computed_once(
    paths: list[str], computed: list[int], tmp_path: Path
) -> None:
    cache = str(tmp_path / "cache")
    windower = MFSCWindower(cache=cache, normalize="corpus").fit([*paths[:2], paths[0]])
    assert len(computed) == 2
    windower.transform(paths)
    assert len(computed) == 4
    # None of these is in what the frames on disk depend on.
    for options in ({"normalize": None}, {"context": 3}, {"short": "error"}, {"n_jobs": 2}):
        MFSCWindower(cache=cache, **options).fit_transform(paths)
    assert len(computed) == 4


@pytest.mark.parametrize(
    "changed",
    [
        {"sr": 8000},
        {"n_mels": 41},
        {"window_seconds": 0.02},
        {"hop_seconds": 0.02},
        {"preemphasis": 0.9},
        {"fmin": 50.0},
        {"fmax": 7000.0},
        {"floor_db": 60.0},
        {"floor_db": None},
        {"silence_db": 30.0},
        {"skip_silence": False},
    ],
    ids=str,
)
def test_what_frames_depend_on_is_in_their_name(
    changed: dict[str, Any], paths: list[str], computed: list[int], tmp_path: Path
) -> None:
    cache = tmp_path / "cache"
    MFSCWindower(cache=cache).fit_transform(paths[:1])
    other = MFSCWindower(cache=cache, **changed).fit_transform(paths[:1])
    assert len(computed) == 2
    waveforms = AudioReader(sr=changed.get("sr", 16000)).fit_transform(paths[:1])
    assert_same(other, MFSCWindower(**changed).fit_transform(waveforms))


def test_changed_files_are_computed_anew(
    paths: list[str], computed: list[int], tmp_path: Path
) -> None:
    windower = MFSCWindower(cache=tmp_path / "cache").fit(paths)
    before = windower.transform(paths[:1])
    samples, rate = soundfile.read(paths[0])
    soundfile.write(paths[0], samples[::-1], rate)
    os.utime(paths[0], ns=(1, 1))
    after = windower.transform(paths[:1])
    assert len(computed) == 2
    assert not np.array_equal(values(before[0]), values(after[0]))


def test_a_file_that_cannot_be_read_leaves_the_others_computed(
    paths: list[str], computed: list[int], tmp_path: Path
) -> None:
    Path(paths[2]).write_text("not sound")
    windower = MFSCWindower(cache=tmp_path / "cache")
    with pytest.raises(ValueError, match=r"X\[2\] is .*2\.wav"):
        windower.fit_transform(paths)
    assert len(computed) == 2
    windower.fit_transform([paths[0], paths[1], paths[3]])
    assert len(computed) == 3


def test_paths_are_checked_before_anything_is_computed(
    paths: list[str], computed: list[int], tmp_path: Path
) -> None:
    windower = MFSCWindower(cache=tmp_path / "cache")
    with pytest.raises(FileNotFoundError, match=r"X\[4\].*no\.wav"):
        windower.fit_transform([*paths, "no.wav"])
    assert computed == []


def test_damaged_files_are_named(paths: list[str], tmp_path: Path) -> None:
    windower = MFSCWindower(cache=tmp_path / "cache")
    windower.fit_transform(paths[:1])
    (kept,) = (tmp_path / "cache").rglob("*.npy")
    whole = kept.read_bytes()
    for damaged in (whole[:-4], whole[:100], b"", b"\x00" + whole[1:]):
        kept.write_bytes(damaged)
        with pytest.raises(ValueError, match=rf"{kept.name}.*remove it"):
            windower.transform(paths[:1])
    kept.unlink()
    windower.transform(paths[:1])
    assert kept.read_bytes() == whole


def test_files_of_the_cache_are_plain_arrays(paths: list[str], tmp_path: Path) -> None:
    (windows,) = MFSCWindower(cache=tmp_path / "cache", normalize=None).fit_transform(paths[:1])
    with open(windows.frames.path, "rb") as file:
        arrays = [np.load(file) for _ in range(5)]
    np.testing.assert_array_equal(arrays[-1], windows.frames)
    peak = np.abs(read_waveform(paths[0], 0, 16000)[0]).max()
    assert arrays[0].tolist() == [16000, 8000, windows.active.sum(), peak]


@pytest.mark.parametrize("cache", ["cache", None])
def test_warnings_are_those_of_the_reader_and_of_memory(
    cache: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    short, low = str(tmp_path / "short.wav"), str(tmp_path / "low.wav")
    soundfile.write(short, np.full(100, 0.1), 16000)
    soundfile.write(low, np.full(8000, 0.1), 8000)
    windower = MFSCWindower(cache=cache)
    for _ in range(2):  # computed, and looked up
        with (
            pytest.warns(UserWarning, match="Recorded below sr=16000 Hz: . of 2 utterances"),
            pytest.warns(UserWarning, match=r"X\[0\] lasts 0\.0063 s") as caught,
        ):
            windower.fit_transform([short, low])
        assert {warning.filename for warning in caught} == {__file__}
    with pytest.raises(ValueError, match=r"X\[0\] lasts"):
        windower.set_params(short="error").fit_transform([short])


def test_arrays_of_equal_lengths_stay_in_memory(tmp_path: Path) -> None:
    block = np.random.default_rng(0).normal(0, 0.1, (2, 4000))
    answer = LogFilterbank(cache=tmp_path / "cache").fit_transform(block)
    np.testing.assert_array_equal(answer, LogFilterbank().fit_transform(block))
    assert list((tmp_path / "cache").iterdir()) == []


def test_folders_that_cannot_be_are_refused(tmp_path: Path, paths: list[str]) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match=r"cache=.*file.*cannot be made"):
        MFSCWindower(cache=tmp_path / "file").fit(paths)
    with pytest.raises(TypeError, match="cache must be a folder or None, got 3"):
        MFSCWindower(cache=3).fit(paths)


@pytest.mark.parametrize("backend", ["loky", "threading"])
def test_other_backends_compute_the_same(backend: str, paths: list[str], tmp_path: Path) -> None:
    expected = MFSCWindower().fit_transform(AudioReader().fit_transform(paths))
    with joblib.parallel_config(backend, n_jobs=2):
        answer = MFSCWindower(cache=tmp_path / "cache").fit_transform(paths)
    assert_same(answer, expected)


def test_networks_learn_the_same_from_disk(paths: list[str], tmp_path: Path) -> None:
    labels = ["a", "b", "a", "b"]
    networks: list[tuple[Callable[..., Any], Any]] = [
        (
            MFSCWindower,
            DERNClassifier(filters=(2, 2), dense_units=4, epochs=2, random_state=0),
        ),
        (
            LogFilterbank,
            DualAttentionDeviceClassifier(
                filters=(2, 2, 2), lstm_units=2, dense_units=4, epochs=2, random_state=0
            ),
        ),
    ]
    for features, network in networks:
        memory = make_pipeline(AudioReader(), features(normalize="corpus"), clone(network))
        disk = make_pipeline(
            features(normalize="corpus", cache=tmp_path / "cache"), clone(network)
        )
        np.testing.assert_array_equal(
            disk.fit(paths, labels).predict_proba(paths),
            memory.fit(paths, labels).predict_proba(paths),
        )


def test_faces_are_learnt_from_disk(paths: list[str], tmp_path: Path) -> None:
    memory = MFSCWindower().fit_transform(AudioReader().fit_transform(paths))
    disk = MFSCWindower(cache=tmp_path / "cache").fit_transform(paths)
    shapes = [windows.frames[:, :3] for windows in memory]
    dsrn = DSRNRegressor(filters=(2, 2), dense_units=(4,), epochs=1, random_state=0)
    answers = [clone(dsrn).fit(X, shapes).predict(X) for X in (memory, disk)]
    for ours, theirs in zip(*answers, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_cross_validation_sends_paths(
    paths: list[str], computed: list[int], tmp_path: Path
) -> None:
    dern = DERNClassifier(filters=(2, 2), dense_units=4, epochs=1, random_state=0)
    pipeline = make_pipeline(MFSCWindower(cache=tmp_path / "cache"), dern)
    folds = list(GroupKFold(2).split(paths, groups=[1, 1, 2, 2]))
    scores = cross_val_score(pipeline, paths, ["a", "b", "a", "b"], cv=folds)
    assert len(scores) == 2
    assert len(computed) == len(paths)
