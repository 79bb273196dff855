"""Copies among documents: exact ones, near ones, and what is kept of a text to find them."""

import gzip
import json
import pickle
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from textq.ingest.duplicates import (
    NEAR,
    SHINGLE_SIZE,
    NearDuplicate,
    Sketch,
    explain_reposts,
    explain_surplus,
    find_copies,
    find_near_duplicates,
    measure_similarity,
    sketch_document,
)
from textq.notation.shingles import fold_letters
from textq.records import Document, Source

TEXT = "杭州市商务局关于促进发展的通知\n各单位：\n设立专项资金1.5亿元，支持Ｂ２Ｂ出口。\n杭州市商务局\n2019年3月28日"
LETTERS = "的一是在有和国企业发展支持建设海外仓服务平台资金人才贸易电商"


def sketch(
    path: str,
    text: str = TEXT,
    *,
    units: tuple[str, ...] = ("330100",),
    issued_on: date | None = None,
    published_on: date | None = None,
) -> Sketch:
    document = Document(path, text, Source(path, ""), units=units, issued_on=issued_on, published_on=published_on)
    return sketch_document(document)


def write_text(seed: int, length: int = 1500) -> str:
    return "".join(random.Random(seed).choices(LETTERS, k=length))


def change(text: str, share: float, seed: int = 0) -> str:
    """Exchange a share of the letters."""
    draw, letters = random.Random(seed), list(text)
    for at in draw.sample(range(len(letters)), round(share * len(letters))):
        letters[at] = draw.choice("甲乙丙丁戊己庚辛")
    return "".join(letters)


def find_near(texts: dict[str, str], **units: tuple[str, ...]) -> list[tuple[str, str]]:
    sketches = [sketch(path, text, units=units.get(path, ("330100",))) for path, text in texts.items()]
    return [(pair.first.path, pair.second.path) for pair in find_near_duplicates(sketches, texts.__getitem__)]


@pytest.mark.parametrize(
    "printed",
    [
        TEXT.replace("\n", "\n\n"),
        TEXT.replace("\n", ""),
        TEXT.replace("Ｂ２Ｂ", "B2B").replace("，", ","),
        TEXT.replace("年", " 年 ").replace("：", ":"),
    ],
)
def test_the_same_letters_are_the_same_text(printed):
    (copies,) = find_copies([sketch("b.pdf", printed), sketch("a.html")])

    assert (copies.first.path, [other.path for other in copies.others]) == ("a.html", ["b.pdf"])


@pytest.mark.parametrize("other", [TEXT.replace("1.5", "15"), TEXT + "\n附件", TEXT.replace("设立", "取消")])
def test_other_letters_or_numbers_are_another_text(other):
    assert find_copies([sketch("a"), sketch("b", other)]) == []


def test_the_same_text_for_other_places_is_a_document_of_its_own():
    assert find_copies([sketch("a"), sketch("b", units=("330200",)), sketch("c", units=("330100", "330200"))]) == []


def test_reposts_keep_the_earliest_dates():
    reposts = [
        sketch("a", issued_on=date(2019, 3, 28), published_on=date(2019, 5, 1)),
        sketch("b", published_on=date(2019, 4, 2)),
        sketch("c", issued_on=date(2019, 3, 28), published_on=date(2019, 4, 9)),
    ]
    (copies,) = find_copies(reposts)

    assert (copies.issued_on, copies.published_on) == (date(2019, 3, 28), date(2019, 4, 2))
    assert [one.path for one in (copies.first, *copies.others)] == ["c", "a", "b"]


def test_undated_copies_have_no_date_and_the_first_path_counts():
    (copies,) = find_copies([sketch("c"), sketch("a"), sketch("b")])

    assert (copies.issued_on, copies.published_on) == (None, None)
    assert [one.path for one in (copies.first, *copies.others)] == ["a", "b", "c"]


def test_empty_texts_are_copies_but_resemble_nothing():
    assert len(find_copies([sketch("a", ""), sketch("b", "")])) == 1
    assert find_near({"a": "", "b": "通知", "c": "通知"}) == []


def test_a_sketch_is_small_and_the_same_in_every_process():
    one = sketch("a", write_text(1, 200_000))

    assert len(pickle.dumps(one)) < 1024
    assert pickle.loads(pickle.dumps(one)) == one == sketch("a", write_text(1, 200_000))


@pytest.mark.parametrize(("share", "found"), [(0.0, True), (0.01, True), (0.1, False), (0.5, False)])
def test_near_duplicates_are_found_and_others_are_not(share, found):
    text = write_text(1)

    assert find_near({"a": text, "b": change(text, share), "c": write_text(2)}) == ([("a", "b")] if found else [])


def test_the_similarity_is_exact():
    text, other = write_text(1), change(write_text(1), 0.01)
    ours, theirs = (
        {folded[at : at + SHINGLE_SIZE] for at in range(len(folded) - SHINGLE_SIZE + 1)}
        for folded in map(fold_letters, (text, other))
    )
    (pair,) = find_near_duplicates([sketch("a", text), sketch("b", other)], {"a": text, "b": other}.__getitem__)

    assert pair.similarity == measure_similarity(text, other) == len(ours & theirs) / len(ours | theirs)


def test_texts_without_shingles_are_not_similar():
    assert measure_similarity("通知", "通知") == 0


