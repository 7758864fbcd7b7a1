"""What scikit-learn's metrics lack: errors of faces over utterances of any length."""

from skaffect.metrics._landmarks import (
    landmark_error,
    lip_opening_correlation,
    lip_opening_error,
)
from skaffect.metrics._scorers import landmark_scorers, shape_scorers
from skaffect.metrics._shapes import mean_face_ratio, shape_mse

__all__ = [
    "landmark_error",
    "landmark_scorers",
    "lip_opening_correlation",
    "lip_opening_error",
    "mean_face_ratio",
    "shape_mse",
    "shape_scorers",
]
