"""Live use: the offline answers while the sound arrives."""

from skaffect.streaming._emotion import EmotionFrames, EmotionStream
from skaffect.streaming._face import FaceFrames, FaceStream

__all__ = ["EmotionFrames", "EmotionStream", "FaceFrames", "FaceStream"]
