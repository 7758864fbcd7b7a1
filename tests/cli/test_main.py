"""Exit codes, help, warnings and streams, whatever the command."""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import warnings
from configparser import ConfigParser
from pathlib import Path

import pytest

import skaffect
from skaffect.cli import _main, main
from skaffect.cli._main import COMMANDS, build_parser
from skaffect.cli._result import Result

HEAVY = {"av", "dlib", "keras", "matplotlib", "numpy", "sklearn", "tensorflow"}
NAMES = [command.__name__.rpartition("._")[2] for command in COMMANDS]


def in_a_process(*words, code=None, **options):
    """Run a command, or a line of Python, in a new process."""
    start = ["-m", "skaffect"] if code is None else ["-c", code]
    environment = {k: v for k, v in os.environ.items() if k != "SKAFFECT_QUIET"}
    return subprocess.run(
        [sys.executable, *start, *words],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        **options,
    )


def instead(monkeypatch, run):
    """Let `skaffect identify` do something else."""
    monkeypatch.setattr("skaffect.cli._identify.run", run)
    return ["identify", "model", "file"]


def test_help_says_what_exit_codes_mean(capsys):
    with pytest.raises(SystemExit, match="^0$"):
        main(["--help"])
    text = capsys.readouterr().out
    for code in ("0    done", "1    an error of skaffect", "2    the command", "130  interrupted"):
        assert f"\n  {code}" in text
    for name in NAMES:
        assert f"\n  {name} " in text  # and its line beside it


@pytest.mark.parametrize("name", NAMES)
def test_help_of_each_command_ends_in_examples_that_parse(name, capsys):
    with pytest.raises(SystemExit, match="^0$"):
        main([name, "--help"])
    _, examples = re.split("\nexamples?:\n", capsys.readouterr().out)
    for example in examples.replace("\\\n", "").splitlines():
        program, *words = shlex.split(example)
        options = build_parser().parse_args(words)
        assert (program, options.command) == ("skaffect", name)
        if name in ("evaluate", "train"):
            learnt = "device" if options.job == "device" else "emotion"
            assert options.pattern == f"{{speaker}}/{{{learnt}}}_{{sentence}}.wav"


def test_version(capsys):
    with pytest.raises(SystemExit, match="^0$"):
        main(["--version"])
    assert capsys.readouterr().out == f"skaffect {skaffect.__version__}\n"


def test_what_cannot_be_parsed_is_two(capsys):
    for words in ([], ["sing"], ["predict", "model"], ["train", "emotion", "f", "--epochs", "0"]):
        with pytest.raises(SystemExit, match="^2$"):
            main(words)
    assert "--epochs: must be a whole number, at least 1, got '0'" in capsys.readouterr().err


def test_what_is_left_over_is_told_with_the_usage_of_the_command(capsys):
    for words, message in (
        (
            ["animate", "m", "a.wav", "b.wav", "c.wav"],
            "it takes one sound file, which leaves over",
        ),
        (["animate", "m", "a.wav", "--fps", "3"], "unrecognized arguments"),
        (["train", "emotion", "folder", "a.wav"], "unrecognized arguments"),
    ):
        with pytest.raises(SystemExit, match="^2$"):
            main([*words, "--output", "a"])
        *usage, error = capsys.readouterr().err.splitlines()
        assert usage[0].startswith(f"usage: skaffect {words[0]} [-h] [--json]")
        assert error == f"skaffect {words[0]}: error: {message}: {' '.join(words[3:])}"


def test_many_that_are_left_over_are_counted(capsys):
    files = [f"recordings/anna/{i}.wav" for i in range(9)]
    shown = "recordings/anna/1.wav recordings/anna/2.wav recordings/anna/3.wav"
    animate = ["animate", "m", "a.wav", "--output", "a"]
    train = ["train", "emotion", "recordings", "--output", "a", "--pattern"]
    quotes = "; write --pattern in quotes, as '{speaker}/{emotion}_{sentence}.wav'"
    for words, message in (
        ([*animate, *files[1:]], f"which leaves over: {shown} and 5 more"),
        ([*train, *files], f"unrecognized arguments: {shown} and 5 more{quotes}"),
        ([*train, "recordings/*/{emotion}.wav", *files[1:4]], f"unrecognized arguments: {shown}"),
        ([*train, *files, "--fps"], f"unrecognized arguments: {' '.join(files[1:])} --fps"),
    ):
        with pytest.raises(SystemExit, match="^2$"):
            main(words)
        assert capsys.readouterr().err.endswith(f"{message}\n")


