"""``skaffect animate``: the face that a recording speaks with."""

from __future__ import annotations

import argparse
from typing import Any

from skaffect.cli._files import check_files
from skaffect.cli._models import check_model, load_checked
from skaffect.cli._options import Commands, add_command
from skaffect.cli._outputs import check_output
from skaffect.cli._progress import say
from skaffect.cli._result import Result

_DESCRIPTION = """\
Draw the lower face that speaks a recording. The output's name says what is written:

  .mp4   a film with its sound     .csv, .json  the landmarks as a table
  .gif   a silent one              .npz         the same as NumPy arrays
"""
_EXAMPLES = ["skaffect animate face.safetensors talk.wav --output talk.mp4"]
_FILMS, _TRACKS = (".mp4", ".gif"), (".csv", ".json", ".npz")


def add_parser(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = add_command(
        commands,
        "animate",
        run,
        summary="draw the face that speaks a recording",
        description=_DESCRIPTION,
        examples=_EXAMPLES,
    )
    parser.add_argument("model", metavar="MODEL", help="what `skaffect train animation` has saved")
    parser.add_argument("file", metavar="FILE", help="a sound file")
    parser.add_argument("--output", metavar="FILE", required=True, help="the file to write")
    parser.set_defaults(too_many="it takes one sound file, which leaves over")


def run(options: argparse.Namespace) -> Result:
    """Answer every frame of the file and write the answers."""
    output, suffix = check_output(options.output, (*_FILMS, *_TRACKS))
    path = check_model(options.model, "animation")
    (file,) = check_files([options.file])
    model = load_checked(path)
    reader, fps, start_seconds = _times(model)
    waveform = reader.transform([file])[0]
    track = model.predict([waveform])[0]
    timing: dict[str, Any] = {"fps": fps, "start_seconds": start_seconds}
    if suffix in _TRACKS:
        from skaffect.shape import save_track

        save_track(output, track, **timing)
    else:
        say(f"Drawing {len(waveform) / reader.sr:.1f} s ...")
        from skaffect.plotting import animate

        animate(output, track, waveform, reader.sr, **timing)
    seconds = round(len(waveform) / reader.sr, 3)
    values = {"file": file, "output": output, "seconds": seconds, "frames": len(track), **timing}
    return Result(values, f"{file}: {output}, {seconds:.1f} s")


def _times(model: Any) -> tuple[Any, float, float]:
    """Return the step that reads files, frames in a second, and the first frame's middle."""
    from skaffect.audio import AudioReader
    from skaffect.features import MFSCWindower

    steps = [step for _, step in getattr(model, "steps", ())]
    readers = [step for step in steps if isinstance(step, AudioReader)]
    windowers = [step for step in steps if isinstance(step, MFSCWindower)]
    if not windowers:
        raise ValueError(
            "the model must be a pipeline with an MFSCWindower, as `skaffect train animation` "
            f"saves it; got {type(model).__name__}."
        )
    windower = windowers[-1]
    reader = readers[0] if readers else AudioReader(windower.sr)
    return reader, 1 / windower.hop_seconds, windower.window_seconds / 2
