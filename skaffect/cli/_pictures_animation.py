"""Films of an unheard speaker's true and predicted faces."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from skaffect.audio import AudioReader
from skaffect.cli._job import Begin, Evaluation, first_fold
from skaffect.cli._job_animation import ALONE, CASCADE, COMBINED, FILM_FPS, TRUE
from skaffect.plotting import animate
from skaffect.report import Report

# What a film's faces are, by their names.
_WHO = {
    TRUE: "true face, that of the recording",
    CASCADE: "cascade, the answer of the networks of the two emotions heard",
    COMBINED: "all combined, the answer of one network for all emotions",
    ALONE: "one network, its answer",
}
# The middle of the first audio frame.
_START_SECONDS = 0.0125


def add_films(report: Report, evaluation: Evaluation, begin: Begin) -> None:
    """Add a film of each utterance that the first fold has kept the faces of."""
    begin("Films of an unheard speaker")
    if find_spec("av") is None:
        report.add_text('Films are made by PyAV, which is missing: pip install "skaffect[face]".')
        return
    job = evaluation.job
    (system,) = job.systems
    films = first_fold(evaluation, system)["faces"]
    shown = "; ".join(_WHO.get(name, name) for name in films[0]["tracks"])
    report.add_text(
        f"The networks of the first fold have not heard {films[0]['speaker']}. Each film shows, "
        f"with the sound: {shown}."
    )
    reader = AudioReader()
    with TemporaryDirectory() as folder:
        for film in films:
            waveform = reader.fit_transform([job.corpus["data"][film["number"]]])[0]
            across, stacked = (
                animate(
                    Path(folder) / f"{film['number']}_{stacked}.mp4",
                    {name: np.array(track) for name, track in film["tracks"].items()},
                    waveform,
                    reader.sr,
                    fps=FILM_FPS,
                    start_seconds=_START_SECONDS,
                    panel_px=320,
                    stacked=stacked,
                )
                for stacked in (False, True)
            )
            said = f" ({film['emotion']})" if film["emotion"] else ""
            caption = f"{film['speaker']}{said}: {', '.join(film['tracks'])}"
            report.add_film(across, caption=caption, narrow=stacked)
