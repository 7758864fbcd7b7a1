"""Draw what the three jobs answer, for the README and the first page.

    python docs/draw_jobs.py

All of it is what networks answer of generated speech, of speakers whom they have not heard. Writes
``docs/_static/jobs_wide.webp``, the jobs side by side, and ``jobs_narrow.webp``, one below the
other for a phone. Some minutes on one core.
"""

from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

for _name in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

from skaffect._quiet import quiet_tensorflow

quiet_tensorflow()

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from numpy.typing import NDArray
from sklearn.pipeline import make_pipeline

from skaffect import (
    DERNClassifier,
    DSRNRegressor,
    DualAttentionDeviceClassifier,
    EmotionConditionedRegressor,
    LogFilterbank,
    MFSCWindower,
    ShapeTargetRegressor,
    band_weights,
    frame_weights,
    make_affective_speech,
    make_device_recordings,
    resample_track,
)
from skaffect.plotting._drawing import draw_panels

STATIC = Path(__file__).resolve().parent / "_static"
COLORS = {"angry": "#d1495b", "happy": "#edae49", "neutral": "#9aa5b1", "sad": "#30638e"}
INK, PALE = "#22303c", "#7b8794"
ATTENTION = LinearSegmentedColormap.from_list("attention", [(1, 0.45, 0.1, 0), (1, 0.45, 0.1, 1)])
MOMENTS = ("closed", "half open", "open")
UPPER, LOWER = 30, 34  # inner lips in LOWER_FACE


class Answers(NamedTuple):
    """What is drawn."""

    waveform: NDArray[Any]
    said: list[tuple[str, float]]  # emotion, and where it ends in seconds
    shares: NDArray[Any]  # of the votes around each frame, (n_frames, n_emotions)
    faces: dict[str, NDArray[Any]]  # by emotion, (moments, points, 2)
    spectrum: NDArray[Any]
    frames: NDArray[Any]
    bands: NDArray[Any]
    device: str
    probability: float


def answer() -> Answers:
    """Train all networks, and ask them about speakers whom they have not heard."""
    speech = make_affective_speech(12, 2, emotions=tuple(COLORS), landmarks=True, random_state=0)
    windower = MFSCWindower()
    X = windower.fit_transform(speech.data)
    y = [
        resample_track(track, len(windows))[0]
        for track, windows in zip(speech.landmarks, X, strict=True)
    ]
    heard = np.flatnonzero(speech.speaker != speech.speaker[-1])
    face = ShapeTargetRegressor(
        EmotionConditionedRegressor(
            DERNClassifier(epochs=10, augmentation=0.0, batch_size=32, random_state=0),
            DSRNRegressor(
                filters=(16, 32, 32, 32),
                dense_units=(256,),
                epochs=12,
                batch_size=64,
                random_state=0,
            ),
        )
    ).fit([X[i] for i in heard], [y[i] for i in heard], emotion=speech.target[heard])

    asked = [
        np.flatnonzero((speech.speaker == speech.speaker[-1]) & (speech.target == emotion))[0]
        for emotion in ("neutral", "angry", "sad", "happy")
    ]
    waveform = np.concatenate([speech.data[i] for i in asked])
    ends = np.cumsum([len(speech.data[i]) for i in asked]) / speech.sr
    shares = np.concatenate([_shares(face.regressor_.classifier_, X[i]) for i in asked])
    faces = {
        speech.target[i]: _moments(track)
        for i, track in zip(asked, face.predict([X[i] for i in asked]), strict=True)
        if speech.target[i] in ("happy", "sad")
    }
    said = [(speech.target[i], float(end)) for i, end in zip(asked, ends, strict=True)]
    return Answers(waveform, said, shares, faces, *_device())


def _shares(classifier: DERNClassifier, windows: Any) -> NDArray[Any]:
    """Return the shares of the votes of half a second around each frame of a recording."""
    votes = np.eye(len(COLORS))[classifier.predict_frames([windows])[0].argmax(axis=1)]
    votes[~windows.active] = 0
    around = np.stack([np.convolve(column, np.ones(50), "same") for column in votes.T], axis=1)
    return around / np.maximum(around.sum(axis=1, keepdims=True), 1)


def _moments(track: NDArray[Any]) -> NDArray[Any]:
    """Return a face with closed lips, with half open and with open ones."""
    opening = track[:, LOWER, 1] - track[:, UPPER, 1]
    wanted = np.quantile(opening, (0.02, 0.6, 0.98))
    return track[[int(np.abs(opening - value).argmin()) for value in wanted]]


def _device() -> tuple[Any, ...]:
    corpus = make_device_recordings(6, 3, mode="neutral", random_state=0)
    data = np.empty(len(corpus.data), dtype=object)
    data[:] = corpus.data
    heard = ~np.isin(corpus.speaker, ["speaker05", "speaker06"])
    model = make_pipeline(
        LogFilterbank(normalize="corpus"),
        DualAttentionDeviceClassifier(filters=(16, 16, 16), epochs=80, random_state=0),
    ).fit(data[heard], corpus.target[heard])
    right = np.flatnonzero(model.predict(data[~heard]) == corpus.target[~heard])
    recording = data[~heard][right[:1]]
    probabilities = model.predict_proba(recording)[0]
    return (
        LogFilterbank(n_mels=72, floor_db=45.0).fit_transform(recording)[0],
        frame_weights(model, recording)[0],
        band_weights(model, recording)[0],
        str(model.classes_[probabilities.argmax()]),
        float(probabilities.max()),
    )


