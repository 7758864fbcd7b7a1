"""The README's programs run as they stand there, on less."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

README = Path(__file__).parents[2] / "README.md"
PROGRAMS = re.findall(r"```python\n(.*?)```", README.read_text(), flags=re.DOTALL)


def shortened(program: str) -> str:
    """Return a program with few speakers and a single epoch."""
    program = re.sub(r"(n_speakers)=\d+", r"\1=3", program)
    program = re.sub(r"(n_sentences|epochs)=\d+", r"\1=1", program)
    return program.replace("Classifier(random_state", "Classifier(epochs=1, random_state")


@pytest.mark.slow
def test_programs_run_one_after_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    for speaker in ("anna", "ben", "cem"):
        (tmp_path / "recordings" / speaker).mkdir(parents=True)
        for emotion in ("angry", "sad"):
            sound = rng.uniform(-0.1, 0.1, 24000)
            soundfile.write(f"recordings/{speaker}/{emotion}_01.wav", sound, 16000)
    names: dict[str, Any] = {}
    for program in PROGRAMS:
        exec(compile(shortened(program), str(README), "exec"), names)
    said = capsys.readouterr().out
    for what in ("average recall over speakers", "five devices recognised", "accuracy"):
        (figure,) = re.findall(rf"{what}: (\d\.\d{{3}})$", said, flags=re.MULTILINE)
        assert 0 <= float(figure) <= 1
    assert re.search(r"^0\.00 to 1\.00 s: ", said, flags=re.MULTILINE)
    assert (tmp_path / "face.mp4").stat().st_size > 10_000
    assert " --> " in (tmp_path / "emotions.srt").read_text()
