"""Video to landmarks, and landmarks to shape parameters."""

from skaffect.shape._blendshapes import BLENDSHAPES, blendshapes
from skaffect.shape._export import save_track
from skaffect.shape._landmarks import LOWER_FACE, LandmarkExtractor
from skaffect.shape._shape_model import ProcrustesPCAShape
from skaffect.shape._track import resample_track
from skaffect.shape._training import train_landmark_predictor

__all__ = [
    "BLENDSHAPES",
    "LOWER_FACE",
    "LandmarkExtractor",
    "ProcrustesPCAShape",
    "blendshapes",
    "resample_track",
    "save_track",
    "train_landmark_predictor",
]
