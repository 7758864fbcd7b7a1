"""Films of an unheard speaker's true and predicted faces."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from skaffect.audio import AudioReader
from skaffect.cli._job import Begin, Evaluation, first_fold
from skaffect.cli._job_animation import FILM_FPS
from skaffect.plotting import animate
from skaffect.report import Report

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
    report.add_text(
        f"The networks of the first fold have not heard {films[0]['speaker']}. From left to "
        f"right: {', '.join(films[0]['tracks'])}."
    )
    reader = AudioReader()
    with TemporaryDirectory() as folder:
        for film in films:
            path = animate(
                Path(folder) / f"{film['number']}.mp4",
                {name: np.array(track) for name, track in film["tracks"].items()},
                reader.fit_transform([job.corpus["data"][film["number"]]])[0],
                reader.sr,
                fps=FILM_FPS,
                start_seconds=_START_SECONDS,
                panel_px=320,
            )
            said = f" ({film['emotion']})" if film["emotion"] else ""
            report.add_film(path, caption=f"{film['speaker']}{said}: {', '.join(film['tracks'])}")
