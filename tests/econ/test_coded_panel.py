"""Regressions on coded intensities: known answers, the same as least squares without error, and what is refused."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy import sparse

from econ import coded_covariance
from econ.coded_estimate import CodedEstimate
from econ.coded_panel import fit_coded
from econ.confusion import Confusion
from econ.corrected_counts import correct_counts
from econ.errors import FitError, SpecError
from econ.gold import estimate_confusion
from econ.panel import fit_panel
from tests.econ.coded_studies import CLASSES, MATRIX, draw_pairs, draw_units, label, make_confusion

MEMBERS = ("unit_i", "unit_j")
EFFECTS = ["unit", "period"]
PAIR_EFFECTS = ["pair_id", "period"]
NO_ERROR = Confusion(label(np.eye(3)))


def fit_units(**changes: Any) -> CodedEstimate:
    frame, counts = draw_units(share=0.8)
    arguments = {
        "confusion": make_confusion(200),
        "classes": CLASSES[:2],
        "absorb": EFFECTS,
        "vcov": {"cluster": "unit"},
    }
    return fit_coded(frame, "y", **{"counts": counts, **arguments, **changes})


def get_estimates(fitted: CodedEstimate) -> NDArray[np.float64]:
    return fitted.corrected.params["estimate"].to_numpy()


# -- known answers


def read_sentiment(shared: Path) -> tuple[pd.DataFrame, Confusion]:
    folder = shared / "data" / "measurement"
    meetings = pd.read_csv(folder / "fed_sentiment_meetings.csv")
    rows_true = pd.read_csv(folder / "fed_sentiment_B.csv", header=None).to_numpy()
    return meetings, Confusion(label(rows_true.T, ["hawkish", "dovish", "neutral"]))


def fit_sentiment(meetings: pd.DataFrame, counts: pd.DataFrame, confusion: Confusion) -> "pd.Series[Any]":
    fitted = fit_coded(
        meetings, "path_factor", counts, confusion, confusion.classes, None,
        combine={"index": {"hawkish": 1, "dovish": -1}}, controls=["shadow_rate"], estimand="latent", vcov="hc1",
    )  # fmt: skip
    return fitted.corrected.params.set_index("term")["estimate"]


def test_sentiment_of_the_federal_reserve(shared: Path) -> None:
    meetings, confusion = read_sentiment(shared)
    found = fit_sentiment(meetings, meetings[list(confusion.classes)], confusion)
    assert found["index"] == pytest.approx(0.10785, abs=6e-6)
    assert found["shadow_rate"] == pytest.approx(-0.01260, abs=6e-6)
    assert found["Intercept"] == pytest.approx(0.04200, abs=6e-6)


def test_the_published_answer_follows_from_the_stored_shares(shared: Path) -> None:
    meetings, confusion = read_sentiment(shared)
    stored = meetings[[f"w_{name}" for name in confusion.classes]].to_numpy()
    totals = meetings[list(confusion.classes)].sum(axis=1).to_numpy()
    counts = pd.DataFrame(stored @ confusion.values.T * totals[:, None], columns=list(confusion.classes))
    found = fit_sentiment(meetings, counts, confusion)
    assert found["index"] == pytest.approx(0.20055, abs=6e-6)
    assert found["shadow_rate"] == pytest.approx(-0.02219, abs=6e-6)
    assert found["Intercept"] == pytest.approx(0.07591, abs=6e-6)


@pytest.mark.parametrize("estimand", ["realised", "latent", "latent_own"])
def test_twelve_rows_by_hand(estimand: Any) -> None:
    rng = np.random.default_rng(6)
    counts = pd.DataFrame(rng.integers(20, 80, (12, 2)), columns=["yes", "no"])
    confusion = Confusion(label(np.array([[0.9, 0.2], [0.1, 0.8]]), ["yes", "no"]))
    frame = pd.DataFrame({"y": rng.normal(size=12)})
    found = fit_coded(frame, "y", counts, confusion, ["yes"], None, vcov="hc1", estimand=estimand)
    shares = correct_counts(counts, confusion, estimand="realised" if estimand == "realised" else "latent")
    x, noises = shares.corrected["yes"].to_numpy(), shares.covariance[:, 0, 0]
    if estimand == "latent":
        noises = noises * (counts.sum(axis=1) - 1).to_numpy() * (1 / counts.sum(axis=1)).mean()
    noise = noises.sum()
    gram = np.array([[12, x.sum()], [x.sum(), x @ x - noise]])
    np.testing.assert_allclose(get_estimates(found), np.linalg.solve(gram, [frame["y"].sum(), x @ frame["y"]]))
    assert found.lambda_min == pytest.approx(x.var() * 12 / noise)
    assert found.signal_share == pytest.approx(1 - noise / (x.var() * 12))
    residuals = frame["y"].to_numpy() - np.column_stack([np.ones(12), x]) @ get_estimates(found)
    scores = np.column_stack([residuals, x * residuals + noises * get_estimates(found)[1]])
    bread = np.linalg.inv(gram)
    np.testing.assert_allclose(found.corrected.vcov, bread @ (scores.T @ scores) @ bread * 12 / 10)


# -- without error it is least squares


@pytest.mark.parametrize("vcov", ["hc1", {"cluster": "unit"}, {"twoway": ("unit", "period")}, {"jackknife": "unit"}])
def test_all_clauses_gold_is_least_squares(vcov: Any) -> None:
    fitted = fit_units(confusion=NO_ERROR, vcov=vcov, controls=["x"])
    pd.testing.assert_frame_equal(fitted.corrected.params, fitted.naive.params, rtol=1e-7)
    pd.testing.assert_frame_equal(fitted.corrected.vcov, fitted.naive.vcov, rtol=1e-7)
    assert (fitted.lambda_min, fitted.signal_share) == (np.inf, 1.0)


@pytest.mark.parametrize("vcov", [{"dyadic": MEMBERS}, {"jackknife": MEMBERS}, {"cluster": "pair_id"}, "auto"])
def test_all_clauses_gold_is_least_squares_on_pairs(vcov: Any) -> None:
    frame, counts, sums = draw_pairs(1, share=0.8, rows=0.9)
    fitted = fit_coded(frame, "y", counts, NO_ERROR, CLASSES[:2], PAIR_EFFECTS, sums, controls=["x"], vcov=vcov)
    pd.testing.assert_frame_equal(fitted.corrected.params, fitted.naive.params, rtol=1e-7)
    pd.testing.assert_frame_equal(fitted.corrected.vcov, fitted.naive.vcov, rtol=1e-7)


def test_the_naive_estimate_is_that_of_the_coded_shares() -> None:
    frame, counts = draw_units(share=0.8)
    shares = frame.assign(**counts[CLASSES[:2]].div(counts.sum(axis=1), axis=0))
    expected = fit_panel(shares, "y", [*CLASSES[:2], "x"], EFFECTS, {"cluster": "unit"})
    pd.testing.assert_frame_equal(fit_units(controls=["x"]).naive.params, expected.params)


# -- invariances


def test_the_order_of_rows_and_documents_does_not_matter() -> None:
    frame, counts, sums = draw_pairs(2)
    rng = np.random.default_rng(0)
    rows, documents = rng.permutation(len(frame)), rng.permutation(len(counts))
    shuffled = frame.iloc[rows], counts.iloc[documents].reset_index(drop=True), sums[rows][:, documents]
    fits = [
        fit_coded(one, "y", own, make_confusion(300), CLASSES[:2], PAIR_EFFECTS, maps, vcov={"dyadic": MEMBERS})
        for one, own, maps in ((frame, counts, sums), shuffled)
    ]
    pd.testing.assert_frame_equal(fits[0].corrected.params, fits[1].corrected.params)


def test_the_order_of_classes_does_not_matter() -> None:
    order = [2, 0, 1]
    names = [CLASSES[place] for place in order]
    turned = fit_units(confusion=Confusion(label(MATRIX[np.ix_(order, order)], names)))
    np.testing.assert_allclose(get_estimates(turned), get_estimates(fit_units(confusion=make_confusion())))


def test_terms_can_be_combined_and_stay_in_their_order() -> None:
    plain = fit_units(combine={"one": {"supply": 1}, "both": {"supply": 1, "demand": 1}}, controls=["x"])
    single = fit_units(controls=["x"])
    assert list(plain.corrected.params["term"]) == ["one", "both", "x"]
    one, both, x = get_estimates(plain)
    np.testing.assert_allclose([one + both, both, x], get_estimates(single))


def test_a_missing_row_is_left_out_with_its_document() -> None:
    frame, counts = draw_units(share=0.8)
    arguments: dict[str, Any] = {"absorb": EFFECTS, "vcov": {"cluster": "unit"}, "controls": ["x"]}
    gone = frame.assign(y=frame["y"].where(frame.index != 7))
    kept = frame.drop(index=7), counts.drop(index=7)
    with_gap = fit_coded(gone, "y", counts, make_confusion(), CLASSES[:2], **arguments)
    without = fit_coded(kept[0], "y", kept[1], make_confusion(), CLASSES[:2], **arguments)
    pd.testing.assert_frame_equal(with_gap.corrected.params, without.corrected.params)
    assert with_gap.corrected.dropped[0].count == 1


# -- maps and strata


def test_rates_and_counts_are_maps_too() -> None:
    _, counts = draw_units(share=0.8)
    population = np.random.default_rng(1).uniform(50, 90, len(counts))
    by_scale = fit_units(scale=pd.Series(1 / population))
    by_map = fit_units(map=sparse.diags_array(1 / population))
    pd.testing.assert_frame_equal(by_scale.corrected.params, by_map.corrected.params)
    plain = fit_units(scale="count")
    np.testing.assert_allclose(get_estimates(plain), get_estimates(fit_units(map=np.eye(len(counts)))))


def test_several_maps_are_terms_of_their_own() -> None:
    frame, counts = draw_units(3, n_units=40)
    treated = (frame["unit"] % 2 * (frame["period"] >= 3)).to_numpy()
    shares = np.diag(1 / counts.sum(axis=1))
    confusion = make_confusion(400)
    fitted = fit_coded(
        frame, "y", counts, confusion, CLASSES[:2], EFFECTS, {"share": shares, "did:share": treated[:, None] * shares},
        vcov={"jackknife": "unit"},
    )  # fmt: skip
    assert list(fitted.corrected.params["term"]) == [
        "share:supply", "share:demand", "did:share:supply", "did:share:demand"
    ]  # fmt: skip
    shares_of = correct_counts(counts, confusion)
    x = shares_of.corrected.to_numpy()[:, :2]
    columns = np.column_stack([x, treated[:, None] * x])
    unit, period = np.eye(40)[frame["unit"]], np.eye(6)[frame["period"]]
    dummies = np.hstack([unit, period])
    maker = np.eye(240) - dummies @ np.linalg.pinv(dummies)
    gram = columns.T @ maker @ columns
    for one, first in enumerate((np.ones(240), treated)):
        for two, second in enumerate((np.ones(240), treated)):
            own = np.einsum("d,dab->ab", np.diag(maker) * first * second, shares_of.covariance[:, :2, :2])
            gram[2 * one : 2 * one + 2, 2 * two : 2 * two + 2] -= own
    expected = np.linalg.solve(gram, columns.T @ maker @ frame["y"])
    np.testing.assert_allclose(get_estimates(fitted), expected)


def test_stocks_keep_the_errors_of_earlier_documents() -> None:
    frame, counts = draw_units(4, n_units=40)
    earlier = (frame["unit"].to_numpy()[:, None] == frame["unit"].to_numpy()) & (
        frame["period"].to_numpy()[:, None] >= frame["period"].to_numpy()
    )
    stock = earlier / 100.0
    fitted = fit_coded(frame, "y", counts, make_confusion(), CLASSES[:2], EFFECTS, stock, vcov={"cluster": "unit"})
    dummies = np.hstack([np.eye(40)[frame["unit"]], np.eye(6)[frame["period"]]])
    maker = np.eye(240) - dummies @ np.linalg.pinv(dummies)
    found = correct_counts(counts, make_confusion(), "count")
    columns = stock @ found.corrected.to_numpy()[:, :2]
    noise = np.einsum("d,dab->ab", np.diag(stock.T @ maker @ stock), found.covariance[:, :2, :2])
    gram = columns.T @ maker @ columns - noise
    np.testing.assert_allclose(get_estimates(fitted), np.linalg.solve(gram, columns.T @ maker @ frame["y"]))


def test_strata_have_matrices_of_their_own() -> None:
    frame, counts = draw_units(5)
    late = pd.Series(np.where(frame["period"] >= 3, "late", "early"))
    alike = {"early": make_confusion(200), "late": make_confusion(200)}
    pooled = fit_coded(frame, "y", counts, make_confusion(), CLASSES[:2], EFFECTS, vcov={"cluster": "unit"})
    split = fit_coded(frame, "y", counts, alike, CLASSES[:2], EFFECTS, vcov={"cluster": "unit"}, strata=late)
    np.testing.assert_allclose(get_estimates(split), get_estimates(pooled))
    other = np.array([[0.7, 0.1, 0.0], [0.1, 0.8, 0.1], [0.2, 0.1, 0.9]])
    mixed = fit_coded(
        frame, "y", counts, {"early": make_confusion(), "late": Confusion(label(other))}, CLASSES[:2], EFFECTS,
        vcov={"cluster": "unit"}, strata=late,
    )  # fmt: skip
    parts = [correct_counts(counts, make_confusion()), correct_counts(counts, Confusion(label(other)))]
    second = (late == "late").to_numpy()
    x = np.where(second[:, None], parts[1].corrected, parts[0].corrected)[:, :2]
    covariance = np.where(second[:, None, None], parts[1].covariance, parts[0].covariance)[:, :2, :2]
    within = (x - x.mean(axis=0)).reshape(30, 6, 2)
    within = (within - within.mean(axis=1, keepdims=True) - within.mean(axis=0)).reshape(-1, 2)
    gram = within.T @ within - covariance.sum(axis=0) * (1 - 1 / 30) * (1 - 1 / 6)
    np.testing.assert_allclose(get_estimates(mixed), np.linalg.solve(gram, within.T @ frame["y"]))


def test_strata_of_an_estimated_matrix_are_found_by_name() -> None:
    frame, counts = draw_units(5)
    rng = np.random.default_rng(0)
    true = rng.choice(3, 900)
    predicted = (rng.random(900)[:, None] > np.cumsum(MATRIX, axis=0).T[true]).sum(axis=1)
    names = np.array(CLASSES)
    kind = rng.choice(["plan", "award"], 900)
    confusion = estimate_confusion(names[predicted], names[true], strata=kind, classes=CLASSES)
    strata = pd.Series(rng.choice(["plan", "award"], len(counts)))
    by_name = fit_coded(frame, "y", counts, confusion, CLASSES[:2], EFFECTS, vcov={"cluster": "unit"}, strata=strata)
    given = fit_coded(
        frame, "y", counts, confusion.by_stratum, CLASSES[:2], EFFECTS, vcov={"cluster": "unit"}, strata=strata
    )
    pd.testing.assert_frame_equal(by_name.corrected.params, given.corrected.params)
    assert by_name.n_gold == 900


# -- variances


def test_the_jackknife_refits_without_each_unit(monkeypatch: pytest.MonkeyPatch) -> None:
    frame, counts, sums = draw_pairs(3, share=0.8, rows=0.9)

    def fit(kept: Any = slice(None)) -> CodedEstimate:
        return fit_coded(
            frame[kept], "y", counts, make_confusion(), CLASSES[:2], PAIR_EFFECTS, sums[kept], controls=["x"],
            vcov={"jackknife": MEMBERS},
        )  # fmt: skip

    fitted = fit()
    alone = [get_estimates(fit(((frame[list(MEMBERS)] != unit).all(axis=1)).to_numpy())) for unit in range(12)]
    expected = 11**2 / 12 * np.cov(np.array(alone).T)
    np.testing.assert_allclose(fitted.corrected.vcov, expected, rtol=1e-8)
    assert dict(fitted.corrected.n_clusters) == {"unit": 12}
    monkeypatch.setattr(coded_covariance, "_downdate", coded_covariance._refit)
    pd.testing.assert_frame_equal(fit().corrected.vcov, fitted.corrected.vcov, rtol=1e-8)


def test_probes_stand_in_for_an_exact_diagonal(monkeypatch: pytest.MonkeyPatch) -> None:
    exact = fit_units()
    monkeypatch.setattr(coded_covariance, "can_cut", lambda maps, effects: False)
    probed = fit_units()
    np.testing.assert_allclose(get_estimates(probed), get_estimates(exact), rtol=0.03)
    np.testing.assert_allclose(probed.corrected.params["std_error"], exact.corrected.params["std_error"], rtol=0.03)
    assert any("200 random probes" in note for note in probed.corrected.notes)


def test_the_variance_of_the_matrix_falls_with_gold() -> None:
    few, many, known = fit_units(), fit_units(confusion=make_confusion(400)), fit_units(confusion=make_confusion())
    np.testing.assert_allclose(few.variance_split["gold"], 2 * many.variance_split["gold"])
    assert (few.gold_to_halve, many.gold_to_halve, known.gold_to_halve) == (600, 1_200, 0)
    np.testing.assert_allclose(few.variance_split["regression"], known.variance_split["regression"])
    assert not known.variance_split["gold"].any()
    total = few.variance_split["regression"] + few.variance_split["gold"]
    np.testing.assert_allclose(few.corrected.params["std_error"] ** 2, total)
    assert "taken as known" in known.corrected.notes[-1]


def test_the_variance_of_the_matrix_is_that_of_refits_on_drawn_matrices() -> None:
    confusion = make_confusion(2_000)
    rng = np.random.default_rng(0)
    drawn = [
        np.column_stack([rng.multinomial(2_000, MATRIX[:, place]) / 2_000 for place in range(3)]) for _ in range(60)
    ]
    found = [get_estimates(fit_units(confusion=Confusion(label(matrix)))) for matrix in drawn]
    expected = np.sqrt(fit_units(confusion=confusion).variance_split["gold"])
    np.testing.assert_allclose(np.std(found, axis=0, ddof=1), expected, rtol=0.3)


def test_shared_errors_take_out_more() -> None:
    frame, counts = draw_units(share=0.8)
    shared = np.diag([2e-4, 1e-4, 0.0])
    found = fit_coded(
        frame, "y", counts, make_confusion(), CLASSES[:2], EFFECTS, vcov={"cluster": "unit"}, shared_errors=shared
    )
    plain = fit_units(confusion=make_confusion())
    assert found.lambda_min < plain.lambda_min
    none = fit_units(confusion=make_confusion(), shared_errors=np.zeros((3, 3)))
    pd.testing.assert_frame_equal(none.corrected.params, plain.corrected.params)


@pytest.mark.parametrize(("n_units", "kind"), [(30, "jackknife"), (120, "cluster")])
def test_auto_goes_by_the_number_of_units(n_units: int, kind: str) -> None:
    frame, counts = draw_units(n_units=n_units, n_periods=4)
    fitted = fit_coded(frame, "y", counts, make_confusion(), CLASSES[:2], EFFECTS)
    assert fitted.corrected.spec.vcov.kind == kind
    assert f"there are {n_units} units" in fitted.corrected.notes[0]


def test_the_summary_has_both_columns_and_the_signal() -> None:
    text = fit_units(controls=["x"]).summary()
    for word in ("naive", "corrected", "gold share", "λ_min", "signal share", "supply"):
        assert word in text


def test_auto_takes_another_covariance_where_the_jackknife_cannot_be_computed() -> None:
    frame, counts, sums = draw_pairs(1)
    frame["one"] = (frame["unit_i"] == 0) * (frame["period"] >= 3) * 1.0
    arguments: dict[str, Any] = {"map": sums, "controls": ["one"]}
    fitted = fit_coded(frame, "y", counts, make_confusion(), CLASSES[:2], PAIR_EFFECTS, **arguments)
    assert fitted.corrected.spec.vcov.kind == fitted.naive.spec.vcov.kind == "dyadic"
    assert "The jackknife cannot be computed here" in fitted.corrected.notes[0]
    with pytest.raises(FitError, match="one"):
        fit_coded(
            frame, "y", counts, make_confusion(), CLASSES[:2], PAIR_EFFECTS, vcov={"jackknife": MEMBERS}, **arguments
        )


def test_few_clusters_come_with_a_note() -> None:
    frame, counts = draw_units(n_units=15)
    fitted = fit_coded(frame, "y", counts, make_confusion(), CLASSES[:2], EFFECTS)
    assert any("Only 15 clusters" in note for note in fitted.corrected.notes)


# -- refusals


def test_noise_above_the_signal_is_refused() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"unit": np.repeat(range(30), 5), "period": np.tile(range(5), 30), "y": rng.normal(size=150)})
    true = rng.multinomial(30, [0.3, 0.3, 0.4], 150)
    rough = 0.35 * np.eye(3) + 0.65 / 3
    counts = sum(rng.multinomial(true[:, place], rough[:, place]) for place in range(3))
    with pytest.raises(FitError, match=r"coding error hides the signal.*1\.07 is needed with 30 units"):
        fit_coded(
            frame, "y", pd.DataFrame(counts, columns=CLASSES), Confusion(label(rough)), CLASSES[:2], EFFECTS,
            estimand="latent",
        )  # fmt: skip


def test_shares_of_all_classes_are_refused() -> None:
    with pytest.raises(FitError, match="leave a class out"):
        fit_units(classes=CLASSES)


def test_a_control_that_effects_absorb_is_left_out() -> None:
    frame, counts = draw_units(share=0.8)
    frame["trend"] = frame["period"] * 2.0
    fitted = fit_coded(
        frame, "y", counts, make_confusion(), CLASSES[:2], EFFECTS, controls=["trend", "x"], vcov={"cluster": "unit"}
    )
    assert list(fitted.corrected.params["term"]) == [*CLASSES[:2], "x"]
    pd.testing.assert_frame_equal(
        fitted.corrected.params, fit_units(confusion=make_confusion(), controls=["x"]).corrected.params
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"counts": pd.DataFrame(np.ones((144, 2)), columns=CLASSES[:2])}, r"Missing: \['none'\]"),
        ({"counts": pd.DataFrame(np.ones((7, 3)), columns=CLASSES)}, "rows of counts are those of the frame: 7 for"),
        ({"map": np.ones((3, 7))}, r"the map '' has \(3, 7\) cells"),
        ({"classes": ["supply", "culture"]}, "'classes' lists classes of the confusion matrix"),
        ({"classes": "supply"}, "'classes' lists classes"),
        ({"combine": {"index": {"culture": 1}}}, "the term 'index' combines classes"),
        ({"estimand": "true"}, "'estimand' parameter of fit_coded"),
        ({"vcov": "iid"}, "no corrected form"),
        ({"vcov": {"wild": "unit"}}, "no corrected form"),
        ({"confusion": {"a": make_confusion()}}, "need 'strata'"),
        ({"scale": "rate"}, "'scale' parameter of fit_coded"),
        ({"scale": np.ones(3)}, "one finite number a row"),
        ({"shared_errors": np.ones((2, 2))}, "covariance of the 3 classes"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        fit_units(**changes)


def test_documents_without_a_matrix_are_refused() -> None:
    _, counts = draw_units(share=0.8)
    strata = pd.Series(["plan", "award"] * len(counts))[: len(counts)]
    with pytest.raises(SpecError, match=r"without matrix: \['award'\]"):
        fit_units(confusion={"plan": make_confusion()}, strata=strata)
    with pytest.raises(SpecError, match="twice in its index"):
        fit_units(confusion={"plan": make_confusion()}, strata=pd.concat([strata, strata]))
    with pytest.raises(SpecError, match="Without stratum: 1"):
        fit_units(confusion={"plan": make_confusion(), "award": make_confusion()}, strata=strata[1:])


def test_a_single_clause_has_no_latent_intensity_of_its_own() -> None:
    frame, counts = draw_units(share=0.8)
    counts.iloc[0] = [1, 0, 0]
    with pytest.raises(SpecError, match="1 documents have one clause"):
        fit_coded(frame, "y", counts, make_confusion(), CLASSES[:2], EFFECTS, estimand="latent_own")


def test_a_transposed_matrix_is_refused_before_anything_is_fitted() -> None:
    with pytest.raises(SpecError, match="transpose it"):
        fit_units(confusion=Confusion(label(MATRIX.T)))
