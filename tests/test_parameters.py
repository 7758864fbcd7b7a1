"""Checks of parameters: what passes, and the message of what does not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from skaffect._parameters import check_integer, check_option, check_real, check_widths


@pytest.mark.parametrize("value", ["corpus", None, np.str_("corpus")])
def test_options_pass(value: Any) -> None:
    assert check_option("normalize", value, ("corpus", None)) is None


@pytest.mark.parametrize("value", [True, np.True_])
def test_flags_pass(value: Any) -> None:
    assert check_option("skip_silence", value, (True, False)) is None


@pytest.mark.parametrize("value", ["Corpus", "", 0, False, ["corpus"], np.array(["corpus", "x"])])
def test_option_outside_its_set(value: Any) -> None:
    with pytest.raises(ValueError, match="normalize must be one of 'corpus', None; got"):
        check_option("normalize", value, ("corpus", None))


@pytest.mark.parametrize("value", [1, 0, "True", None])
def test_flags_are_true_or_false_alone(value: Any) -> None:
    with pytest.raises(ValueError, match="skip_silence must be one of True, False; got"):
        check_option("skip_silence", value, (True, False))


@pytest.mark.parametrize("value", [1, 16000, np.int64(3)])
def test_integers_pass(value: Any) -> None:
    assert check_integer("sr", value, at_least=1) is None


@pytest.mark.parametrize("value", [1.0, "1", None, True, np.array([1, 2])])
def test_not_an_integer(value: Any) -> None:
    with pytest.raises(TypeError, match="sr must be an integer, got"):
        check_integer("sr", value, at_least=1)


def test_integer_too_small() -> None:
    with pytest.raises(ValueError, match="sr must be at least 1, got 0"):
        check_integer("sr", 0, at_least=1)


@pytest.mark.parametrize("value", [(32,), [4, 5, 6], np.array([1, 2])])
def test_widths_pass(value: Any) -> None:
    assert check_widths("filters", value) is None
    assert check_widths("filters", value, exactly=len(value)) is None


@pytest.mark.parametrize("value", [32, (), "32", None, ((1, 2), (3, 4))])
def test_not_widths(value: Any) -> None:
    with pytest.raises(TypeError, match="filters must be a sequence of integers, one a layer; g"):
        check_widths("filters", value)


def test_the_one_bad_width_is_named() -> None:
    with pytest.raises(ValueError, match=r"filters\[1\] must be at least 1, got 0"):
        check_widths("filters", (4, 0))
    with pytest.raises(TypeError, match=r"filters\[1\] must be an integer, got 2.5"):
        check_widths("filters", (4, 2.5))


def test_another_number_of_widths() -> None:
    with pytest.raises(TypeError, match=r"a sequence of 3 integers, one a layer; got \(4, 4\)"):
        check_widths("filters", (4, 4), exactly=3)


@pytest.mark.parametrize("value", [0, 0.5, 1, np.float32(0.25), np.int8(1)])
def test_reals_pass(value: Any) -> None:
    assert check_real("share", value, within=(0.0, 1.0)) is None


@pytest.mark.parametrize("value", ["0.5", None, True, 1j, [0.5]])
def test_not_a_real(value: Any) -> None:
    with pytest.raises(TypeError, match="share must be a real number, got"):
        check_real("share", value, within=(0.0, 1.0))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("bounds", [{"above": 0.0}, {"within": (0.0, 1.0)}, {}])
def test_not_finite(value: float, bounds: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="share must be finite, got"):
        check_real("share", value, **bounds)


@pytest.mark.parametrize("value", [-0.1, 1.1])
def test_outside_an_interval(value: float) -> None:
    with pytest.raises(ValueError, match=r"share must lie in \[0.0, 1.0\], got"):
        check_real("share", value, within=(0.0, 1.0))


@pytest.mark.parametrize("value", [0, -1.0])
def test_not_above(value: float) -> None:
    with pytest.raises(ValueError, match=r"share must be above 0.0, got"):
        check_real("share", value, above=0.0)
