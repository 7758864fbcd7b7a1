"""``skaffect demo``: all three jobs from recordings to one report."""

from __future__ import annotations

import argparse
import shlex
import time
from pathlib import Path
from typing import TYPE_CHECKING

from skaffect._quiet import quiet_tensorflow
from skaffect.cli._cores import share_cores
from skaffect.cli._corpora import recordings_folder
from skaffect.cli._options import Commands, add_command, positive
from skaffect.cli._outputs import report_in
from skaffect.cli._progress import say
from skaffect.cli._result import Result

if TYPE_CHECKING:
    from skaffect.cli._job import Evaluation
    from skaffect.report import Report

_DESCRIPTION = """\
Generate recordings, or read yours, cross-validate all three jobs over speakers,
print their tables beside the papers' figures, and write OUTPUT/index.html: data,
splits, tables with intervals, confusions, learning curves, a talking face, what
attention weighs, and an emotion timeline. On two free processors it takes about
six minutes.

Your recordings are a RAVDESS folder, or lie in a folder for each speaker with
the emotion first in the name, as anna/angry_01.wav. Emotions are then recognised
in yours, for about half a minute for each minute of them; faces and devices stay
generated.

Stopped at any time, the same command goes on where it was.
"""
_EXAMPLES = ["skaffect demo --output report"]
_RANDOM_STATE = 0
_RESAMPLES = 1000
_TITLE = "Emotions, faces and devices of unheard speakers"


def add_parser(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = add_command(
        commands,
        "demo",
        run,
        summary="show all three jobs in one report",
        description=_DESCRIPTION,
        examples=_EXAMPLES,
    )
    parser.add_argument("--data", metavar="FOLDER", help="recordings for the emotion job")
    parser.add_argument(
        "--output",
        metavar="FOLDER",
        help="where report and runs are written (default: report, or report_data with --data)",
    )
    parser.add_argument(
        "--jobs",
        type=positive,
        default=2,
        metavar="N",
        help="train folds side by side in N processes (default: 2)",
    )


def run(options: argparse.Namespace) -> Result:
    """Cross-validate the three jobs and write one report."""
    started = time.monotonic()
    options.output = options.output or ("report" if options.data is None else "report_data")
    output, page = report_in(options.output)
    data = None if options.data is None else Path(recordings_folder(options.data))
    share_cores(options.jobs)
    quiet_tensorflow()
    from skaffect.cli._demo_jobs import demo_jobs
    from skaffect.cli._evaluation import as_text, as_values, evaluate

    evaluations = [
        evaluate(
            job,
            output / "runs" / _run_name(job.name, options),
            folds=folds,
            jobs=options.jobs,
            random_state=_RANDOM_STATE,
        )
        for job, folds in demo_jobs(data, _RANDOM_STATE)
    ]
    _report(evaluations, options).write(page)
    say(f"Done in {time.monotonic() - started:.1f} s.")
    values = {"report": page, "jobs": [as_values(evaluation) for evaluation in evaluations]}
    tables = "\n\n\n".join(as_text(evaluation) for evaluation in evaluations)
    note = "" if data is None else f"\n\n{_what_is_generated()}"
    return Result(values, f"{tables}{note}\n\nReport: {page}")


def _run_name(job: str, options: argparse.Namespace) -> str:
    """Return the folder of a job's run; generated recordings and yours have one each."""
    return "emotion-data" if job == "emotion" and options.data is not None else job


def _report(evaluations: list[Evaluation], options: argparse.Namespace) -> Report:
    from skaffect.cli._demo_jobs import sizes_in_words
    from skaffect.cli._evaluation import add_evaluation, add_tables
    from skaffect.report import Report
    from skaffect.report._run_again import WHAT_WAS_RUN, add_what_was_run
    from skaffect.report._run_results import read_results

    report = Report(_TITLE)
    report.add_section("At a glance")
    report.add_text(
        "Three jobs, each cross-validated over speakers: whoever is asked about was not heard in "
        f"training. {sizes_in_words()}"
    )
    report.add_text(_what_is_generated() if options.data else _all_is_generated())
    for evaluation in evaluations:
        add_tables(report, evaluation)
    for evaluation in evaluations:
        report.add_section(evaluation.job.title)
        add_evaluation(report, evaluation, n_resamples=_RESAMPLES, in_section=True)
    report.add_section(WHAT_WAS_RUN)
    report.add_code(_command(options), caption="What makes this report")
    for evaluation in evaluations:
        report.add_subsection(evaluation.job.title)
        add_what_was_run(report, read_results(evaluation.result, evaluation.folder), None)
    return report


def _all_is_generated() -> str:
    return (
        "Speech, faces and devices are generated: these figures show that everything works, and "
        "say nothing about people."
    )


def _what_is_generated() -> str:
    return (
        "Emotions were recognised in your recordings. Faces and devices ran on generated data, of "
        "which figures say nothing about people."
    )


def _command(options: argparse.Namespace) -> str:
    words = ["skaffect", "demo", "--output", options.output, "--jobs", str(options.jobs)]
    if options.data is not None:
        words += ["--data", options.data]
    return shlex.join(words)
