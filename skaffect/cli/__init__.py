"""Thin commands over the library: ``skaffect``, or ``python -m skaffect``."""

from skaffect.cli._main import main

__all__ = ["main"]
