"""What a fitted attention network attends to, and whether that matters to its answers."""

from skaffect.inspection._deletion import deletion_test
from skaffect.inspection._histogram import weight_histogram
from skaffect.inspection._phone_classes import phone_classes
from skaffect.inspection._phone_track import load_phone_track
from skaffect.inspection._voicing import voicing_classes
from skaffect.inspection._weights import band_weights, frame_weights

__all__ = [
    "band_weights",
    "deletion_test",
    "frame_weights",
    "load_phone_track",
    "phone_classes",
    "voicing_classes",
    "weight_histogram",
]
