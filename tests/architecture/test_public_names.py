"""What can be imported is a promise: a change here is a line in CHANGELOG.md."""

import importlib

import pytest

PUBLIC = {
    "textq": ["Run", "StudyResult", "estimate", "load_run", "score"],
    "econ": [
        *("CodedEstimate", "Coding", "ConfidenceSet", "Confusion", "CorrectedCounts", "Dropped", "EconError"),
        *("Estimate", "EventStudy", "FigureError", "FontError", "HomogeneityTest", "Intensities", "PairSpec"),
        *("Placebo", "Power", "SharedErrors", "Synchronization", "Table", "TableStyle", "TreatedPair"),
        *("TreatedScore", "Treatment", "UnitVariable", "WaldTest", "assign_treatment", "build_entropy_index"),
        *("combine_units", "correct_counts", "correlate_columns", "count_share_pages", "cut_window"),
        *("estimate_confusion", "estimate_shared_errors", "filter_series", "find_designated", "fit_coded"),
        *("fit_event_study", "fit_pairs", "fit_panel", "form_pairs", "interact_scores", "measure_inflation"),
        *("measure_krugman", "measure_synchronization", "permute_designations", "plot_coefficients"),
        *("plot_event_study", "plot_intensities", "plot_network", "plot_placebo", "plot_shares"),
        *("plot_specifications", "run_placebo", "simulate_power", "simulate_series", "tabulate_estimates"),
        *("write_figure", "write_table"),
    ],
}


@pytest.mark.parametrize("package", PUBLIC)
def test_public_names_are_those_promised(package: str) -> None:
    assert sorted(importlib.import_module(package).__all__) == PUBLIC[package]


@pytest.mark.parametrize(("package", "name"), [(package, name) for package, names in PUBLIC.items() for name in names])
def test_public_names_can_be_imported_and_are_documented(package: str, name: str) -> None:
    assert getattr(importlib.import_module(package), name).__doc__


@pytest.mark.parametrize("package", PUBLIC)
def test_dir_lists_the_public_names(package: str) -> None:
    assert dir(importlib.import_module(package)) == PUBLIC[package]


@pytest.mark.parametrize("package", PUBLIC)
def test_unknown_names_are_refused(package: str) -> None:
    with pytest.raises(AttributeError, match=f"'{package}' has no attribute 'nonsense'"):
        _ = importlib.import_module(package).nonsense
