"""``skaffect predict``: the emotion of recordings, and which they hold along their time."""

from __future__ import annotations

import argparse
import os
from typing import Any

from skaffect.cli._files import answer_files, check_files
from skaffect.cli._models import check_model, load_checked
from skaffect.cli._options import Commands, add_command
from skaffect.cli._outputs import check_output, outputs_in_folder
from skaffect.cli._result import Result

_DESCRIPTION = """\
Tell the likeliest emotion of each recording with its probability, and the two most
likely ones of each second with their shares of the votes of its frames. Frames far
below the loudest (by default 40 dB) do not vote: cut a recording that is loud here
and soft there into utterances. How much of each second voted, in seconds, stands
beside the shares: 100 % of 0.05 s says little.

Without --output they are printed. A single recording may be written to a file:

  .csv   a table           .srt  subtitles for a video player
  .json  the same as JSON  .txt  labels for Audacity

Several go to a folder, a file for each; where some have one name, all keep their
own folders in it, as in out/anna/01.csv.
"""
_EXAMPLES = ["skaffect predict emotion.safetensors talk.wav --output talk.srt"]
_FORMATS = ("csv", "json", "srt", "txt")
_SUFFIXES = tuple(f".{name}" for name in _FORMATS)


def add_parser(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = add_command(
        commands,
        "predict",
        run,
        summary="tell the emotions of recordings, and along them",
        description=_DESCRIPTION,
        examples=_EXAMPLES,
    )
    parser.add_argument("model", metavar="MODEL", help="what `skaffect train emotion` has saved")
    parser.add_argument("files", metavar="FILE", nargs="+", help="sound files")
    parser.add_argument("--output", metavar="PATH", help="the file to write, or a folder")
    parser.add_argument(
        "--format", choices=_FORMATS, help="kind of files in an --output folder (default: csv)"
    )


def run(options: argparse.Namespace) -> Result:
    """Answer each file, and write or show the answers."""
    path = check_model(options.model, "emotion")
    files = check_files(options.files)
    outputs = _outputs(options, files)
    model = load_checked(path)
    from skaffect.report import write_timeline
    from skaffect.report._timeline import heard_emotions

    def answer(i: int, file: str) -> dict[str, Any]:
        timeline, probabilities = heard_emotions(model, [file])[0]
        if outputs is not None:
            write_timeline(outputs[i], timeline)
        segments = [
            {name: _rounded(value) for name, value in segment._asdict().items()}
            for segment in timeline
        ]
        emotions = model.classes_.tolist()
        likeliest = int(probabilities.argmax())
        rounded = [_rounded(value) for value in probabilities.tolist()]
        return {
            "emotion": emotions[likeliest],
            "probability": rounded[likeliest],
            "probabilities": dict(zip(emotions, rounded, strict=True)),
            "output": None if outputs is None else outputs[i],
            "segments": segments,
        }

    answers = answer_files(files, answer)
    texts = [_shown(of_file) for of_file in answers.files]
    n = len(model.classes_)
    if texts:
        texts.append(f"Chance is {1 / n:.2f}: one of {n} emotions.")
    text = ("\n\n" if outputs is None else "\n").join(texts)
    values = {**answers._asdict(), "chance": _rounded(1 / n)}
    return Result(values, text, answers.failures)


def _outputs(options: argparse.Namespace, files: list[str]) -> list[str] | None:
    """Return a file to write for each recording, or None where they are to be printed."""
    if options.output is None:
        if options.format is not None:
            raise ValueError(f"--format {options.format} needs --output, the folder to write to.")
        return None
    is_file = os.path.splitext(options.output)[1].lower() in _SUFFIXES
    if not is_file:
        if len(files) == 1 and options.format is None and _looks_like_a_file(options.output):
            check_output(options.output, _SUFFIXES)  # says which ones there are
        return outputs_in_folder(options.output, files, f".{options.format or 'csv'}")
    if len(files) > 1:
        raise ValueError(
            f"--output {options.output} is one file for {len(files)} recordings; name a folder, "
            "and the --format of the files in it."
        )
    if options.format is not None:
        raise ValueError(
            f"--output {options.output} says itself what to write; --format is for a folder."
        )
    return [check_output(options.output, _SUFFIXES)[0]]


def _looks_like_a_file(path: str) -> bool:
    return os.path.splitext(path)[1] != "" and not os.path.isdir(os.path.expanduser(path))


def _shown(answer: dict[str, Any]) -> str:
    whole = f"{answer['file']}: {answer['emotion']}, probability {answer['probability']:.2f}"
    if answer["output"] is not None:
        return f"{whole}; written to {answer['output']}"
    from skaffect.report import markdown_table

    rows = [
        (
            f"{segment['start']:.1f}",
            f"{segment['stop']:.1f}",
            segment["emotion"] or "(silence)",
            _percent(segment["emotion"], segment["share"]),
            segment["second"] or "",
            _percent(segment["second"], segment["second_share"]),
            f"{segment['voted_seconds']:.2f}",
        )
        for segment in answer["segments"]
    ]
    titles = ["from s", "to s", "emotion", "votes", "second", "votes", "voted s"]
    table = markdown_table(titles, rows)
    return f"{whole}\n{table}"


def _percent(emotion: str | None, share: float) -> str:
    return "" if emotion is None else f"{100 * share:.0f} %"


def _rounded(value: Any) -> Any:
    return round(value, 4) if isinstance(value, float) else value
