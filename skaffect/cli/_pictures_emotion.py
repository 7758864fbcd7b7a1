"""The emotions along an unheard speaker's utterances."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from skaffect.audio import AudioReader
from skaffect.cli._job import Begin, Evaluation, first_fold
from skaffect.cli._job_emotion import DERN, SEGMENT_SECONDS
from skaffect.plotting._names import literal
from skaffect.report import EmotionSegment, Report, plot_emotion_timeline


def add_timeline(report: Report, evaluation: Evaluation, begin: Begin) -> None:
    """Add the emotions along one unheard speaker's utterances, and their sound."""
    seen = first_fold(evaluation, DERN)["recording"]
    data = evaluation.job.corpus["data"]
    reader = AudioReader()
    sounds = list(reader.fit_transform([data[number] for number in seen["numbers"]]))
    starts = [0.0, *accumulate(len(sound) / reader.sr for sound in sounds)]
    timeline = [
        EmotionSegment(start + segment[0], start + segment[1], *segment[2:])
        for start, segments in zip(starts, seen["timelines"], strict=False)
        for segment in segments
    ]
    waveform = np.concatenate(sounds)
    title = f"{seen['speaker']}, whom this network has not heard"
    ax = Figure(figsize=(10, 4.2), layout="constrained").subplots()
    plot_emotion_timeline(timeline, waveform, reader.sr, ax=ax)
    _write_truth(ax, starts, seen["emotions"], title)
    begin("An emotion timeline")
    report.add_text(
        f"The network of the first fold has not heard {seen['speaker']}. The utterances, one of "
        "each emotion, follow one another; their true emotions stand above the waveform, and the "
        f"bars are the two emotions with the most votes in each {SEGMENT_SECONDS:g} s, the paler "
        "the fewer of its frames voted: silent ones do not."
    )
    report.add_figure(ax, alt=_words(seen), caption="Shares of votes; true emotions on top.")
    report.add_sound(waveform, reader.sr, caption=f"The same utterances: {_in_turn(seen)}")


def _write_truth(ax: Any, starts: list[float], emotions: list[str], title: str) -> None:
    """Write the true emotion of each utterance above the waveform, below a title."""
    ax.set_title(title, pad=20)
    for (start, stop), name in zip(pairwise(starts), emotions, strict=True):
        ax.text(
            (start + stop) / 2,
            1.02,
            literal(name),
            transform=ax.get_xaxis_transform(),
            ha="center",
            va="bottom",
        )
        ax.axvline(stop, color="black", linewidth=0.8)


def _in_turn(seen: Mapping[str, Any]) -> str:
    return ", ".join(seen["emotions"])


def _words(seen: Mapping[str, Any]) -> str:
    """Say what the timeline shows, for who does not see it."""
    said = []
    for name, segments in zip(seen["emotions"], seen["timelines"], strict=True):
        heard = [segment[2] for segment in segments if segment[2] is not None]
        right = f"{heard.count(name)} of {len(heard)} stretches" if heard else "nothing"
        said.append(f"in {name} {right}")
    return f"Two likeliest emotions along time. Rightly heard first: {'; '.join(said)}."
