"""The arithmetic of a benchmark's networks."""

from __future__ import annotations

import argparse


def add_precision(parser: argparse.ArgumentParser) -> None:
    """Add the option ``--precision``."""
    parser.add_argument(
        "--precision",
        choices=["float32", "mixed_bfloat16"],
        default="float32",
        help="of the networks' arithmetic; bfloat16 is faster where the processor has it",
    )


def set_precision(precision: str) -> None:
    """Set Keras's arithmetic in this process."""
    # Not at the top: a worker is to import skaffect first, which keeps TensorFlow quiet.
    import keras

    keras.config.set_dtype_policy(precision)
