"""Pictures and films, drawn with Matplotlib (the extra ``plot``)."""

from skaffect.plotting._animate import animate
from skaffect.plotting._confusion import plot_confusion

__all__ = ["animate", "plot_confusion"]
