"""How right an audit is: class shares from simulated audits of corpora whose true codes are known.

``python tests/benchmarks/audit/simulate_audits.py [--draws 1000] [--out audits.csv]`` draws that many audits from each
of a few corpora and designs, and writes a row for each class, estimator and design: the true share, the bias in Monte
Carlo standard errors, how often the 95 % interval covered the truth, and half its mean width.
"""

import argparse
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
from tests.benchmarks.audit.made_population import make_audit, make_population
from textq.review.class_shares import Audit, Estimated, estimate_shares
from textq.review.sample import draw_sample, plan_sample
from textq.review.strata import DEFAULT_STRATA, SampleFrame, Unit


@dataclass(frozen=True, slots=True)
class Design:
    """What is drawn: the unit, the clauses of each round, and the corpus that it is drawn from."""

    unit: Unit
    sizes: tuple[int, ...]
    accuracy: float = 0.85
    n_documents: int = 800
    population: int = 11
    done: float = 1.0
    """The share of the drawn clauses, in the order in which they are coded, that the coders got to."""

    @property
    def name(self) -> str:
        """One word for a row."""
        half = f", {self.done:.0%} done" if self.done < 1 else ""
        return f"{self.unit} {'+'.join(map(str, self.sizes))}{half}"


DESIGNS = (
    Design("document", (500,)),
    Design("document", (1000,)),
    Design("document", (2000,)),
    Design("document", (1000,), accuracy=0.7),
    Design("document", (600, 600)),
    Design("document", (300,), n_documents=48),
    Design("clause", (300,)),
    Design("clause", (500,)),
    Design("clause", (1000,)),
    Design("clause", (500,), accuracy=0.95),
    Design("clause", (300, 300)),
    Design("document", (2000,), done=0.5),
    Design("clause", (1000,), done=0.5),
)


def draw_audit(
    frame: SampleFrame, true: "np.ndarray", design: Design, rng: np.random.Generator, plan_of: dict
) -> Audit:
    """Draw an audit; later rounds leave out what earlier ones took."""
    rounds, left = [], frame
    for number, size in enumerate(design.sizes):
        if number:
            taken = {item.key for _, items in rounds for item in items}
            left = frame.select(np.array([key not in taken for key in frame.keys]))
        plan = plan_of.get(size) if not number else None
        plan = plan or plan_sample(left, DEFAULT_STRATA, size, design.unit)
        if not number:
            plan_of[size] = plan
        rounds.append((plan, draw_sample(left, plan, rng)[0]))
    audit = make_audit(frame, true, rounds)
    reached = np.arange(len(audit.true)) < design.done * len(audit.true)
    return replace(audit, true=np.where(reached, audit.true, -1))


def simulate(design: Design, draws: int, seed: int = 1) -> pd.DataFrame:
    """Return a row a class and estimator."""
    frame, true = make_population(design.population, n_documents=design.n_documents, accuracy=design.accuracy)
    shares = np.bincount(true, minlength=len(frame.classes)) / len(true)
    rng, plans = np.random.default_rng(seed), {}
    found: dict[str, list[tuple[Estimated, ...]]] = {"hajek": [], "difference": []}
    for _ in range(draws):
        audit = draw_audit(frame, true, design, rng, plans)
        for method, estimates in found.items():
            estimates.append(estimate_shares(audit, method))  # type: ignore[arg-type]
    rows = []
    for method, estimates in found.items():
        for place, code in enumerate(frame.classes):
            values = np.array([one[place].value for one in estimates])
            ends = np.array([(one[place].low, one[place].high) for one in estimates])
            error = values.std(ddof=1) / np.sqrt(draws)
            rows.append(
                {
                    "design": design.name, "accuracy": design.accuracy, "documents": design.n_documents,
                    "method": method, "class": code, "share": shares[place], "bias": values.mean() - shares[place],
                    "bias_in_se": (values.mean() - shares[place]) / error, "sd": values.std(ddof=1),
                    "se": np.mean([one[place].se for one in estimates]),
                    "coverage": ((ends[:, 0] <= shares[place]) & (shares[place] <= ends[:, 1])).mean(),
                    "half_width": (ends[:, 1] - ends[:, 0]).mean() / 2, "draws": draws,
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def main() -> None:
    """Simulate all designs, write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    tables = []
    for design in DESIGNS:
        if options.only in design.name:
            tables.append(simulate(design, options.draws, options.seed))
            print(tables[-1].round(4).to_string(header=len(tables) == 1, index=False), flush=True)
    if options.out:
        pd.concat(tables).round(5).to_csv(options.out, index=False)


if __name__ == "__main__":
    main()
