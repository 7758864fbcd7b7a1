"""The deep shape regression network (DSRN), Table II of arXiv:1908.03904."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from keras import Input, Model, layers

from skaffect._windows import check_context
from skaffect.nets._context import ContextFrames
from skaffect.nets._run_dense import RunDense
from skaffect.nets._seeds import LayerSeeds

# Height of each convolution and of the pooling after it, layers 1 to 8 of Table II.
KERNELS, POOLS = (5, 5, 5, 3), (3, 3, 2, 2)


def build_dsrn(
    n_bands: int,
    context: int,
    n_outputs: int,
    *,
    output_context: int = 5,
    filters: Sequence[int] = (32, 64, 128, 128),
    dense_units: Sequence[int] = (1024, 500),
    dropout: float = 0.5,
    output_mean: Sequence[float] | None = None,
    output_scale: Sequence[float] | None = None,
    seed: int = 0,
    dtype: str | None = None,
) -> Any:
    """Build Table II over a run of frames rather than over one window.

    Its convolutions and poolings look along frequency only, so what they make of a frame is
    the same in each of the `context` windows that show it. Here they see every frame once,
    and the first dense layer sees the features of the frames around one: the same function
    as Table II on each window, with 7.3 instead of 19.5 million multiplications.

    Convolutions and poolings pad ("same"); 40 bands end as 3, with 128 channels in each of
    15 frames, and at 90 outputs there are 6,557,718 parameters. ReLU stands after pooling,
    where it has half the work: the two commute. The output layer is linear.

    Parameters
    ----------
    n_bands : int
        Bands of a frame.
    context : int
        Frames of a window, odd (:math:`K_a`, 15 in the paper).
    n_outputs : int
        Shape parameters of a frame (18 in the paper).
    output_context : int, default=5
        Frames that are estimated from one window (:math:`K_v`, 5 in the paper).
    filters : sequence of int, default=(32, 64, 128, 128)
        Channels of the convolutions, at most four; the defaults are the paper's.
    dense_units : sequence of int, default=(1024, 500)
        Widths of the fully connected layers; the defaults are the paper's.
    dropout : float in [0, 1), default=0.5
        Share of their outputs dropped in training; the default is the paper's.
    output_mean, output_scale : sequence of float or None, default=None
        What each of the `n_outputs` is multiplied by and then moved by, so that the network
        itself deals in numbers around one; None leaves them as they are.
    seed : int, default=0
        Seed of every initial weight and of the dropout.
    dtype : str or None, default=None
        Keras dtype policy of the arithmetic, such as ``"mixed_bfloat16"``; the answer is
        float32 under any. None means Keras's global one.

    Returns
    -------
    network : keras.Model
        Uncompiled. Inputs: ``rows`` ``(batch, n_rows, n_bands)``, frames one after the other,
        and ``first`` ``(batch, n)``, int32, the row at which each window begins. Output
        ``(batch, n, output_context, n_outputs)``.

    References
    ----------
    .. [1] Sadiq, Asadiabadi, Erzin, "Emotion Dependent Facial Animation from Affective
       Speech", arXiv:1908.03904, 2019, Table II.

    Examples
    --------
    >>> from skaffect import build_dsrn
    >>> build_dsrn(40, 15, n_outputs=18).count_params()
    6557718
    """
    if len(filters) > len(KERNELS):
        raise ValueError(
            f"filters must have at most {len(KERNELS)} values, one for each convolution of "
            f"Table II; got {len(filters)}."
        )
    check_context(context)
    check_context(output_context, "output_context")
    seeds = LayerSeeds(seed)
    rows = Input((None, n_bands), name="rows")
    first = Input((None,), dtype="int32", name="first")
    # Bands before rows: convolutions along bands then run over adjacent rows.
    x = layers.Permute((2, 1), dtype=dtype, name="bands")(rows)
    x = layers.Reshape((n_bands, -1, 1), dtype=dtype, name="image")(x)
    for i, (n_filters, kernel, pool) in enumerate(
        zip(filters, KERNELS, POOLS, strict=False), start=1
    ):
        x = layers.Conv2D(
            n_filters,
            (kernel, 1),
            padding="same",
            kernel_initializer=seeds.glorot(),
            dtype=dtype,
            name=f"conv{i}",
        )(x)
        x = layers.MaxPooling2D(
            (pool, 1), strides=(2, 1), padding="same", dtype=dtype, name=f"pool{i}"
        )(x)
        x = layers.ReLU(dtype=dtype, name=f"relu{i}")(x)
    n_features = x.shape[1] * x.shape[3]
    x = layers.Permute((2, 1, 3), dtype=dtype, name="frames")(x)
    x = layers.Reshape((-1, n_features), dtype=dtype, name="features")(x)
    x = ContextFrames(context, dtype=dtype, name="windows")(x, first)
    for i, n_units in enumerate(dense_units, start=1):
        x = layers.Dense(
            n_units,
            activation="relu",
            kernel_initializer=seeds.glorot(),
            dtype=dtype,
            name=f"dense{i}",
        )(x)
        x = layers.Dropout(dropout, seed=seeds.draw(), dtype=dtype, name=f"dropout{i}")(x)
    x = layers.Dense(
        output_context * n_outputs,
        kernel_initializer=seeds.glorot(),
        dtype="float32",
        name="shape",
    )(x)
    x = layers.Reshape((-1, output_context, n_outputs), dtype="float32", name="estimates")(x)
    if output_scale is not None or output_mean is not None:
        x = layers.Rescaling(
            [1.0] * n_outputs if output_scale is None else list(output_scale),
            [0.0] * n_outputs if output_mean is None else list(output_mean),
            dtype="float32",
            name="units",
        )(x)
    return Model({"rows": rows, "first": first}, x, name="dsrn")


def fast_dsrn(network: Any, n_frames: int) -> Any:
    """Build the same function for inference on runs of `n_frames` frames, which is faster.

    Parameters
    ----------
    network : keras.Model
        What :func:`build_dsrn` returned. Its weights are copied as they are now.
    n_frames : int
        Frames of a run.

    Returns
    -------
    network : keras.Model
        Input ``(batch, n_frames + context - 1, n_bands)``, output
        ``(batch, n_frames, output_context, n_outputs)``.
    """
    dense = network.get_layer("dense1")
    x = RunDense(*_dense_weights(network), n_frames, dtype=dense.dtype_policy, name="run")(
        network.get_layer("features").output
    )
    x = layers.ReLU(dtype=dense.dtype_policy)(x)
    after = network.layers.index(dense) + 1
    for layer in network.layers[after:]:
        x = layer(x)
    return Model(network.input["rows"], x, name="fast_dsrn")


def refresh_fast_dsrn(fast: Any, network: Any) -> None:
    """Copy the weights that :func:`fast_dsrn` copied anew; it shares the others."""
    fast.get_layer("run").assign(*_dense_weights(network))


def _dense_weights(network: Any) -> tuple[Any, Any]:
    """Return the first dense layer's kernel, ``(context, n_features, n_units)``, and bias."""
    kernel, bias = network.get_layer("dense1").get_weights()
    context = network.get_layer("windows").context
    return kernel.reshape(context, -1, kernel.shape[-1]), bias
