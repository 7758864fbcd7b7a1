"""From affective speech to a moving face."""

from skaffect.animation._dsrn import DSRNRegressor
from skaffect.animation._emotion_conditioned import EmotionConditionedRegressor
from skaffect.animation._scorers import oracle_scorer
from skaffect.animation._shape_target import ShapeTargetRegressor

__all__ = [
    "DSRNRegressor",
    "EmotionConditionedRegressor",
    "ShapeTargetRegressor",
    "oracle_scorer",
]
