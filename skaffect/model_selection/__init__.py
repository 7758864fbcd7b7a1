"""Evaluation that can be trusted: splits that refuse to leak, and the papers' protocols."""

from skaffect.model_selection._disjoint import DisjointKFold
from skaffect.model_selection._fold import Fold
from skaffect.model_selection._group_table import GroupTable
from skaffect.model_selection._guard import LeakageGuard
from skaffect.model_selection._leakage import LeakageError, check_leakage
from skaffect.model_selection._protocol_animation import AnimationProtocol
from skaffect.model_selection._protocol_device import DeviceProtocol
from skaffect.model_selection._protocol_split import SplitProtocol
from skaffect.model_selection._recordings import find_duplicates, recording_hashes
from skaffect.model_selection._run_protocol import run_protocol
from skaffect.model_selection._system import System

__all__ = [
    "AnimationProtocol",
    "DeviceProtocol",
    "DisjointKFold",
    "Fold",
    "GroupTable",
    "LeakageError",
    "LeakageGuard",
    "SplitProtocol",
    "System",
    "check_leakage",
    "find_duplicates",
    "recording_hashes",
    "run_protocol",
]
