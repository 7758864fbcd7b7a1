"""Pictures and films, drawn with Matplotlib (the extra ``plot``)."""

from skaffect.plotting._animate import animate
from skaffect.plotting._attention import plot_band_weights, plot_frame_weights
from skaffect.plotting._confusion import plot_confusion
from skaffect.plotting._curves import plot_learning_curves
from skaffect.plotting._landmarks import plot_landmarks, plot_shape_modes

__all__ = [
    "animate",
    "plot_band_weights",
    "plot_confusion",
    "plot_frame_weights",
    "plot_landmarks",
    "plot_learning_curves",
    "plot_shape_modes",
]
