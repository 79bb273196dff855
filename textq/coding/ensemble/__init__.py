"""Several coders together: pooled probabilities, agreement, and abstention with a known share of errors."""

from textq.coding.ensemble.coder import EnsembleCoder, Pooled
from textq.coding.ensemble.ensemble_file import read_ensemble, write_ensemble
from textq.coding.ensemble.fit import FittedEnsemble, fit_ensemble
from textq.coding.ensemble.probabilities import OneHotCoder, ProbabilityCoder, SharesCoder

__all__ = [
    "EnsembleCoder",
    "FittedEnsemble",
    "OneHotCoder",
    "Pooled",
    "ProbabilityCoder",
    "SharesCoder",
    "fit_ensemble",
    "read_ensemble",
    "write_ensemble",
]
