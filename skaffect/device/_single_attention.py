"""The single attention device classifier (SA-CNN)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras

from skaffect._classification import TrainingSet
from skaffect._keras import CallbackLike
from skaffect._parameters import check_integer
from skaffect.device._attention import AttentionDeviceClassifier
from skaffect.nets import build_single_attention


class SingleAttentionDeviceClassifier(AttentionDeviceClassifier):
    """Recording device of an utterance by the single attention pooling network (SA-CNN).

    Section 2.2 and Table 1 of [1]_: convolutions over the frames, whose outputs are
    summed over time (equation 1) with the weights of an LSTM that attends to frames. It
    is trained on the categorical cross-entropy, as in the paper.

    Parameters
    ----------
    filters : sequence of three int, default=(20, 20, 20)
        Channels of the convolutions; the defaults are the paper's.
    lstm_units : int, default=24
        Width of the first LSTM of the attention; the default is the paper's.
    dense_units : int, default=60
        Width of the first dense layer; the default is the paper's.
    averaged_bands : int, default=1
        Neighbouring bands that the average pooling before the dense layers makes one: 1
        leaves this layer of Table 1 out and keeps apart all 12 bands that the convolutions
        leave, 12 leaves one. See the notes.
    attention : {"softmax", "sigmoid"}, default="softmax"
        How scores are normalised to weights: their exponentials divided by the
        exponentials' sum, or their logistic functions by those functions' sum. The paper
        does not say.
    score_scale : float, default=5.0
        Factor of the scores before that. See the notes.
    dropout : float in [0, 0.99], default=0.0
        Share of the first dense layer's outputs dropped in training; the paper has none.
    crop_frames : int or None, default=36
        Frames of each longer utterance that an epoch trains on, drawn anew in every epoch;
        None trains on whole utterances, as the paper does. Answers are always from whole
        ones. See the notes.
    crop_pieces : int, default=3
        Stretches of about equal length that those frames are, from anywhere in the
        utterance.
    epochs : int, default=150
        Passes over the training utterances.
    batch_size : int, default=32
        Utterances in a training step.
    learning_rate : float, default=3e-3
        Step size of the Adam optimiser, which the paper names.
    learning_rate_schedule : {"constant", "cosine"}, default="cosine"
        Keep the rate, or lower it along half a cosine towards zero over `epochs`. Training
        that goes on (`warm_start`, `partial_fit`) starts the next half cosine after that,
        counting in the present `epochs` from the first epoch ever.
    weight_decay : float in [0, 1], default=0.0
        Decoupled weight decay of the optimiser; the paper has none.
    class_weight : dict, "balanced" or None, default=None
        Weights of the classes in the loss, as everywhere in scikit-learn.
    early_stopping : bool, default=False
        Hold out a validation part, stop after `patience` epochs without improvement
        of its loss and keep the best weights. Whole groups are held out when `groups`
        is given to `fit`, whole utterances otherwise, with a warning. The paper trains
        "until the validation error increases", which is True with the default
        `patience`. False by default, for only speakers make an honest validation part,
        and only `groups` tell them.
    validation_fraction : float in (0, 0.9], default=0.1
        Share of groups or utterances held out for early stopping.
    patience : int, default=1
        Epochs without improvement before stopping early.
    callbacks : sequence of keras.callbacks.Callback, or of what makes them, default=None
        Called while training. Instances are copied for each fit.
    warm_start : bool, default=False
        Go on training the present network, for `epochs` more, when `fit` is called again.
    verbose : int, default=0
        1 shows Keras's progress bar, 2 a line for each epoch.
    random_state : int, RandomState instance or None, default=None
        Seeds the weights, the order, the stretches and the dropout. The same seed gives the
        same bits on the same machine at the same number of threads.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The devices, sorted.
    history_ : dict of str to list of float
        Learning curves, one value an epoch: ``"loss"``, and ``"val_loss"`` with early
        stopping.
    n_epochs_ : int
        Epochs trained so far.
    architecture_ : dict
        What the network was built from.
    model_ : keras.Model
        The trained network.
    n_features_in_ : int
        Number of bands seen in `fit`.

    See Also
    --------
    LogFilterbank : Makes the frames.
    DualAttentionDeviceClassifier : Attends to bands as well.
    build_single_attention : The network, layer by layer.

    Notes
    -----
    Entries of `X` are frames ``(n_frames, n_bands)`` of any length, best with
    ``LogFilterbank(normalize="corpus")``; the rows of a 2-D array are utterances of one
    frame. Utterances of about the same length are trained together, and none is changed
    by what it is padded with.

    What the paper leaves open, and our readings:

    - The "average pooling layer" of classification network-1 is taken for the average that
      equation 1 makes over time, its weights summing to one. What tells devices apart is
      their frequency response, and of an average over bands (`averaged_bands` 2 is Keras's
      default width, 12 is all) the dense layers can hardly learn it.
    - The poolings of Table 1 are maxima, those of the attention too: where the paper means
      an average, it says so.
    - An LSTM answers within (-1, 1), so a softmax of its plain scores cannot weigh one
      frame more than e^2 = 7.4 times another. Figure 2 shows weights rounded to 11 values
      from 0 to 1, and 0 is below a twentieth of the largest. With `score_scale` 5 the
      range is e^10; 1 is the plain softmax.
    - The paper trains on whole utterances. A network soon knows those by heart, each with
      every device. A third of a second in three stretches, others in every epoch, takes less
      time, and DA-CNN recognised 89 % of validation speakers' utterances through 21
      microphones; with half a second in one stretch 84 %, with two seconds in one 70 %.

    References
    ----------
    .. [1] Naini, Singhal, Ghosh, "Dual Attention Pooling Network for Recording Device
       Classification Using Neutral and Whispered Speech".

    Examples
    --------
    >>> import numpy as np
    >>> from skaffect import SingleAttentionDeviceClassifier
    >>> rng = np.random.default_rng(0)
    >>> frames = [rng.normal(size=(n, 24)) for n in (30, 45, 20, 60)]
    >>> device = ["phone", "recorder", "phone", "recorder"]
    >>> model = SingleAttentionDeviceClassifier(filters=(4, 4, 4), epochs=1, random_state=0)
    >>> model.fit(frames, device).predict_proba(frames).shape
    (4, 2)
    """

    def __init__(
        self,
        filters: Sequence[int] = (20, 20, 20),
        lstm_units: int = 24,
        dense_units: int = 60,
        averaged_bands: int = 1,
        *,
        attention: str = "softmax",
        score_scale: float = 5.0,
        dropout: float = 0.0,
        crop_frames: int | None = 36,
        crop_pieces: int = 3,
        epochs: int = 150,
        batch_size: int = 32,
        learning_rate: float = 3e-3,
        learning_rate_schedule: str = "cosine",
        weight_decay: float = 0.0,
        class_weight: Any = None,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        patience: int = 1,
        callbacks: Sequence[CallbackLike] | None = None,
        warm_start: bool = False,
        verbose: int = 0,
        random_state: Any = None,
    ) -> None:
        self.filters = filters
        self.lstm_units = lstm_units
        self.dense_units = dense_units
        self.averaged_bands = averaged_bands
        self.attention = attention
        self.score_scale = score_scale
        self.dropout = dropout
        self.crop_frames = crop_frames
        self.crop_pieces = crop_pieces
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.learning_rate_schedule = learning_rate_schedule
        self.weight_decay = weight_decay
        self.class_weight = class_weight
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.callbacks = callbacks
        self.warm_start = warm_start
        self.verbose = verbose
        self.random_state = random_state

    def _check_parameters(self) -> None:
        super()._check_parameters()
        check_integer("averaged_bands", self.averaged_bands, at_least=1)

    def _describe(self, training: TrainingSet) -> dict[str, Any]:
        return {**super()._describe(training), "averaged_bands": int(self.averaged_bands)}

    def _build_network(self) -> keras.Model:
        return build_single_attention(**self.architecture_)
