import json
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from tests.benchmarks.audit.made_population import make_population
from textq.errors import ReviewError
from textq.review.sample import (
    SampleRecord,
    draw_sample,
    dump_record,
    hash_plan,
    plan_sample,
    read_record,
)
from textq.review.strata import DEFAULT_STRATA, SampleFrame, Unit


@pytest.fixture(scope="module")
def frame() -> SampleFrame:
    return make_population(5, n_documents=150)[0]


def make_record(frame: SampleFrame, unit: Unit) -> SampleRecord:
    plan = plan_sample(frame, DEFAULT_STRATA, 300, unit)
    items, documents = draw_sample(frame, plan, np.random.default_rng(4))
    return SampleRecord(
        unit, 4, hash_plan(frame, plan), "run", "book@1", 2, ("anna", "bao"), plan.strata, DEFAULT_STRATA, items,
        documents, {"supply": 3}, ("audit-1",), None,
    )  # fmt: skip


@pytest.mark.parametrize("unit", ["document", "clause"])
def test_a_drawn_clause_stands_once_with_the_probability_of_its_stratum(frame: SampleFrame, unit: Unit) -> None:
    record = make_record(frame, unit)
    assert len({item.key for item in record.items}) == len(record.items)
    assert {item.key for item in record.items} <= set(frame.keys)
    pi = {stratum.name: stratum.n_drawn / stratum.n_frame for stratum in record.strata}
    assert all(item.pi == pi[item.stratum] for item in record.items)
    assert all(0 < item.pi <= 1 for item in record.items)


def test_documents_are_drawn_whole_and_stand_together(frame: SampleFrame) -> None:
    record = make_record(frame, "document")
    doc_ids = [frame.doc_ids[frame.documents[frame.keys.index(item.key)]] for item in record.items]
    assert doc_ids == [doc_id for doc_id, n in record.documents for _ in range(n)]
    sizes = Counter(frame.doc_ids[document] for document in frame.documents)
    assert dict(record.documents) == {doc_id: sizes[doc_id] for doc_id in dict(record.documents)}


@pytest.mark.parametrize(("unit", "most_off"), [("document", 0.25), ("clause", 0.02)])
def test_about_as_many_clauses_are_drawn_as_asked_for(frame: SampleFrame, unit: Unit, most_off: float) -> None:
    for size in (200, 500, 1000):
        plan = plan_sample(frame, DEFAULT_STRATA, size, unit)
        assert plan.n_expected == pytest.approx(size, rel=most_off)


@pytest.mark.parametrize("unit", ["document", "clause"])
def test_clauses_are_drawn_as_often_as_their_probability_says(frame: SampleFrame, unit: Unit) -> None:
    plan = plan_sample(frame, DEFAULT_STRATA, 400, unit)
    rng, draws = np.random.default_rng(8), 400
    places = {key: place for place, key in enumerate(frame.keys)}
    seen, pi = np.zeros(len(frame)), np.full(len(frame), np.nan)
    for _ in range(draws):
        for item in draw_sample(frame, plan, rng)[0]:
            seen[places[item.key]] += 1
            pi[places[item.key]] = item.pi
    known = np.isfinite(pi)
    z = (seen[known] / draws - pi[known]) / np.sqrt(np.maximum(pi[known] * (1 - pi[known]), 1e-12) / draws)
    assert known.mean() > 0.99
    assert np.abs(z[pi[known] < 1]).max() < 5
    assert (seen[known][pi[known] == 1] == draws).all()


def test_the_same_seed_draws_the_same_and_another_one_another(frame: SampleFrame) -> None:
    plan = plan_sample(frame, DEFAULT_STRATA, 300, "document")
    first, again, other = (draw_sample(frame, plan, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_no_stratum_is_drawn_from_with_too_small_a_probability(frame: SampleFrame) -> None:
    for unit in ("document", "clause"):
        plan = plan_sample(frame, DEFAULT_STRATA, 600, unit)
        assert min(one.pi for one in plan.strata) >= 0.2 * 600 / len(frame) - 1e-9
        assert all(one.n_drawn >= min(2, one.n_frame) for one in plan.strata)


def test_units_come_in_random_order_over_the_strata(frame: SampleFrame) -> None:
    items = make_record(frame, "clause").items
    half = Counter(item.stratum for item in items[: len(items) // 2])
    whole = Counter(item.stratum for item in items)
    large = [name for name, n in whole.items() if n >= 30]
    assert large
    assert all(0.2 < half[name] / whole[name] < 0.8 for name in large)


def test_a_size_beyond_the_frame_takes_all(frame: SampleFrame) -> None:
    plan = plan_sample(frame, DEFAULT_STRATA, 10**6, "document")
    assert all(one.pi == 1 for one in plan.strata)


@pytest.mark.parametrize("unit", ["document", "clause"])
def test_the_record_comes_back_from_its_json(frame: SampleFrame, unit: Unit) -> None:
    record = make_record(frame, unit)
    assert read_record(dump_record(record)) == record
    assert json.loads(dump_record(record))["items"][0] == [
        record.items[0].key, record.items[0].sha256, record.items[0].stratum, record.items[0].pi,
    ]  # fmt: skip


def test_what_is_no_record_is_refused(frame: SampleFrame) -> None:
    content = json.loads(dump_record(make_record(frame, "clause")))
    del content["strata"]
    with pytest.raises(ReviewError, match="the sample audit-7 has a record that cannot be read"):
        read_record(content, "audit-7")
    with pytest.raises(ReviewError, match="cannot be read"):
        read_record("{")


def test_nothing_left_to_draw_is_said(frame: SampleFrame) -> None:
    nothing = frame.select(np.zeros(len(frame), dtype=bool))
    with pytest.raises(ReviewError, match="no coded clause is left"):
        plan_sample(nothing, DEFAULT_STRATA, 100, "document")
    with pytest.raises(ReviewError, match="at least 2 clauses"):
        plan_sample(frame, DEFAULT_STRATA, 1, "clause")


def test_unknown_labels_make_one_stratum(frame: SampleFrame) -> None:
    bare = replace(frame, labels={})
    assert [one.name for one in plan_sample(bare, ("did", "period"), 200, "document").strata] == ["all"]
