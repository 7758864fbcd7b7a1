"""``skaffect identify``: which device made recordings."""

from __future__ import annotations

import argparse
from typing import Any

from skaffect.cli._files import answer_files, check_files
from skaffect.cli._models import check_model, load_checked
from skaffect.cli._options import Commands, add_command
from skaffect.cli._result import Result

_DESCRIPTION = """\
Rank the devices that may have made each recording, with their probabilities. Only
those that the model has learnt are known to it: a strange device gets the name
of one of them.
"""
_EXAMPLES = ["skaffect identify device.safetensors call.wav"]


def add_parser(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = add_command(
        commands,
        "identify",
        run,
        summary="tell which device made recordings",
        description=_DESCRIPTION,
        examples=_EXAMPLES,
    )
    parser.add_argument("model", metavar="MODEL", help="what `skaffect train device` has saved")
    parser.add_argument("files", metavar="FILE", nargs="+", help="sound files")


def run(options: argparse.Namespace) -> Result:
    """Answer each file."""
    path = check_model(options.model, "device")
    files = check_files(options.files)
    model = load_checked(path)

    def answer(i: int, file: str) -> dict[str, Any]:
        probabilities = model.predict_proba([file])[0]
        ranked = sorted(zip(model.classes_, probabilities, strict=True), key=lambda one: -one[1])
        return {
            "devices": [
                {"device": str(device), "probability": round(float(probability), 4)}
                for device, probability in ranked
            ]
        }

    answers = answer_files(files, answer)
    texts = [_shown(answer) for answer in answers.files]
    if texts:
        texts.append(
            f"Only these {len(model.classes_)} devices are known; another gets the name of one."
        )
    return Result(answers._asdict(), "\n\n".join(texts), answers.failures)


def _shown(answer: dict[str, Any]) -> str:
    from skaffect.report import markdown_table

    rows = [
        (rank, one["device"], f"{one['probability']:.3f}")
        for rank, one in enumerate(answer["devices"], start=1)
    ]
    table = markdown_table(["rank", "device", "probability"], rows)
    return f"{answer['file']}\n{table}"
