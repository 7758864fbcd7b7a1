"""Classes of frames and values of weights that are counted, and drawn, without Keras."""

from __future__ import annotations

FRAME_CLASSES = ("voiced", "unvoiced", "silent")

N_VALUES = 11
"""Values that rounded weights can have, from 0 to 1 in steps of 0.1."""
