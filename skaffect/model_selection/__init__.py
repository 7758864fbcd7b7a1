"""Evaluation that can be trusted: splits that refuse to leak, and the papers' protocols."""

from skaffect.model_selection._disjoint import DisjointKFold
from skaffect.model_selection._group_table import GroupTable
from skaffect.model_selection._guard import LeakageGuard
from skaffect.model_selection._leakage import LeakageError, check_leakage
from skaffect.model_selection._recordings import find_duplicates, recording_hashes

__all__ = [
    "DisjointKFold",
    "GroupTable",
    "LeakageError",
    "LeakageGuard",
    "check_leakage",
    "find_duplicates",
    "recording_hashes",
]
