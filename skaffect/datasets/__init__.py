"""Corpora: readers of recorded ones, and generators of those that are always there."""

from skaffect.datasets._affective_speech import make_affective_speech
from skaffect.datasets._corpus import load_corpus
from skaffect.datasets._emodb import load_emodb
from skaffect.datasets._emotions import EMOTIONS
from skaffect.datasets._grid import load_grid
from skaffect.datasets._ravdess import load_ravdess
from skaffect.datasets._savee import load_savee

__all__ = [
    "EMOTIONS",
    "load_corpus",
    "load_emodb",
    "load_grid",
    "load_ravdess",
    "load_savee",
    "make_affective_speech",
]
