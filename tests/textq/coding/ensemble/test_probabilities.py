import numpy as np
import pytest

from textq.coding.ensemble import OneHotCoder, SharesCoder
from textq.coding.ensemble.probabilities import measure_accuracy, share_scores, smooth_one_hot
from textq.coding.rules import RulesCoder
from textq.errors import ConfigError
from textq.lexicon.read import builtin_codebook, builtin_lexicon
from textq.records import CodingUnit

from .conftest import CLASSES, CODEBOOK, FixedCoder, make_units


def test_classes_are_in_the_codebooks_order_with_none_last() -> None:
    assert CODEBOOK.classes == CLASSES


def test_shares_of_scores() -> None:
    shares = share_scores(np.array([[3.0, 1.0, 0.0], [0.0, 0.0, 0.0]]))
    assert shares.tolist() == [[0.75, 0.25, 0.0], [0.25, 0.25, 0.5]]


@pytest.mark.parametrize("score", [-1.0, float("nan"), float("inf")])
def test_scores_must_be_numbers(score: float) -> None:
    with pytest.raises(ConfigError, match="scores must be numbers"):
        share_scores(np.array([[score, 1.0]]))


def test_the_rules_coder_gives_the_shares_by_which_it_decides() -> None:
    rules = RulesCoder(builtin_lexicon(), builtin_codebook())
    units = [
        CodingUnit("1", "市财政每年安排专项资金，建设公共海外仓。", heading="保障措施"),
        CodingUnit("2", "（一）年出口额一千万美元以上的企业；", stem="对下列企业给予资金补助："),
        CodingUnit("3", "xyz"),
    ]
    coder = SharesCoder(rules)
    shares = coder.probabilities(units)
    codings = coder.code(units)
    assert codings == rules.code(units)
    both = coder.code_with_probabilities(units)
    assert both[0] == codings
    assert (both[1] == shares).all()
    assert shares.sum(axis=1) == pytest.approx(1)
    assert [coder.codebook.classes[place] for place in shares.argmax(axis=1)] == [one.instrument for one in codings]
    assert shares.max(axis=1)[:2] == pytest.approx([one.confidence for one in codings[:2]])
    assert coder.probabilities([]).shape == (0, 4)


def test_accuracy_is_never_complete() -> None:
    assert measure_accuracy(np.array([1, 1]), np.array([1, 1])) == 0.75
    assert measure_accuracy(np.array([1, 0, 1]), np.array([1, 1, 0])) == 0.4
    with pytest.raises(ConfigError, match="2 codes cannot be compared with 1"):
        measure_accuracy(np.array([1, 1]), np.array([1]))


def test_one_hot_is_smoothed_by_the_accuracy() -> None:
    rows = smooth_one_hot(np.array([0, 3]), 4, 0.7)
    assert rows == pytest.approx(np.array([[0.7, 0.1, 0.1, 0.1], [0.1, 0.1, 0.1, 0.7]]))


@pytest.mark.parametrize("accuracy", [0.0, 1.0, float("nan")])
def test_an_accuracy_of_0_or_1_is_refused(accuracy: float) -> None:
    with pytest.raises(ConfigError, match="'accuracy'"):
        smooth_one_hot(np.array([0]), 4, accuracy)


@pytest.mark.parametrize("code", [-1, 4])
def test_a_code_that_is_no_class_is_refused(code: int) -> None:
    with pytest.raises(ConfigError, match="from 0 to 3"):
        smooth_one_hot(np.array([code]), 4, 0.7)


def test_a_coder_of_single_classes_becomes_one_of_probabilities() -> None:
    inner = FixedCoder("llm:m@1", np.eye(4)[[2, 3]])
    coder = OneHotCoder(inner, 0.7)
    assert (coder.coder_id, coder.codebook) == ("llm:m@1", CODEBOOK)
    assert coder.code(make_units(2)) == inner.code(make_units(2))
    assert coder.probabilities(make_units(2)).argmax(axis=1).tolist() == [2, 3]
    codings, rows = coder.code_with_probabilities(make_units(2))
    assert codings == inner.code(make_units(2))
    assert (rows == coder.probabilities(make_units(2))).all()
    assert coder.probabilities([]).shape == (0, 4)
