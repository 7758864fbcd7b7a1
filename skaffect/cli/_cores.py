"""Processors for processes that train side by side."""

from __future__ import annotations

import os


def share_cores(jobs: int) -> None:
    """Give each of several processes one thread; to be called before TensorFlow is imported."""
    if jobs > 1:
        for name in ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
            os.environ.setdefault(name, "1")
