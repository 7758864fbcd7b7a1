"""skaffect.show_versions."""

from __future__ import annotations

import sys
from importlib.metadata import version

import skaffect


def test_shows_python_ourselves_and_what_we_stand_on(capsys):
    skaffect.show_versions()
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert f"python: {sys.version}".replace("\n", " ") in lines
    assert f"skaffect: {skaffect.__version__}" in lines
    for name in ("numpy", "scikit-learn", "tensorflow", "scikeras", "soxr"):
        assert f"{name}: {version(name)}" in lines


def test_missing_package_is_said_to_be_missing(monkeypatch, capsys):
    from skaffect import _show_versions

    monkeypatch.setattr(_show_versions, "_OPTIONAL", ("no-such-distribution",))
    skaffect.show_versions()
    assert "no-such-distribution: not installed" in capsys.readouterr().out
