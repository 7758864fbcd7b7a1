"""``skaffect train``: a model file from a folder of recordings."""

from __future__ import annotations

import argparse
from typing import Any

from skaffect._quiet import quiet_tensorflow
from skaffect.cli._corpora import CORPORA, add_corpus_options, read_corpus
from skaffect.cli._options import (
    Commands,
    add_command,
    add_jobs,
    add_training_options,
    check_output,
)
from skaffect.cli._progress import say
from skaffect.cli._result import Result

_DESCRIPTION = """\
Train a network on the recordings of a folder and save it, with all that turns a sound file
into an answer, as one file that runs no code when it is loaded.

  emotion    for `skaffect predict`: the pattern needs {emotion}
  device     for `skaffect identify`: the pattern needs {device}
  animation  for `skaffect animate`: with landmark tracks beside the sounds, as `skaffect
             landmarks` writes them of videos. Where the pattern has {emotion}, one network
             learns each emotion, and what the sound is like decides between them
"""
_EXAMPLE = (
    "skaffect train emotion recordings --pattern '{speaker}/{emotion}_{sentence}.wav' "
    "--output emotion.safetensors"
)


def add_parser(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = add_command(
        commands,
        "train",
        run,
        summary="train a model on a folder of recordings",
        description=_DESCRIPTION,
        example=_EXAMPLE,
    )
    parser.add_argument("job", choices=list(CORPORA), help="what to learn")
    parser.add_argument("folder", metavar="FOLDER", help="folder of the recordings")
    add_corpus_options(parser)
    parser.add_argument(
        "--output", required=True, metavar="FILE.safetensors", help="the model file to write"
    )
    add_training_options(parser)
    add_jobs(parser, "animation: train the networks")


def run(options: argparse.Namespace) -> Result:
    """Train and save."""
    output, _ = check_output(options.output, (".safetensors",))
    corpus = read_corpus(options)
    say(f"{len(corpus.data)} recordings in {options.folder!r}.")
    quiet_tensorflow()
    from skaffect.persistence import save_model

    model = _fitted(options, corpus)
    card = _card(options, corpus)
    save_model(model, output, card=card)
    return Result({"model": output, **card}, f"Saved {output!r}.")


def _fitted(options: argparse.Namespace, corpus: Any) -> Any:
    from skaffect.cli._epochs import EpochLines
    from skaffect.cli._pipelines import device_pipeline, emotion_pipeline

    training = {
        "epochs": options.epochs,
        "random_state": options.random_state,
        "callbacks": (EpochLines,),
    }
    if options.job == "emotion":
        model = emotion_pipeline(**training)
    else:
        model = device_pipeline(tone=options.corpus == "wspire", **training)
    model.fit(corpus.data, corpus.target)
    model[-1].set_params(callbacks=None)  # code, which a model file does not hold
    return model


def _card(options: argparse.Namespace, corpus: Any) -> dict[str, Any]:
    return {"job": options.job, "recordings": len(corpus.data)}
