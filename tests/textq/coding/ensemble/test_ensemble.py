"""Fitting, the file, and the coder."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from textq.coding.arrays import FloatArray
from textq.coding.ensemble import EnsembleCoder, FittedEnsemble, fit_ensemble, read_ensemble, write_ensemble
from textq.coding.ensemble.abstain import Threshold
from textq.coding.ensemble.ensemble_file import hash_content
from textq.coding.ensemble.members import Member
from textq.coding.ensemble.pool import PoolWeights
from textq.errors import ConfigError
from textq.records import Coding, CodingUnit

from .conftest import CLASSES, CODEBOOK, FixedCoder, draw_gold, make_units, simulate, simulate_useless


@cache
def fit(seed: int = 1, n: int = 600, **changes: Any) -> FittedEnsemble:
    random = np.random.default_rng(seed)
    gold = draw_gold(random, n)
    opinions = {"a": simulate(random, gold, 1.6), "b": simulate(random, gold, 1.2), "c": simulate_useless(random, n)}
    documents = [f"d{number // 12}" for number in range(n)]
    given = {"codebook": CODEBOOK.edition, "classes": CLASSES, **changes}
    return fit_ensemble(opinions, [CLASSES[one] for one in gold], documents, **given)


def test_what_a_fit_says() -> None:
    fitted = fit(target=0.1)
    assert (fitted.codebook, fitted.classes, fitted.coders) == ("tiny@3", CLASSES, ("a", "b", "c"))
    assert (fitted.n_clauses, fitted.n_documents, fitted.n_folds) == (600, 50, 5)
    assert fitted.accuracy > max(fitted.coder_accuracies) + 0.02
    assert fitted.pool.weights[2] < 0.05
    assert fitted.abstention.target == 0.1
    assert 0.2 < fitted.abstention.kept < 1
    assert fitted.abstention.error is not None
    assert fitted.abstention.error <= 0.1
    assert fit.__wrapped__(target=0.1) == fitted


def test_more_errors_allowed_keep_more() -> None:
    kept = [fit(target=target).abstention.kept for target in (0.01, 0.05, 0.1, 0.2)]
    assert kept == sorted(kept)
    assert kept[0] < kept[-1]


def test_unknown_gold_codes_and_missing_documents_are_refused() -> None:
    given = {"codebook": "x@1", "classes": CLASSES}
    with pytest.raises(ConfigError, match=r"no class: tax. The classes are money"):
        fit_ensemble({"a": np.full((2, 4), 0.25)}, ["law", "tax"], ["d", "e"], **given)
    with pytest.raises(ConfigError, match="2 gold codes, but 1 documents"):
        fit_ensemble({"a": np.full((2, 4), 0.25)}, ["law", "law"], ["d"], **given)


# The file.


MEMBERS = (Member("rules", ""), Member("full", ""), Member("", "../other/mine"))
WHOLE = {"members": MEMBERS, "lexicon": "terms@1+ab", "fitted_on": frozenset({"0123456789abcdef", "fedcba9876543210"})}


def test_a_file_comes_back_as_it_was(tmp_path: Path) -> None:
    for fitted in (fit(), fit(target=0.0), replace(fit(), **WHOLE)):
        path = tmp_path / "ensemble.json"
        write_ensemble(fitted, path)
        assert read_ensemble(path) == fitted
        before = path.read_bytes()
        write_ensemble(fitted, path)
        assert path.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["ensemble.json"]


def change(**changes: Any) -> Callable[[dict[str, Any]], Any]:
    return lambda data: {**data, **changes}


@pytest.mark.parametrize(
    "broken",
    [
        lambda data: [],
        lambda data: {key: value for key, value in data.items() if key != "pool"},
        change(kind="other"),
        change(schema_version=2),
        change(pool={"weights": [0.5, 0.5], "sharpness": 1}),
        change(pool={"weights": [0.5, 0.6, -0.1], "sharpness": 1}),
        change(pool={"weights": [0.5, 0.6, 0.1], "sharpness": 1}),
        change(pool={"weights": [0.5, 0.5, 0], "sharpness": -1}),
        change(pool={"weights": [0.5, 0.5, 0], "sharpness": float("nan")}),
        change(pool={"weights": [0.5, 0.5, True], "sharpness": 1}),
        change(coders=["a", "a", "c"]),
        change(classes=["a", "a", "b", "none"]),
        change(classes=["", "a", "b", "none"]),
        change(coders=[], pool={"weights": [], "sharpness": 1}, coder_accuracies=[]),
        change(n_clauses=0),
        change(n_clauses=2.5),
        change(accuracy="1"),
        change(abstention={"target": 2, "threshold": 0.5, "kept": 1, "error": 0}),
        change(abstention={"target": 0.1, "threshold": float("inf"), "kept": 1, "error": 0}),
        change(fitted_on=["0123456789ABCDEF"]),
        change(fitted_on=[1]),
        change(members=[{"name": "full", "folder": ""}]),
        *(
            change(members=[{"name": name, "folder": folder}] * 3)
            for name, folder in [
                *(("", ""), ("a", "b"), ("..", ""), ("a/b", ""), ("a\\b", ""), ("C:a", ""), (1, "")),
                *(("", "/a"), ("", "C:/a"), ("", "..\\a"), ("", 1)),
            ]
        ),
        change(lexicon=1),
    ],
)
def test_a_broken_file_is_refused_with_its_name(tmp_path: Path, broken: Callable[[dict[str, Any]], Any]) -> None:
    path = tmp_path / "ensemble.json"
    write_ensemble(replace(fit(n=120), **WHOLE), path)
    data = broken(json.loads(path.read_text(encoding="utf-8")))
    if isinstance(data, dict):
        data["sha256"] = hash_content(data)
    path.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"ensemble.json: no ensemble|ensemble.json: .*outside their range"):
        read_ensemble(path)


@pytest.mark.parametrize(
    "changed",
    [
        change(pool={"weights": [0.5, 0.5, 0], "sharpness": 1}),
        change(coders=["a", "b", "d"]),
        change(fitted_on=[]),
        change(note="more"),
    ],
)
def test_a_changed_file_is_refused(tmp_path: Path, changed: Callable[[dict[str, Any]], Any]) -> None:
    path = tmp_path / "ensemble.json"
    write_ensemble(replace(fit(n=120), **WHOLE), path)
    path.write_text(json.dumps(changed(json.loads(path.read_text(encoding="utf-8")))), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"ensemble.json: it was changed since textq wrote it"):
        read_ensemble(path)


def test_a_file_that_was_only_laid_out_anew_is_read(tmp_path: Path) -> None:
    path = tmp_path / "ensemble.json"
    write_ensemble(fit(n=120), path)
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")), sort_keys=True), encoding="utf-8")
    assert read_ensemble(path) == fit(n=120)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[" * 100_000])
def test_what_is_no_ensemble_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "ensemble.json"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match="no ensemble that textq wrote"):
        read_ensemble(path)


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "ensemble.json"
    path.write_bytes(b" " * 10_000_001)
    with pytest.raises(ConfigError, match="larger than 10,000,000 bytes"):
        read_ensemble(path)


def test_an_absent_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere.json cannot be read"):
        read_ensemble(tmp_path / "nowhere.json")


# The coder.

FITTED = FittedEnsemble(
    codebook="tiny@3",
    classes=CLASSES,
    coders=("a", "b"),
    pool=PoolWeights((0.25, 0.75), 1.0),
    abstention=Threshold(0.1, 0.6, 0.8, 0.05),
    n_clauses=10,
    n_documents=5,
    n_folds=5,
    accuracy=0.9,
    log_loss=0.3,
    coder_accuracies=(0.8, 0.7),
)
A = FixedCoder("a", np.array([[0.9, 0.05, 0.05, 0.0], [0.4, 0.6, 0.0, 0.0], [0.0, 0.49, 0.51, 0.0]]), subtype="aid")
B = FixedCoder("b", np.array([[0.8, 0.1, 0.1, 0.0], [0.7, 0.2, 0.0, 0.1], [0.51, 0.49, 0.0, 0.0]]), subtype="loan")


def test_the_pool_decides_and_the_heaviest_coder_that_agrees_tells_why() -> None:
    coder = EnsembleCoder([A, B], FITTED)
    first, second, _ = coder.code(make_units(3))
    assert (first.instrument, first.subtype, first.context, first.unsure) == ("money", "loan", ("b",), False)
    assert first.confidence == pytest.approx(0.82, abs=0.02)
    assert (first.clause_id, first.coder_id, first.codebook_version) == ("0", coder.coder_id, "tiny@3")
    assert (second.instrument, second.subtype) == ("money", "loan")
    swapped = EnsembleCoder([A, B], replace(FITTED, pool=PoolWeights((0.75, 0.25), 1.0)))
    assert [coding.context for coding in swapped.code(make_units(2))] == [("a",), ("b",)]


def test_agreement_is_the_weight_of_those_who_agree() -> None:
    pooled = EnsembleCoder([A, B], FITTED).pool(make_units(3))
    assert pooled.agreement.tolist() == [1.0, 0.75, 0.0]
    assert pooled.probabilities.sum(axis=1) == pytest.approx(1)


def test_below_the_threshold_it_abstains() -> None:
    coder = EnsembleCoder([A, B], replace(FITTED, abstention=Threshold(0.1, 0.7, 0.5, 0.1)))
    assert [coding.unsure for coding in coder.code(make_units(2))] == [False, True]


def test_a_class_that_no_coder_chose_is_never_sure() -> None:
    coder = EnsembleCoder([A, B], replace(FITTED, pool=PoolWeights((0.5, 0.5), 2.0)))
    third = coder.code(make_units(3))[2]
    assert (third.instrument, third.subtype, third.evidence) == ("law", None, ())
    assert third.confidence is not None
    assert third.confidence > FITTED.abstention.threshold
    assert third.unsure


class CountingCoder(FixedCoder):
    """Remembers what it was asked, and for how many units."""

    def __init__(self, inner: FixedCoder) -> None:
        super().__init__(inner.coder_id, inner.rows)
        self.inner = inner
        self.asked: list[tuple[str, int]] = []

    def probabilities(self, units: Sequence[CodingUnit]) -> FloatArray:
        self.asked.append(("probabilities", len(units)))
        return self.inner.probabilities(units)

    def code(self, units: Sequence[CodingUnit]) -> list[Coding]:
        self.asked.append(("code", len(units)))
        return self.inner.code(units)

    def code_with_probabilities(self, units: Sequence[CodingUnit]) -> tuple[list[Coding], FloatArray]:
        self.asked.append(("both", len(units)))
        return self.inner.code_with_probabilities(units)


def test_a_coder_looks_at_no_clause_twice_unless_it_must_tell_why() -> None:
    light, heavy = CountingCoder(A), CountingCoder(B)
    EnsembleCoder([light, heavy], FITTED).code(make_units(2))
    assert (light.asked, heavy.asked) == ([("probabilities", 2)], [("both", 2)])
    first, second = CountingCoder(A), CountingCoder(B)
    EnsembleCoder([first, second], replace(FITTED, pool=PoolWeights((0.5, 0.5), 2.0))).code(make_units(3))
    assert first.asked == [("both", 3)]
    assert second.asked[0] == ("probabilities", 3)
    assert second.asked[1][0] == "code"
    assert second.asked[1][1] < 3


def test_nothing_in_nothing_out() -> None:
    assert EnsembleCoder([A, B], FITTED).code([]) == []


def test_other_coders_are_refused() -> None:
    with pytest.raises(ConfigError, match="fitted for the coders a, b, not for b, a"):
        EnsembleCoder([B, A], FITTED)
    with pytest.raises(ConfigError, match="not for none"):
        EnsembleCoder([], FITTED)


def test_another_codebook_is_refused() -> None:
    other = replace(A, codebook=replace(CODEBOOK, version="4"))
    with pytest.raises(ConfigError, match=r"a codes by tiny@4, the ensemble was fitted for tiny@3"):
        EnsembleCoder([other, B], FITTED)


def test_a_coder_with_wrong_probabilities_is_named() -> None:
    class Short(FixedCoder):
        def probabilities(self, units: Any) -> Any:
            return self.rows[:1]

    with pytest.raises(ConfigError, match="b gave 1 rows of probabilities for 3 units"):
        EnsembleCoder([A, Short("b", B.rows)], FITTED).code(make_units(3))
    with pytest.raises(ConfigError, match="b: the probabilities of a clause must add up to 1"):
        EnsembleCoder([A, FixedCoder("b", B.rows / 2)], FITTED).code(make_units(3))


def test_it_knows_the_clauses_of_its_fit_and_of_its_coders() -> None:
    class Learnt(FixedCoder):
        def knows(self, sha256: str) -> bool:
            return sha256 == "b" * 64

    coder = EnsembleCoder([A, Learnt("b", B.rows)], replace(FITTED, fitted_on=frozenset({"a" * 16})))
    assert [coder.knows(letter * 64) for letter in "abc"] == [True, True, False]


def test_its_id_changes_with_what_it_would_say() -> None:
    ids = {
        EnsembleCoder([A, B], fitted).coder_id
        for fitted in (
            FITTED,
            replace(FITTED, n_clauses=11),
            replace(FITTED, pool=PoolWeights((0.5, 0.5), 1.0)),
            replace(FITTED, members=MEMBERS[:2]),
            replace(FITTED, lexicon="terms@1+ab"),
        )
    }
    assert len(ids) == 3