def draw(answers: Answers, path: Path, *, narrow: bool) -> None:
    """Write the picture, the jobs one below the other if it is to be narrow."""
    # Inches of 100 pixels as a page shows them; twice as many are written.
    figure = Figure((3.9, 9.3) if narrow else (8.8, 3.3), facecolor="white")
    parts = figure.subfigures(3, 1) if narrow else figure.subfigures(1, 3, wspace=0.04)
    _draw_emotions(parts[0], answers)
    _draw_faces(parts[1], answers, n_columns=3 if narrow else 2)
    _draw_device(parts[2], answers)
    figure.savefig(path, dpi=200, pil_kwargs={"quality": 86, "method": 6})


def _title(part: Any, title: str, below: str) -> None:
    part.text(0.06, 0.965, title, va="top", fontsize=11.5, weight="bold", color=INK)
    part.text(0.06, 0.885, below, va="top", fontsize=8, color=PALE)


def _bare(ax: Any) -> None:
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)


def _draw_emotions(part: Any, answers: Answers) -> None:
    """Draw the sound in the colour of what is heard, over the shares of votes."""
    _title(part, "Which emotion", "of four recordings of an unheard speaker")
    wave, area = part.add_axes((0.06, 0.51, 0.88, 0.2)), part.add_axes((0.06, 0.1, 0.88, 0.39))
    n = len(answers.shares)
    seconds = len(answers.waveform) / 16000
    edges = np.linspace(0, len(answers.waveform), 1 + 240).astype(int)
    low, high = (
        np.array([pick(answers.waveform[a:b]) for a, b in pairwise(edges)])
        for pick in (np.min, np.max)
    )
    middles = (edges[:-1] + edges[1:]) / 2 / 16000
    leader = answers.shares.argmax(axis=1)[np.minimum((middles * 100).astype(int), n - 1)]
    wave.bar(
        middles,
        high - low,
        width=0.6 * seconds / len(middles),
        bottom=low,
        color=[list(COLORS.values())[i] for i in leader],
    )
    area.stackplot(
        np.linspace(0, seconds, n), answers.shares.T, colors=COLORS.values(), linewidth=0
    )
    begin = 0.0
    for emotion, end in answers.said:
        wave.text(
            (begin + end) / 2, 1.12, emotion, transform=wave.get_xaxis_transform(), ha="center",
            fontsize=8.5, weight="bold", color=COLORS[emotion],
        )  # fmt: skip
        if begin:
            for ax in (wave, area):
                ax.axvline(begin, color="white", linewidth=2)
        begin = end
    for ax in (wave, area):
        _bare(ax)
        ax.set_xlim(0, seconds)
    area.set_ylim(0, 1)
    area.text(0, -0.06, "0 s", transform=area.transAxes, va="top", fontsize=8, color=PALE)
    area.text(1, -0.06, f"{seconds:.0f} s", transform=area.transAxes, va="top", ha="right",
              fontsize=8, color=PALE)  # fmt: skip


def _draw_faces(part: Any, answers: Answers, n_columns: int) -> None:
    """Draw moments of a sentence said in two emotions, the closed and the open lips at least."""
    _title(part, "How the face moves", "lips closed to open, by the emotion heard")
    pictures = {
        emotion: [picture[:, :, :3] for picture in draw_panels({"": track}, 260)]
        for emotion, track in answers.faces.items()
    }
    for row, (emotion, faces) in enumerate(pictures.items()):
        bottom = 0.425 - 0.345 * row
        for column, face in enumerate(faces if n_columns == 3 else faces[::2]):
            width = 0.81 / n_columns
            ax = part.add_axes((0.13 + width * column, bottom, width - 0.01, 0.335))
            ax.imshow(face)
            _bare(ax)
        part.text(
            0.08, bottom + 0.168, emotion, rotation=90, va="center", ha="center", fontsize=8.5,
            weight="bold", color=COLORS[emotion],
        )  # fmt: skip


def _draw_device(part: Any, answers: Answers) -> None:
    """Draw a spectrogram, where attention lies on it, and the weights along its sides."""
    _title(
        part,
        "Which device",
        f"{answers.device}, {100 * answers.probability:.0f} %: what was looked at",
    )
    middle = part.add_axes((0.06, 0.1, 0.74, 0.53))
    top, side = part.add_axes((0.06, 0.645, 0.74, 0.13)), part.add_axes((0.815, 0.1, 0.125, 0.53))
    seconds = len(answers.spectrum) / 100
    where = {"origin": "lower", "aspect": "auto", "extent": (0, seconds, 0, 1)}
    middle.imshow(answers.spectrum.T, cmap="bone_r", **where)
    looked = np.outer(answers.bands / answers.bands.max(), answers.frames / answers.frames.max())
    middle.imshow(looked, cmap=ATTENTION, vmin=0, vmax=0.7, interpolation="bilinear", **where)
    times = np.linspace(0, seconds, len(answers.frames))
    top.fill_between(times, answers.frames, step="mid", color="#ff731a", linewidth=0)
    side.barh(np.arange(len(answers.bands)) + 0.5, answers.bands, 0.8, color="#ff731a")
    top.set(xlim=(0, seconds), ylim=(0, None))
    side.set(ylim=(0, len(answers.bands)), xlim=(0, None))
    for ax in (middle, top, side):
        _bare(ax)
    for at, text, ha in ((0, "0 s", "left"), (1, f"{seconds:.1f} s", "right")):
        middle.text(at, -0.045, text, transform=middle.transAxes, va="top", ha=ha, fontsize=8,
                    color=PALE)  # fmt: skip
    side.text(0.5, -0.045, "bands", transform=side.transAxes, va="top", ha="center", fontsize=8,
              color=PALE)  # fmt: skip


if __name__ == "__main__":
    answers = answer()
    for name in ("wide", "narrow"):
        draw(answers, STATIC / f"jobs_{name}.webp", narrow=name == "narrow")
