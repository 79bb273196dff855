"""Which coders know clauses again."""

from dataclasses import dataclass

from textq.coding.coder import has_learnt_from
from textq.coding.coders import read_rules
from textq.coding.rules import RulesCoder


@dataclass(frozen=True)
class Learner(RulesCoder):
    def knows(self, sha256: str) -> bool:
        return sha256 == "known"


def test_a_coder_that_learns_is_asked() -> None:
    rules = read_rules()
    coder = Learner(rules.lexicon, rules.codebook)
    assert [has_learnt_from(coder, sha256) for sha256 in ("known", "other")] == [True, False]


def test_a_coder_that_never_learns_knows_nothing() -> None:
    assert not has_learnt_from(read_rules(), "known")
