"""``skaffect train``: a model file from a folder of recordings."""

from __future__ import annotations

import argparse
import json
import os
from typing import Any

from skaffect._quiet import quiet_tensorflow
from skaffect.cli._cores import share_cores
from skaffect.cli._corpora import add_corpus_options, example_pattern
from skaffect.cli._guessing import say_if_guessing, say_what_was_learnt
from skaffect.cli._options import Commands, add_command, add_jobs, add_training_options
from skaffect.cli._outputs import check_output
from skaffect.cli._progress import say
from skaffect.cli._result import Result

_DESCRIPTION = """\
Train a network on the recordings of a folder and save it, with all that turns a
sound file into an answer, as one file that runs no code when it is loaded.

  emotion    for `skaffect predict`: the pattern needs {emotion}
  device     for `skaffect identify`: the pattern needs {device}
  animation  for `skaffect animate`: with landmark tracks beside the sounds, as
             `skaffect landmarks` writes them of videos. Where the pattern has
             {emotion}, one network learns each emotion, and the emotion heard
             decides between them; without it one network learns all
"""
_EXAMPLES = [
    f"skaffect train {job} recordings --output {model}.safetensors \\\n"
    f"      --pattern '{example_pattern(job)}'"
    for job, model in (("emotion", "emotion"), ("animation", "face"), ("device", "device"))
]


def add_parser(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = add_command(
        commands,
        "train",
        run,
        summary="train a model on a folder of recordings",
        description=_DESCRIPTION,
        examples=_EXAMPLES,
    )
    add_corpus_options(parser, "what to learn")
    parser.add_argument(
        "--output", required=True, metavar="FILE.safetensors", help="the model file to write"
    )
    parser.add_argument(
        "--card",
        metavar="FILE.json",
        help="what else should be known about the model wherever it goes, such as its data's "
        "licence and how well it did: a JSON object, kept in the model file",
    )
    add_training_options(parser)
    add_jobs(parser, "animation: train the networks")


def run(options: argparse.Namespace) -> Result:
    """Read what there is to learn, train, and save."""
    if options.jobs > 1 and options.job != "animation":
        raise ValueError(f"--jobs is for animation; {options.job} trains a single network.")
    output, _ = check_output(options.output, (".safetensors",))
    told = _read_card(options.card)
    # Imported late, each step's part: what is wrong with the input is said before.
    from skaffect.cli._lessons import describe, extent, read_lesson

    lesson = read_lesson(options)
    card = describe(lesson, options)
    if ours := sorted({"model", *card} & told.keys()):
        raise ValueError(f"--card {options.card}: skaffect itself says {ours[0]!r}; leave it out.")
    card |= told
    say(f"Training on {extent(lesson)} ...")
    share_cores(options.jobs)
    quiet_tensorflow()
    from skaffect.cli._epochs import drop_callbacks, epochs_of
    from skaffect.persistence import save_model

    model = drop_callbacks(_fitted(options, lesson))
    card["epochs"] = epochs_of(model)  # which each network knows by itself without --epochs
    save_model(model, output, card=card)
    if options.job != "animation":
        say_if_guessing(model[-1].history_["loss"], lesson.target)
    values = {name: value for name, value in card.items() if name != "description"}
    return Result({"model": output, **values}, f"{output}: learnt from {extent(lesson)}.")


def _read_card(path: str | None) -> dict[str, Any]:
    """Return what the user says of the model."""
    if path is None:
        return {}
    from skaffect.persistence._card import check_card

    if not os.path.exists(os.path.expanduser(path)):
        raise FileNotFoundError(f"--card {path}: there is no such file.")
    with open(os.path.expanduser(path), encoding="utf-8-sig") as file:
        try:
            card = json.load(file)
        except ValueError as error:
            raise ValueError(f"--card {path} is not JSON: {error}.") from None
    return check_card(card)


def _fitted(options: argparse.Namespace, lesson: Any) -> Any:
    """Return the job's default pipeline, fitted."""
    from skaffect.cli import _pipelines as pipelines
    from skaffect.cli._epochs import EpochLines

    training: dict[str, Any] = {
        "epochs": options.epochs,
        "random_state": options.random_state,
        "callbacks": (EpochLines,),
    }
    if options.job == "emotion":
        model = pipelines.emotion_pipeline(live=options.live, **training)
        return model.fit(lesson.data, lesson.target)
    if options.job == "device":
        model = pipelines.device_pipeline(tone=options.corpus == "wspire", **training)
        return model.fit(lesson.data, lesson.target)
    return _fitted_to_faces(options, lesson, training)


def _fitted_to_faces(options: argparse.Namespace, lesson: Any, training: dict[str, Any]) -> Any:
    """Return the pipeline of faces, fitted, and say how much its networks have learnt."""
    from sklearn.utils import Bunch

    from skaffect.cli._job_animation import ALONE, faces_learnt
    from skaffect.cli._pipelines import animation_pipeline
    from skaffect.cli._tracks import faces_of

    emotion = lesson.get("target")
    model = animation_pipeline(
        by_emotion=emotion is not None, live=options.live, n_jobs=options.jobs, **training
    )
    windows = model[:-1].fit_transform(lesson.data)
    faces = faces_of(lesson.tracks, windows, model["features"])
    told = {} if emotion is None else {"emotion": emotion}
    model[-1].fit(windows, faces, **told)
    say_what_was_learnt(faces_learnt(model, Bunch(target=faces, **told), {}, alone=ALONE))
    return model
