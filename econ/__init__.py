"""econ: from city series to estimates on city pairs. It knows cities and years, never texts.

>>> import econ
>>> econ.measure_synchronization(series)                        # doctest: +SKIP
>>> pairs = econ.form_pairs(units, designated, gravity="anchor", keep="upper_half")  # doctest: +SKIP
>>> panel = econ.assign_treatment(pairs, designations, range(2010, 2020))            # doctest: +SKIP
>>> econ.fit_panel(panel, "synchronization", ["treated"], ["pair", "period"], "auto").summary()  # doctest: +SKIP
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from econ.coded_estimate import CodedEstimate
    from econ.coded_panel import fit_coded
    from econ.combine import combine_units, measure_krugman
    from econ.confusion import Confusion, HomogeneityTest
    from econ.corrected_counts import CorrectedCounts, correct_counts
    from econ.development import build_entropy_index
    from econ.diagnostics import correlate_columns, measure_inflation
    from econ.errors import EconError, FigureError, FontError
    from econ.estimate import Dropped, Estimate, WaldTest
    from econ.event_points import EventStudy
    from econ.event_study import fit_event_study
    from econ.figure_coefficients import plot_coefficients
    from econ.figure_events import plot_event_study
    from econ.figure_files import write_figure
    from econ.figure_intensities import plot_intensities
    from econ.figure_network import plot_network
    from econ.figure_placebo import plot_placebo
    from econ.figure_shares import count_share_pages, plot_shares
    from econ.figure_specifications import plot_specifications
    from econ.filters import cut_window, filter_series
    from econ.gold import estimate_confusion
    from econ.intensities import Intensities, interact_scores
    from econ.pair_panel import fit_pairs
    from econ.pairs import form_pairs
    from econ.panel import fit_panel
    from econ.placebo import permute_designations, run_placebo
    from econ.placebo_result import Placebo
    from econ.power import simulate_power
    from econ.power_coding import Coding
    from econ.power_result import Power
    from econ.shared_errors import SharedErrors, estimate_shared_errors
    from econ.simulate import simulate_series
    from econ.spec import PairSpec, Synchronization, TreatedPair, TreatedScore, Treatment, UnitVariable
    from econ.synchronization import measure_synchronization
    from econ.table import Table
    from econ.table_files import write_table
    from econ.table_style import TableStyle
    from econ.tables import tabulate_estimates
    from econ.treatment import assign_treatment, find_designated
    from econ.weak_signal import ConfidenceSet

_HOMES = {
    "CodedEstimate": "econ.coded_estimate",
    "Coding": "econ.power_coding",
    "ConfidenceSet": "econ.weak_signal",
    "Confusion": "econ.confusion",
    "CorrectedCounts": "econ.corrected_counts",
    "Dropped": "econ.estimate",
    "EconError": "econ.errors",
    "Estimate": "econ.estimate",
    "EventStudy": "econ.event_points",
    "FigureError": "econ.errors",
    "FontError": "econ.errors",
    "HomogeneityTest": "econ.confusion",
    "Intensities": "econ.intensities",
    "PairSpec": "econ.spec",
    "Placebo": "econ.placebo_result",
    "Power": "econ.power_result",
    "SharedErrors": "econ.shared_errors",
    "Synchronization": "econ.spec",
    "Table": "econ.table",
    "TableStyle": "econ.table_style",
    "TreatedPair": "econ.spec",
    "TreatedScore": "econ.spec",
    "Treatment": "econ.spec",
    "UnitVariable": "econ.spec",
    "WaldTest": "econ.estimate",
    "assign_treatment": "econ.treatment",
    "build_entropy_index": "econ.development",
    "combine_units": "econ.combine",
    "correct_counts": "econ.corrected_counts",
    "correlate_columns": "econ.diagnostics",
    "count_share_pages": "econ.figure_shares",
    "cut_window": "econ.filters",
    "estimate_confusion": "econ.gold",
    "estimate_shared_errors": "econ.shared_errors",
    "filter_series": "econ.filters",
    "find_designated": "econ.treatment",
    "fit_coded": "econ.coded_panel",
    "fit_event_study": "econ.event_study",
    "fit_pairs": "econ.pair_panel",
    "fit_panel": "econ.panel",
    "form_pairs": "econ.pairs",
    "interact_scores": "econ.intensities",
    "measure_inflation": "econ.diagnostics",
    "measure_krugman": "econ.combine",
    "measure_synchronization": "econ.synchronization",
    "permute_designations": "econ.placebo",
    "plot_coefficients": "econ.figure_coefficients",
    "plot_event_study": "econ.figure_events",
    "plot_intensities": "econ.figure_intensities",
    "plot_network": "econ.figure_network",
    "plot_placebo": "econ.figure_placebo",
    "plot_shares": "econ.figure_shares",
    "plot_specifications": "econ.figure_specifications",
    "run_placebo": "econ.placebo",
    "simulate_power": "econ.power",
    "simulate_series": "econ.simulate",
    "tabulate_estimates": "econ.tables",
    "write_figure": "econ.figure_files",
    "write_table": "econ.table_files",
}

__all__ = [
    "CodedEstimate",
    "Coding",
    "ConfidenceSet",
    "Confusion",
    "CorrectedCounts",
    "Dropped",
    "EconError",
    "Estimate",
    "EventStudy",
    "FigureError",
    "FontError",
    "HomogeneityTest",
    "Intensities",
    "PairSpec",
    "Placebo",
    "Power",
    "SharedErrors",
    "Synchronization",
    "Table",
    "TableStyle",
    "TreatedPair",
    "TreatedScore",
    "Treatment",
    "UnitVariable",
    "WaldTest",
    "assign_treatment",
    "build_entropy_index",
    "combine_units",
    "correct_counts",
    "correlate_columns",
    "count_share_pages",
    "cut_window",
    "estimate_confusion",
    "estimate_shared_errors",
    "filter_series",
    "find_designated",
    "fit_coded",
    "fit_event_study",
    "fit_pairs",
    "fit_panel",
    "form_pairs",
    "interact_scores",
    "measure_inflation",
    "measure_krugman",
    "measure_synchronization",
    "permute_designations",
    "plot_coefficients",
    "plot_event_study",
    "plot_intensities",
    "plot_network",
    "plot_placebo",
    "plot_shares",
    "plot_specifications",
    "run_placebo",
    "simulate_power",
    "simulate_series",
    "tabulate_estimates",
    "write_figure",
    "write_table",
]


def __getattr__(name: str) -> Any:
    """Import the public names when they are first used, so that ``import econ`` stays light."""
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module 'econ' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(__all__)
