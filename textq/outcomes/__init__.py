"""Outcomes and what goes with them: files of city series, units and designations → tables with six-digit codes."""

from textq.outcomes.problems import Problem, describe_problem
from textq.outcomes.read import read_designations, read_series, read_units
from textq.outcomes.series import SeriesFile, inspect_series

__all__ = [
    "Problem", "SeriesFile", "describe_problem", "inspect_series", "read_designations", "read_series", "read_units",
]  # fmt: skip
