import numpy as np
import pytest

from tests.benchmarks.audit.made_population import make_population
from textq.review.strata import (
    DEFAULT_STRATA,
    SampleFrame,
    guess_codes,
    hash_frame,
    measure_information,
    stratify_clauses,
    stratify_documents,
)


@pytest.fixture(scope="module")
def frame() -> SampleFrame:
    return make_population(3, n_documents=120)[0]


def test_strata_of_clauses_hold_each_clause_once(frame: SampleFrame) -> None:
    cells = stratify_clauses(frame, DEFAULT_STRATA, 400)
    assert sorted(np.concatenate([cell.members for cell in cells]).tolist()) == list(range(len(frame)))
    assert len({cell.name for cell in cells}) == len(cells)


def test_clauses_of_a_stratum_are_alike_in_class_where_the_size_allows_it(frame: SampleFrame) -> None:
    cells = stratify_clauses(frame, ("class",), 400)
    assert [cell.name for cell in cells] == sorted(frame.classes)
    for cell in cells:
        assert {frame.classes[code] for code in frame.predicted[cell.members]} == {cell.name}


@pytest.mark.parametrize("size", [2, 30, 60, 150])
def test_small_samples_have_fewer_strata(frame: SampleFrame, size: int) -> None:
    cells = stratify_clauses(frame, DEFAULT_STRATA, size)
    assert len(cells) <= max(1, size // 10)


def test_what_is_named_first_is_given_up_last(frame: SampleFrame) -> None:
    cells = stratify_clauses(frame, ("did", "class"), 20)
    assert {cell.name.split(" · ")[0] for cell in cells} == {"treated", "not"}


@pytest.mark.parametrize("n_documents", [1, 4, 12, 60, 120])
def test_strata_of_documents_hold_each_document_once(frame: SampleFrame, n_documents: int) -> None:
    cells = stratify_documents(frame, DEFAULT_STRATA, n_documents)
    assert sorted(np.concatenate([cell.members for cell in cells]).tolist()) == list(range(120))


def test_documents_of_a_stratum_share_their_cell(frame: SampleFrame) -> None:
    for cell in stratify_documents(frame, ("did",), 60):
        assert {frame.labels["did"][document] for document in cell.members} == {cell.name}


def test_guessed_codes_are_probabilities_that_prefer_the_machine(frame: SampleFrame) -> None:
    guessed = guess_codes(frame)
    assert guessed.sum(axis=1) == pytest.approx(np.ones(len(frame)))
    assert guessed.min() >= 0
    sure = frame.p_wrong < 0.3
    assert (guessed.argmax(axis=1)[sure] == frame.predicted[sure]).all()


def test_surer_clauses_tell_less_and_longer_documents_more(frame: SampleFrame) -> None:
    of_clauses = measure_information(frame, whole_documents=False)
    common = frame.predicted == 1
    assert np.corrcoef(of_clauses[common], frame.p_wrong[common])[0, 1] > 0.9
    assert np.corrcoef(measure_information(frame, whole_documents=True), frame.sizes)[0, 1] > 0.5


def test_hash_of_the_frame_sees_keys_and_strata_not_their_order(frame: SampleFrame) -> None:
    cells = stratify_documents(frame, ("did",), 60)
    whole = hash_frame(frame, cells, "document")
    assert whole == hash_frame(frame, cells[::-1], "document")
    assert whole != hash_frame(frame, stratify_documents(frame, ("period",), 60), "document")
    fewer = frame.select(np.arange(len(frame)) > 0)
    assert whole != hash_frame(fewer, stratify_documents(fewer, ("did",), 60), "document")


def test_one_class_alone_can_be_stratified(frame: SampleFrame) -> None:
    lone = frame.select(frame.predicted == 0)
    alone = SampleFrame(
        lone.keys, lone.shas, lone.doc_ids, lone.documents, ("supply",), np.zeros_like(lone.predicted), lone.p_wrong,
        lone.unsure, lone.labels,
    )  # fmt: skip
    assert stratify_documents(alone, DEFAULT_STRATA, 20)
    assert np.isfinite(measure_information(alone, whole_documents=True)).all()