def test_result_is_printed_for_people_or_as_one_object(monkeypatch, capsys):
    words = instead(monkeypatch, lambda options: Result({"a": [1, None]}, "one"))
    assert main(words) == 0
    assert capsys.readouterr().out == "one\n"
    assert main([*words, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"a": [1, None]}


def test_names_that_the_output_cannot_write_are_escaped(monkeypatch):
    words = instead(monkeypatch, lambda options: Result({"a": "ö\udcff"}, "ö\udcff, łódź"))
    for encoding, expected in (("ascii", "\\xf6"), ("cp1252", "ö"), ("utf-8", "ö")):
        written = io.BytesIO()
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding))
        assert main(words) == 0
        assert written.getvalue().decode(encoding).startswith(rf"{expected}\udcff, ")
        assert main([*words, "--json"]) == 0
        assert json.loads(written.getvalue().splitlines()[-1]) == {"a": "ö\udcff"}


def test_what_failed_in_part_is_two_and_named(monkeypatch, capsys):
    words = instead(monkeypatch, lambda options: Result({}, "the rest", ["a.wav", "b.wav"]))
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert out == "the rest\n"
    assert err == "skaffect identify: a.wav\nskaffect identify: b.wav\n"


def test_interruption_is_130_in_one_line(monkeypatch, capsys):
    def run(options):
        raise KeyboardInterrupt

    assert main(instead(monkeypatch, run)) == 130
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "skaffect identify: interrupted; no file is left half-written.\n"


def test_errors_of_the_code_keep_their_traceback(monkeypatch):
    for error in (RuntimeError, KeyError, TypeError, ValueError):

        def run(options, error=error):
            raise error("a bug")  # not in skaffect: nobody meant it for the user

        with pytest.raises(error, match="a bug"):
            main(instead(monkeypatch, run))


@pytest.mark.filterwarnings("default")
def test_warnings_are_lines_without_a_place_in_the_code(monkeypatch, capsys):
    def run(options):
        warnings.warn("X[1] is\nquiet", UserWarning, stacklevel=1)
        return Result({}, "done")

    assert main(instead(monkeypatch, run)) == 0
    assert capsys.readouterr().err == "skaffect identify: warning: file 2 is quiet\n"


def test_help_is_quick_and_imports_nothing_heavy():
    code = (
        "import sys; from skaffect.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: print(*sys.modules)"
    )
    done = in_a_process(code=code)
    assert done.stdout.startswith("usage: skaffect ")
    assert HEAVY.isdisjoint(done.stdout.splitlines()[-1].split())


def test_exit_codes_of_a_process(tmp_path):
    words = ["train", "emotion", "nowhere", "--corpus", "savee", "--output", "a.safetensors"]
    wrong = in_a_process(*words, cwd=tmp_path)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert wrong.stderr.startswith("skaffect train: there is no folder 'nowhere'; relative paths")
    assert wrong.stderr.count("\n") == 1
    code = (
        "import sys; from skaffect.cli import _identify, main\n"
        "_identify.run = lambda options: 1 / 0\n"
        "sys.exit(main(['identify', 'model', 'file']))"
    )
    broken = in_a_process(code=code)
    assert broken.returncode == 1
    assert broken.stderr.startswith("Traceback")
    assert broken.stderr.endswith("ZeroDivisionError: division by zero\n")


def test_script_is_declared():
    config = ConfigParser()
    config.read(Path(__file__).resolve().parents[2] / "setup.cfg")
    scripts = config["options.entry_points"]["console_scripts"]
    assert scripts.split() == ["skaffect", "=", "skaffect.cli:main"]
    assert main is _main.main


@pytest.mark.slow  # imports TensorFlow in a new process
@pytest.mark.skipif(os.name == "nt", reason="Windows sends no SIGINT to a single process")
def test_interrupted_training_leaves_no_file(here):
    output = here / "models"
    output.mkdir()
    words = ["train", "emotion", "recordings", "--pattern", "{speaker}/{emotion}_{n}.wav"]
    words += ["--output", "models/emotion.safetensors", "--epochs", "100000", "--json"]
    # JAX, which Keras imports where it is installed, has TensorFlow say more from now on.
    environment = {k: v for k, v in os.environ.items() if k != "TF_CPP_MIN_LOG_LEVEL"}
    process = subprocess.Popen(
        [sys.executable, "-m", "skaffect", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        # A shell's background jobs ignore the signal, and what they start inherits that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    try:
        first, second = process.stderr.readline(), process.stderr.readline()
        assert first == "Training on 8 recordings of 2 speakers: angry, sad ...\n"
        assert "epoch " in second
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
    finally:
        process.kill()
    assert process.returncode == 130
    assert err.splitlines()[-1] == "skaffect train: interrupted; no file is left half-written."
    assert "Traceback" not in err
    assert out == ""
    assert list(output.iterdir()) == []
