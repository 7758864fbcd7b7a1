"""What scikit-learn's metrics lack: errors of faces, and intervals that count speakers."""

from skaffect.metrics._comparison import SystemComparison, compare_systems
from skaffect.metrics._intervals import MetricInterval, bootstrap_interval
from skaffect.metrics._landmarks import (
    landmark_error,
    lip_opening_correlation,
    lip_opening_error,
)
from skaffect.metrics._scorers import landmark_scorers, shape_scorers
from skaffect.metrics._shapes import mean_face_ratio, shape_mse

__all__ = [
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
]
