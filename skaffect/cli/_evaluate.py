"""``skaffect evaluate``: how well a job's default network does on unheard speakers."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path
from typing import Any

from skaffect._quiet import quiet_tensorflow
from skaffect.cli._cores import share_cores
from skaffect.cli._corpora import CORPORA, add_corpus_options, example_pattern
from skaffect.cli._guessing import say_if_guessing, say_what_was_learnt
from skaffect.cli._options import (
    Commands,
    add_command,
    add_jobs,
    add_training_options,
    positive,
)
from skaffect.cli._outputs import report_in
from skaffect.cli._result import Result

_DESCRIPTION = """\
Cross-validate the network that `skaffect train` would train, and plainer systems
beside it, on speakers whom they have not heard. A fold that shared a speaker or
a copy of a recording between its two sides would be refused.

  emotion    DERN beside the commonest emotion
  animation  a network for each emotion, by the emotion heard (cascade) and by the
             true emotion, and one for all (all combined), beside the mean face;
             without {emotion} in the pattern only the one for all
  device     dual attention, single attention and the DFT-CNN beside the commonest
             device

Each fold trains anew: five folds of emotions take about four times as long as
`skaffect train`, and of the other jobs longer, for more networks are compared.
Once each of these was trained, lines say about how much time is left.

Stopped at any time, the same command goes on where it was. OUTPUT/index.html is
the report, its tables lie beside it, and OUTPUT/run holds every answer.
"""
_EXAMPLES = [
    f"skaffect evaluate {job} recordings --output {job}_evaluation \\\n"
    f"      --pattern '{example_pattern(job)}'"
    for job in CORPORA
]
_RESAMPLES = 2000


def add_parser(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = add_command(
        commands,
        "evaluate",
        run,
        summary="cross-validate on unheard speakers, with a report",
        description=_DESCRIPTION,
        examples=_EXAMPLES,
    )
    add_corpus_options(parser, "what to recognise or to predict")
    parser.add_argument(
        "--output", required=True, metavar="FOLDER", help="where report and run are written"
    )
    parser.add_argument(
        "--folds",
        type=positive,
        metavar="N",
        help="folds over speakers (default: one a speaker, at most 5)",
    )
    add_training_options(parser)
    add_jobs(parser, "train folds")


def run(options: argparse.Namespace) -> Result:
    """Read, cross-validate, and write the report."""
    if options.folds == 1:
        raise ValueError("--folds must be at least 2: each is tested by what the others taught.")
    output, page = report_in(options.output)
    share_cores(options.jobs)
    quiet_tensorflow()
    from skaffect.cli._evaluation import add_evaluation, as_text, as_values, evaluate
    from skaffect.cli._job import losses
    from skaffect.report import Report
    from skaffect.report._run_again import WHAT_WAS_RUN, add_what_was_run
    from skaffect.report._run_results import read_results

    evaluation = evaluate(
        _job(options),
        output / "run",
        folds=options.folds,
        jobs=options.jobs,
        random_state=options.random_state,
    )
    if options.job == "animation":
        from skaffect.cli._job_animation import all_learnt

        cautions = say_what_was_learnt(all_learnt(evaluation))
    else:
        cautions = say_if_guessing(losses(evaluation), evaluation.job.corpus["target"])
    report = Report(f"{evaluation.job.title}: {evaluation.job.condition}")
    for words in cautions:
        report.add_warning(words)
    add_evaluation(report, evaluation, n_resamples=_RESAMPLES, in_section=False)
    report.add_section(WHAT_WAS_RUN)
    add_what_was_run(report, read_results(evaluation.result, evaluation.folder), _command(options))
    report.write(page)
    return Result(
        {**as_values(evaluation), "report": page}, f"{as_text(evaluation)}\n\nReport: {page}"
    )


def _job(options: argparse.Namespace) -> Any:
    """Return what is to be cross-validated."""
    from skaffect.cli._lessons import read_lesson
    from skaffect.cli._pipelines import animation_pipeline, device_pipeline, emotion_pipeline

    lesson = read_lesson(options, unheard_speakers=True)
    condition = options.corpus or Path(options.folder).resolve().name
    training: dict[str, Any] = {"epochs": options.epochs}
    if options.job == "emotion":
        from skaffect.cli._job_emotion import emotion_job

        return emotion_job(lesson, condition, emotion_pipeline(live=options.live, **training))
    if options.job == "device":
        from skaffect.cli._job_device import EX_1, device_job

        return device_job(
            lesson,
            condition,
            device_pipeline(tone=options.corpus == "wspire", **training),
            baseline_epochs=options.epochs,
            published=EX_1 if options.corpus == "mobiphone" else None,
        )
    from skaffect.cli._job_animation import animation_job

    has_emotions = "target" in lesson
    pipeline = animation_pipeline(
        by_emotion=has_emotions, universal=has_emotions, live=options.live, **training
    )
    return animation_job(lesson, lesson.tracks, condition, pipeline)


def _command(options: argparse.Namespace) -> str:
    """Return the command line that makes this run."""
    words = ["skaffect", "evaluate", options.job, options.folder, "--output", options.output]
    for name in ("pattern", "corpus", "tracks", "folds", "epochs", "random_state", "jobs"):
        value = getattr(options, name)
        if value is not None:
            words += [f"--{name.replace('_', '-')}", str(value)]
    if options.live:
        words.append("--live")
    return shlex.join(words)
