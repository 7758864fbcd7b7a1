"""Speech emotion, talking faces and recording devices, with scikit-learn's interface.

Every public name is an attribute of this package. Names are imported when they are first
used, so ``import skaffect`` alone loads neither TensorFlow nor dlib.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

from skaffect._version import __version__ as __version__

# TensorFlow's faster kernels, which it uses by itself only where the processor has
# instructions for neural networks (AVX-512 VNNI and the like): elsewhere networks train at
# half the speed. It looks at this once, when it is imported.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")

# What runs: the public names of each module.
_NAMES = {
    "_show_versions": ["show_versions"],
    "_tone": ["ToneTrimmer"],
    "_utterances": ["Windows"],
    "animation": [
        "DSRNRegressor",
        "EmotionConditionedRegressor",
        "ShapeTargetRegressor",
        "oracle_scorer",
    ],
    "audio": ["AudioReader"],
    "datasets": [
        "EMOTIONS",
        "FIVE_DEVICES",
        "RecordingDevice",
        "check_device_recordings",
        "draw_devices",
        "load_corpus",
        "load_emodb",
        "load_grid",
        "load_mobiphone",
        "load_ravdess",
        "load_savee",
        "load_wspire",
        "make_affective_speech",
        "make_device_recordings",
        "record_with_devices",
    ],
    "device": [
        "DFTCNNBaseline",
        "DualAttentionDeviceClassifier",
        "SingleAttentionDeviceClassifier",
    ],
    "emotion": ["DERNClassifier"],
    "features": ["LogFilterbank", "MFSCWindower"],
    "inspection": [
        "band_weights",
        "deletion_test",
        "frame_weights",
        "load_phone_track",
        "phone_classes",
        "voicing_classes",
        "weight_histogram",
    ],
    "metrics": [
        "MetricInterval",
        "SystemComparison",
        "bootstrap_interval",
        "compare_systems",
        "landmark_error",
        "landmark_scorers",
        "lip_opening_correlation",
        "lip_opening_error",
        "mean_face_ratio",
        "shape_mse",
        "shape_scorers",
    ],
    "model_selection": [
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
    ],
    "nets": [
        "build_dern",
        "build_dft_cnn",
        "build_dsrn",
        "build_dual_attention",
        "build_single_attention",
    ],
    "persistence": ["export_onnx", "load_model", "read_model_card", "save_model"],
    "plotting": [
        "animate",
        "plot_band_weights",
        "plot_confusion",
        "plot_frame_weights",
        "plot_landmarks",
        "plot_learning_curves",
        "plot_shape_modes",
    ],
    "report": [
        "EmotionSegment",
        "FoldAnswers",
        "PAPER_TABLE_III",
        "RecallRow",
        "Report",
        "analyse_ratings",
        "emotion_timeline",
        "make_listening_test",
        "markdown_table",
        "plot_emotion_timeline",
        "plot_opinion_scores",
        "protocol_report",
        "recall_rows",
        "write_timeline",
    ],
    "shape": [
        "BLENDSHAPES",
        "LOWER_FACE",
        "LandmarkExtractor",
        "ProcrustesPCAShape",
        "blendshapes",
        "resample_track",
        "save_track",
        "train_landmark_predictor",
    ],
    "streaming": ["EmotionFrames", "EmotionStream", "FaceFrames", "FaceStream"],
}
_MODULE = {name: module for module, names in _NAMES.items() for name in names}
_PUBLIC_MODULES = {module for module in _NAMES if not module.startswith("_")}

# What type checkers and editors see: the same names.
if TYPE_CHECKING:
    from skaffect import animation as animation
    from skaffect import audio as audio
    from skaffect import datasets as datasets
    from skaffect import device as device
    from skaffect import emotion as emotion
    from skaffect import features as features
    from skaffect import inspection as inspection
    from skaffect import metrics as metrics
    from skaffect import model_selection as model_selection
    from skaffect import nets as nets
    from skaffect import persistence as persistence
    from skaffect import plotting as plotting
    from skaffect import report as report
    from skaffect import shape as shape
    from skaffect import streaming as streaming
    from skaffect._show_versions import show_versions as show_versions
    from skaffect._tone import ToneTrimmer as ToneTrimmer
    from skaffect._utterances import Windows as Windows
    from skaffect.animation import DSRNRegressor as DSRNRegressor
    from skaffect.animation import EmotionConditionedRegressor as EmotionConditionedRegressor
    from skaffect.animation import ShapeTargetRegressor as ShapeTargetRegressor
    from skaffect.animation import oracle_scorer as oracle_scorer
    from skaffect.audio import AudioReader as AudioReader
    from skaffect.datasets import EMOTIONS as EMOTIONS
    from skaffect.datasets import FIVE_DEVICES as FIVE_DEVICES
    from skaffect.datasets import RecordingDevice as RecordingDevice
    from skaffect.datasets import check_device_recordings as check_device_recordings
    from skaffect.datasets import draw_devices as draw_devices
    from skaffect.datasets import load_corpus as load_corpus
    from skaffect.datasets import load_emodb as load_emodb
    from skaffect.datasets import load_grid as load_grid
    from skaffect.datasets import load_mobiphone as load_mobiphone
    from skaffect.datasets import load_ravdess as load_ravdess
    from skaffect.datasets import load_savee as load_savee
    from skaffect.datasets import load_wspire as load_wspire
    from skaffect.datasets import make_affective_speech as make_affective_speech
    from skaffect.datasets import make_device_recordings as make_device_recordings
    from skaffect.datasets import record_with_devices as record_with_devices
    from skaffect.device import DFTCNNBaseline as DFTCNNBaseline
    from skaffect.device import DualAttentionDeviceClassifier as DualAttentionDeviceClassifier
    from skaffect.device import SingleAttentionDeviceClassifier as SingleAttentionDeviceClassifier
    from skaffect.emotion import DERNClassifier as DERNClassifier
    from skaffect.features import LogFilterbank as LogFilterbank
    from skaffect.features import MFSCWindower as MFSCWindower
    from skaffect.inspection import band_weights as band_weights
    from skaffect.inspection import deletion_test as deletion_test
    from skaffect.inspection import frame_weights as frame_weights
    from skaffect.inspection import load_phone_track as load_phone_track
    from skaffect.inspection import phone_classes as phone_classes
    from skaffect.inspection import voicing_classes as voicing_classes
    from skaffect.inspection import weight_histogram as weight_histogram
    from skaffect.metrics import MetricInterval as MetricInterval
    from skaffect.metrics import SystemComparison as SystemComparison
    from skaffect.metrics import bootstrap_interval as bootstrap_interval
    from skaffect.metrics import compare_systems as compare_systems
    from skaffect.metrics import landmark_error as landmark_error
    from skaffect.metrics import landmark_scorers as landmark_scorers
    from skaffect.metrics import lip_opening_correlation as lip_opening_correlation
    from skaffect.metrics import lip_opening_error as lip_opening_error
    from skaffect.metrics import mean_face_ratio as mean_face_ratio
    from skaffect.metrics import shape_mse as shape_mse
    from skaffect.metrics import shape_scorers as shape_scorers
    from skaffect.model_selection import AnimationProtocol as AnimationProtocol
    from skaffect.model_selection import DeviceProtocol as DeviceProtocol
    from skaffect.model_selection import DisjointKFold as DisjointKFold
    from skaffect.model_selection import Fold as Fold
    from skaffect.model_selection import GroupTable as GroupTable
    from skaffect.model_selection import LeakageError as LeakageError
    from skaffect.model_selection import LeakageGuard as LeakageGuard
    from skaffect.model_selection import SplitProtocol as SplitProtocol
    from skaffect.model_selection import System as System
    from skaffect.model_selection import check_leakage as check_leakage
    from skaffect.model_selection import find_duplicates as find_duplicates
    from skaffect.model_selection import recording_hashes as recording_hashes
    from skaffect.model_selection import run_protocol as run_protocol
    from skaffect.nets import build_dern as build_dern
    from skaffect.nets import build_dft_cnn as build_dft_cnn
    from skaffect.nets import build_dsrn as build_dsrn
    from skaffect.nets import build_dual_attention as build_dual_attention
    from skaffect.nets import build_single_attention as build_single_attention
    from skaffect.persistence import export_onnx as export_onnx
    from skaffect.persistence import load_model as load_model
    from skaffect.persistence import read_model_card as read_model_card
    from skaffect.persistence import save_model as save_model
    from skaffect.plotting import animate as animate
    from skaffect.plotting import plot_band_weights as plot_band_weights
    from skaffect.plotting import plot_confusion as plot_confusion
    from skaffect.plotting import plot_frame_weights as plot_frame_weights
    from skaffect.plotting import plot_landmarks as plot_landmarks
    from skaffect.plotting import plot_learning_curves as plot_learning_curves
    from skaffect.plotting import plot_shape_modes as plot_shape_modes
    from skaffect.report import PAPER_TABLE_III as PAPER_TABLE_III
    from skaffect.report import EmotionSegment as EmotionSegment
    from skaffect.report import FoldAnswers as FoldAnswers
    from skaffect.report import RecallRow as RecallRow
    from skaffect.report import Report as Report
    from skaffect.report import analyse_ratings as analyse_ratings
    from skaffect.report import emotion_timeline as emotion_timeline
    from skaffect.report import make_listening_test as make_listening_test
    from skaffect.report import markdown_table as markdown_table
    from skaffect.report import plot_emotion_timeline as plot_emotion_timeline
    from skaffect.report import plot_opinion_scores as plot_opinion_scores
    from skaffect.report import protocol_report as protocol_report
    from skaffect.report import recall_rows as recall_rows
    from skaffect.report import write_timeline as write_timeline
    from skaffect.shape import BLENDSHAPES as BLENDSHAPES
    from skaffect.shape import LOWER_FACE as LOWER_FACE
    from skaffect.shape import LandmarkExtractor as LandmarkExtractor
    from skaffect.shape import ProcrustesPCAShape as ProcrustesPCAShape
    from skaffect.shape import blendshapes as blendshapes
    from skaffect.shape import resample_track as resample_track
    from skaffect.shape import save_track as save_track
    from skaffect.shape import train_landmark_predictor as train_landmark_predictor
    from skaffect.streaming import EmotionFrames as EmotionFrames
    from skaffect.streaming import EmotionStream as EmotionStream
    from skaffect.streaming import FaceFrames as FaceFrames
    from skaffect.streaming import FaceStream as FaceStream

__all__ = sorted({*_MODULE, *_PUBLIC_MODULES, "__version__"})


def __getattr__(name: str) -> Any:
    if name in _PUBLIC_MODULES:
        return import_module(f"skaffect.{name}")
    if name in _MODULE:
        return getattr(import_module(f"skaffect.{_MODULE[name]}"), name)
    raise AttributeError(f"module 'skaffect' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*__all__, *(name for name in globals() if name.startswith("__"))})


if os.environ.get("SKAFFECT_QUIET"):  # a process started by one of our commands
    from skaffect._quiet import quiet_tensorflow

    quiet_tensorflow()
