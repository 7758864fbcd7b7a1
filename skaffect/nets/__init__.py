"""The papers' networks: pure builders of uncompiled Keras models."""

from skaffect.nets._dern import build_dern

__all__ = ["build_dern"]
