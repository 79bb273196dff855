import numpy as np
import pytest

from textq.coding.trained.calibration import (
    Calibration,
    add_up_probabilities,
    calibrate,
    choose_threshold,
    fit_calibration,
)
from textq.coding.trained.features import add_up_classes

CLASS_OF_CODE = np.array([0, 0, 1, 2, 2])


def draw_classes(scores, calibration, generator):
    """Draw the class of each clause with the probabilities that the calibration states."""
    of_classes = add_up_classes(calibrate(scores, calibration, CLASS_OF_CODE), CLASS_OF_CODE)
    return (generator.random((len(scores), 1)) > of_classes.cumsum(axis=1)).sum(axis=1).clip(max=2)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.5])
def test_known_temperature_and_bias_are_found(temperature):
    generator = np.random.default_rng(7)
    scores = 2 * generator.normal(size=(6000, 5))
    truth = Calibration(temperature, (0.8, -0.5, -0.3))
    found = fit_calibration(scores, draw_classes(scores, truth, generator), CLASS_OF_CODE)

    assert found.temperature == pytest.approx(temperature, rel=0.12)
    assert np.subtract(found.bias, np.mean(found.bias)) == pytest.approx(truth.bias, abs=0.12)
    assert sum(found.bias) == pytest.approx(0, abs=1e-3)


def test_probabilities_of_the_simulation_hold():
    generator = np.random.default_rng(3)
    scores = 3 * generator.normal(size=(8000, 5))
    classes = draw_classes(scores, Calibration(2.0, (0.5, 0.0, -0.5)), generator)
    found = fit_calibration(scores[:4000], classes[:4000], CLASS_OF_CODE)
    of_classes = add_up_classes(calibrate(scores[4000:], found, CLASS_OF_CODE), CLASS_OF_CODE)
    confident = of_classes.max(axis=1)
    right = of_classes.argmax(axis=1) == classes[4000:]
    for low, high in ((0.4, 0.6), (0.6, 0.8), (0.8, 1.0)):
        inside = (confident >= low) & (confident < high)
        assert right[inside].mean() == pytest.approx(confident[inside].mean(), abs=0.05)


def test_rows_add_to_one_however_large_the_scores():
    scores = np.array([[1e4, -1e4, 0, 3, 900], [-500, -500, -500, -500, -500.0], [0, 0, 0, 0, 0]])
    probabilities = calibrate(scores, Calibration(0.2, (1.0, 2.0, -3.0)), CLASS_OF_CODE)
    assert np.isfinite(probabilities).all()
    assert probabilities.sum(axis=1) == pytest.approx([1, 1, 1])


def test_order_of_codes_in_a_class_is_kept_and_a_bias_moves_classes_alone():
    scores = np.array([[1.0, 3.0, 2.0, 0.0, 1.0]])
    plain, moved = (calibrate(scores, Calibration(1.0, bias), CLASS_OF_CODE)[0] for bias in ((0, 0, 0), (0, 2, 0)))
    assert moved[2] / moved[0] == pytest.approx(plain[2] / plain[0] * np.exp(2))
    assert moved[1] / moved[0] == pytest.approx(plain[1] / plain[0])


def test_few_clauses_pull_the_bias_to_zero_and_perfect_scores_stop_at_the_bounds():
    scores = np.array([[9.0, 0, 0, 0, 0], [0, 0, 9, 0, 0]])
    found = fit_calibration(scores, np.array([0, 1]), CLASS_OF_CODE)
    assert 0.2 <= found.temperature <= 5
    assert max(map(abs, found.bias)) < 0.5


def test_scores_that_say_nothing_are_flattened():
    generator = np.random.default_rng(1)
    scores = 3 * generator.normal(size=(900, 5))
    found = fit_calibration(scores, generator.integers(0, 3, 900), CLASS_OF_CODE)
    assert found.temperature == 5


def test_threshold_leaves_the_share_below():
    confidence = np.random.default_rng(2).random(2000)
    threshold = choose_threshold(confidence, 0.15)
    assert (confidence < threshold).mean() == pytest.approx(0.15, abs=0.002)
    assert choose_threshold(confidence, 0.0) == 0


def test_rounding_lifts_no_probability_above_1():
    of_codes = np.array([[0.5, 0.25, 0.25 + 2.0**-52, 0.0], [0.25, 0.25, 0.25, 0.25]])
    class_of_code = np.array([0, 0, 0, 1])
    assert add_up_classes(of_codes, class_of_code).max() > 1
    np.testing.assert_array_equal(add_up_probabilities(of_codes, class_of_code), [[1, 0], [0.75, 0.25]])
