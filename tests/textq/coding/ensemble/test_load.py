"""What a file must say to be loaded; see also tests/textq/pipeline/test_combining.py, with trained coders."""

from dataclasses import replace
from pathlib import Path

import pytest

from textq.coding.coders import read_rules
from textq.coding.ensemble import FittedEnsemble, write_ensemble
from textq.coding.ensemble.abstain import Threshold
from textq.coding.ensemble.load import list_models, load_ensemble
from textq.coding.ensemble.members import Member
from textq.coding.ensemble.pool import PoolWeights
from textq.coding.trained.model_file import hash_lexicon
from textq.errors import ConfigError
from textq.export.scaffold import scaffold_codebook
from textq.records import NONE, CodingUnit


@pytest.fixture
def codebook(tmp_path: Path) -> Path:
    scaffold_codebook(tmp_path / "mine", "mine", "en")
    return tmp_path / "mine"


@pytest.fixture
def fitted(codebook: Path) -> FittedEnsemble:
    rules = read_rules(codebook)
    return FittedEnsemble(
        codebook=rules.codebook.edition,
        classes=(*rules.codebook.instrument_names, NONE),
        coders=(rules.coder_id,),
        pool=PoolWeights((1.0,), 1.0),
        abstention=Threshold(0.1, 0.5, 0.8, 0.05),
        n_clauses=100, n_documents=10, n_folds=5, accuracy=0.8, log_loss=0.5, coder_accuracies=(0.8,),
        members=(Member("rules", ""),),
        lexicon=hash_lexicon(rules),
    )  # fmt: skip


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "team.json"


def test_a_coder_comes_back_with_its_codes(fitted: FittedEnsemble, file: Path, codebook: Path) -> None:
    write_ensemble(fitted, file)
    coder = load_ensemble(file, codebook)
    units = [CodingUnit("1", "Owners must sweep the street."), CodingUnit("2", "xyz")]
    expected = [coding.instrument for coding in read_rules(codebook).code(units)]
    assert [coding.instrument for coding in coder.code(units)] == expected
    assert expected[0] != NONE


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"codebook": "other@1"}, r"team.json: it was fitted for the codebook other@1, here it is mine@"),
        ({"members": ()}, r"team.json: it does not say where its coders rules:.* are"),
        ({"lexicon": "terms@1+ab"}, r"team.json: it was fitted with the lexicon terms@1\+ab, here it is "),
        ({"coders": ("rules:other@1",)}, r"team.json: it was fitted with the coder rules:other@1, but rules is "),
        ({"classes": ("money", "none")}, r"with the classes money, none"),
    ],
)
def test_what_does_not_belong_together_is_refused(
    fitted: FittedEnsemble, file: Path, codebook: Path, changes: dict[str, object], message: str
) -> None:
    write_ensemble(replace(fitted, **changes), file)  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match=message):
        load_ensemble(file, codebook)


def test_the_folders_of_trained_coders_are_listed(fitted: FittedEnsemble, file: Path, codebook: Path) -> None:
    three = {
        "members": (Member("rules", ""), Member("full", ""), Member("", "own")), "coders": ("a", "b", "c"),
        "pool": PoolWeights((0.5, 0.3, 0.2), 1.0), "coder_accuracies": (0.8, 0.7, 0.6),
    }  # fmt: skip
    write_ensemble(replace(fitted, **three), file)  # type: ignore[arg-type]
    assert list_models(file, codebook) == [codebook / "models" / "full", file.parent.resolve() / "own"]
