"""What is installed here, for bug reports."""

from __future__ import annotations

import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version

from skaffect._version import __version__

_CORE = (
    "numpy",
    "scipy",
    "scikit-learn",
    "tensorflow",
    "keras",
    "scikeras",
    "python_speech_features",
    "joblib",
    "soundfile",
    "soxr",
    "safetensors",
)
_OPTIONAL = (
    "av",
    "dlib-bin",
    "matplotlib",
    "jinja2",
    "pandas",
    "librosa",
    "onnx",
    "onnxruntime",
    "distributed",
    "jax",
    "torch",
)


def show_versions() -> None:
    """Print the versions of Python, of the system and of what skaffect stands on.

    Nothing is imported to find them, so this also works where one of the packages is
    broken. Paste the output into bug reports.

    Examples
    --------
    >>> import skaffect
    >>> skaffect.show_versions()  # doctest: +ELLIPSIS
    System
                    python: 3...
    """
    for title, rows in collect_versions().items():
        print(title if title == "System" else f"\n{title}")
        _print_table(rows)


def collect_versions() -> dict[str, dict[str, str]]:
    """Return what `show_versions` prints, by the titles of its tables."""
    return {
        "System": {
            "python": sys.version.replace("\n", " "),
            "machine": platform.platform(),
            "cpu_count": str(os.cpu_count()),
            "keras backend": os.environ.get("KERAS_BACKEND", "tensorflow (default)"),
        },
        "Packages": {"skaffect": __version__} | {name: _installed(name) for name in _CORE},
        "Optional packages": {name: _installed(name) for name in _OPTIONAL},
    }


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _print_table(rows: dict[str, str]) -> None:
    for name, value in rows.items():
        print(f"{name:>22}: {value}")