def test_the_senior_of_the_same_and_of_other_places_is_named():
    text = write_text(1)
    texts = {"a": text, "b": change(text, 0.005, 1), "c": change(text, 0.005, 2)}

    assert find_near(texts, b=("440100",)) == [("a", "b"), ("a", "c"), ("b", "c")]


def test_the_order_of_reading_changes_nothing():
    text = write_text(1)
    texts = {name: change(text, 0.01, seed) for seed, name in enumerate("abcdef")}
    sketches = [sketch(path, one, issued_on=date(2019, 1, 9 - at)) for at, (path, one) in enumerate(texts.items())]
    forward = find_near_duplicates(sketches, texts.__getitem__)

    assert forward == find_near_duplicates(sketches[::-1], texts.__getitem__)
    assert forward[0].first.path == "f"
    assert find_copies(sketches * 2) == find_copies(sketches[::-1] * 2)


def test_only_near_duplicates_for_the_same_places_are_surplus():
    text = write_text(1)
    texts = {"a": text, "b": change(text, 0.01, 1), "c": text}
    sketches = [sketch("a", texts["a"]), sketch("b", texts["b"]), sketch("c", texts["c"], units=("440100",))]
    near = find_near_duplicates(sketches, texts.__getitem__)
    similarity = measure_similarity(texts["a"], texts["b"])

    assert [pair.same_units for pair in near] == [True, False]
    assert explain_surplus(near) == {"b": f"{similarity:.0%} the same text as a"}


def test_no_document_no_near_duplicate():
    assert find_near_duplicates([], str) == []


def test_texts_are_read_for_likely_pairs_only():
    texts = {f"{at:03}": write_text(at) for at in range(100)} | {"x": change(write_text(5), 0.01)}
    read: list[str] = []

    def read_text(doc_id: str) -> str:
        read.append(doc_id)
        return texts[doc_id]

    assert len(find_near_duplicates([sketch(*one) for one in texts.items()], read_text)) == 1
    assert sorted(read) == ["005", "x"]


def read_laws(shared: Path, count: int) -> list[str]:
    with gzip.open(shared / "data/policy/laws.jsonl.gz", "rt", encoding="utf-8") as file:
        return [json.loads(line)["text"][:2000] for line, _ in zip(file, range(count), strict=False)]


def test_all_pairs_of_real_texts_that_are_near_are_found(shared):
    laws = read_laws(shared, 80)
    laws += [change(law, 0.002 * at, at) for at, law in enumerate(laws[:20])]
    texts = {f"{at:03}": law for at, law in enumerate(laws)}
    shingles = {path: cut_plainly(fold_letters(text)) for path, text in texts.items()}
    found = find_near({path: texts[path] for path in texts})

    assert {second for _, second in found} == {
        second
        for second in texts
        if any(is_near(shingles[first], shingles[second]) for first in texts if first < second)
    }
    assert len(found) >= 5


def cut_plainly(text: str) -> set[str]:
    return {text[at : at + SHINGLE_SIZE] for at in range(len(text) - SHINGLE_SIZE + 1)}


def is_near(ours: set[str], theirs: set[str]) -> bool:
    return len(ours & theirs) >= NEAR * len(ours | theirs)


def estimate_by_datasketch(texts: Sequence[str]) -> float:
    minhash = pytest.importorskip("datasketch", reason="the second witness of signatures").MinHash
    one, other = (minhash(num_perm=128) for _ in texts)
    for sketch_, text in zip((one, other), texts, strict=True):
        sketch_.update_batch([shingle.encode() for shingle in cut_plainly(text)])
    return float(one.jaccard(other))


def estimate_by_sketches(texts: Sequence[str]) -> float:
    one, other = (sketch("a", text).signature for text in texts)
    slots = range(0, len(one), 4)
    return sum(one[at : at + 4] == other[at : at + 4] for at in slots) / len(slots)


@pytest.mark.parametrize("estimate", [estimate_by_sketches, estimate_by_datasketch])
def test_estimates_lie_about_the_truth(estimate: Callable[[Sequence[str]], float]):
    pairs = [(write_text(seed, 800), change(write_text(seed, 800), 0.004 * seed)) for seed in range(20)]
    errors = [estimate(pair) - measure_similarity(*pair) for pair in pairs]

    assert abs(sum(errors)) / len(errors) < 0.03
    assert (sum(error**2 for error in errors) / len(errors)) ** 0.5 < 0.06


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({}, True),
        ({"units": ("330200",)}, False),
        ({"issued_on": date(2018, 5, 2)}, False),
        ({"doc_number": "杭政〔2018〕2号"}, False),
        ({"doc_number": ""}, True),
        ({"doc_number": "", "title": "别的通知"}, False),
        ({"doc_number": "", "issuers": ()}, False),
    ],
)
def test_which_near_duplicates_are_one_document(change: dict[str, Any], same: bool) -> None:
    first = Sketch(
        "a", "a", ("330100",), date(2018, 5, 1), None, b"", b"", "杭政〔2018〕1号", "通知", ("杭州市人民政府",)
    )
    pair = NearDuplicate(first, replace(first, path="b", **change), 0.9)
    assert pair.same_document == same
    assert explain_reposts([pair]) == ({"b": "90% the same text as a"} if same else {})


def test_without_a_day_no_document_is_a_repost() -> None:
    first = Sketch("a", "a", ("330100",), None, None, b"", b"", "杭政〔2018〕1号")
    assert not NearDuplicate(first, replace(first, path="b"), 0.9).same_document
