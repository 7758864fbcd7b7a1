"""The classes that a model file may hold, and what each of them learns in `fit`.

Nothing else is ever built from a file, and nothing else set: a name in a file is looked up
here and never imported. A support vector machine is left out, for its C code trusts the
indices among its arrays, and what transforms by a function of the user's, for a function
is code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from skaffect._tone import ToneTrimmer
from skaffect.animation import DSRNRegressor, EmotionConditionedRegressor, ShapeTargetRegressor
from skaffect.audio import AudioReader
from skaffect.device import (
    DFTCNNBaseline,
    DualAttentionDeviceClassifier,
    SingleAttentionDeviceClassifier,
)
from skaffect.emotion import DERNClassifier
from skaffect.features import LogFilterbank, MFSCWindower
from skaffect.persistence import _networks as networks
from skaffect.persistence._attributes import (
    COUNTS,
    CURVES,
    ESTIMATOR,
    ESTIMATORS,
    FLAG,
    LABELS,
    NAMES,
    STEPS,
    Attribute,
    integer,
    integers,
    or_none,
    reals,
)
from skaffect.shape import LandmarkExtractor, ProcrustesPCAShape

# Longer than any stretch of frames that DSRN answers at once.
_LONGEST_CHUNK = 4096


class Traveller(NamedTuple):
    """A class, and what an instance of it consists of beside its parameters."""

    kind: type
    # What `fit` sets: all of it, but for what is optional.
    fitted: Mapping[str, Attribute]
    optional: frozenset[str] = frozenset()
    network: networks.Network | None = None
    # Values of `architecture_` that what `fit` has learnt says as well.
    agreeing: Mapping[str, Callable[[Any], Any]] = {}
    # What is made anew where the instance arrives.
    rebuilt: Mapping[str, Callable[[], Any]] = {}
    # Parameters that nothing else would check before they are used.
    checked: Mapping[str, Attribute] = {}


_COLUMNS = {"n_features_in_": integer(1), "feature_names_in_": NAMES}
_BANDS = {**_COLUMNS, "mean_": reals(1), "scale_": reals(1)}
_TRAINED = {**_COLUMNS, "_seed": integer(), "history_": CURVES}
_CLASSIFIED = {**_TRAINED, "classes_": LABELS}
_NAMES = frozenset({"feature_names_in_"})

_ALL = [
    Traveller(AudioReader, _COLUMNS, frozenset(_COLUMNS)),
    Traveller(ToneTrimmer, _COLUMNS, frozenset(_COLUMNS)),
    Traveller(LandmarkExtractor, {}),
    Traveller(LogFilterbank, _BANDS, frozenset(_BANDS)),
    Traveller(MFSCWindower, _BANDS, frozenset(_BANDS)),
    Traveller(
        ProcrustesPCAShape,
        {
            **_COLUMNS,
            "_flat": FLAG,
            "reference_shape_": reals(2),
            "mean_shape_": reals(2),
            "components_": reals(2),
            "explained_variance_": reals(1),
            "explained_variance_ratio_": reals(1),
            "n_components_": integer(1),
        },
        _NAMES,
    ),
    Traveller(
        DERNClassifier,
        {**_CLASSIFIED, "window_shape_in_": integers(exactly=2)},
        _NAMES,
        networks.DERN,
        {
            "window_shape": lambda dern: dern.window_shape_in_,
            "n_classes": lambda dern: len(dern.classes_),
        },
    ),
    Traveller(
        DSRNRegressor,
        {
            **_TRAINED,
            "window_shape_in_": integers(exactly=2),
            "target_mean_": reals(1),
            "target_scale_": reals(1),
            "_flat_targets": FLAG,
            "_chunk_frames": integer(1, _LONGEST_CHUNK),
        },
        _NAMES,
        networks.DSRN,
        {
            "n_bands": lambda dsrn: dsrn.window_shape_in_[0],
            "context": lambda dsrn: dsrn.window_shape_in_[1],
            "n_outputs": lambda dsrn: len(dsrn.target_mean_),
            "output_mean": lambda dsrn: tuple(dsrn.target_mean_.tolist()),
            "output_scale": lambda dsrn: tuple(dsrn.target_scale_.tolist()),
        },
        {"_fast_networks": dict, "_fast_for": lambda: None},
    ),
    *(
        Traveller(
            kind,
            _CLASSIFIED,
            _NAMES,
            network,
            {
                "n_bands": lambda model: model.n_features_in_,
                "n_classes": lambda model: len(model.classes_),
            },
        )
        for kind, network in (
            (SingleAttentionDeviceClassifier, networks.SINGLE_ATTENTION),
            (DualAttentionDeviceClassifier, networks.DUAL_ATTENTION),
        )
    ),
    Traveller(
        DFTCNNBaseline,
        {**_CLASSIFIED, "piece_length_": integer(2), "scale_": reals(1)},
        frozenset(_COLUMNS),
        networks.DFT_CNN,
        {
            "n_bins": lambda model: len(model.scale_),
            "n_classes": lambda model: len(model.classes_),
        },
    ),
    Traveller(
        EmotionConditionedRegressor,
        {
            "classes_": LABELS,
            "classifier_": ESTIMATOR,
            "regressors_": ESTIMATORS,
            "universal_": ESTIMATOR,
        },
        frozenset({"universal_"}),
    ),
    Traveller(ShapeTargetRegressor, {"shape_": ESTIMATOR, "regressor_": ESTIMATOR}),
    Traveller(Pipeline, {}, checked={"steps": STEPS}),
    Traveller(
        StandardScaler,
        {
            **_COLUMNS,
            "n_samples_seen_": COUNTS,
            "mean_": or_none(reals(1)),
            "var_": or_none(reals(1)),
            "scale_": or_none(reals(1)),
        },
        _NAMES,
    ),
]
TRAVELLERS = {traveller.kind.__name__: traveller for traveller in _ALL}
