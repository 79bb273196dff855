"""What tables call a term: words of the language, names of the codebook, labels of the study."""

from dataclasses import replace

import pytest

from econ.table_style import STYLES
from tests.textq.pipeline.made_studies import DID_STUDY, make_inputs
from textq.config import LabelsConfig, Study, read_study
from textq.errors import ConfigError
from textq.pipeline.study_inputs import name_regressors
from textq.pipeline.study_labels import check_labels, choose_style, name_terms
from textq.pipeline.study_panel import StudyPanel, build_panel


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Study, StudyPanel]:
    path = tmp_path_factory.mktemp("study") / "study.toml"
    path.write_text(DID_STUDY, encoding="utf-8")
    inputs = make_inputs()
    study = name_regressors(read_study(path), inputs)
    panel = replace(build_panel(study, inputs), names={"en": {"supply": "Supply"}, "zh": {"supply": "供给型"}})
    return study, replace(panel, controls=("gdp", "gdp:difference", "gdp:sum"))


def test_terms_have_words_names_and_controls(built: tuple[Study, StudyPanel]) -> None:
    names = name_terms(built[1], "zh")
    assert (names["pair"], names["period"], names["units"]) == ("城市对", "年份", "城市")
    assert (names["supply"], names["did:supply"]) == ("供给型", "did × 供给型")
    assert (names["gdp"], names["gdp:difference"], names["gdp:sum"]) == ("|Δ ln gdp|", "|Δ gdp|", "sum(gdp)")
    assert name_terms(built[1], "en")["did:supply"] == "did × supply"


def test_labels_of_the_study_win_and_reach_products_and_controls(built: tuple[Study, StudyPanel]) -> None:
    labels = LabelsConfig(zh={"did": "政策", "supply": "供给工具", "gdp:sum": "GDP之和"}, en={"did": "Zone"})
    names = name_terms(built[1], "zh", labels)
    assert names["did:supply"] == "政策 × 供给工具"
    assert names["gdp:sum"] == "GDP之和"
    assert name_terms(built[1], "en", labels)["did:supply"] == "Zone × supply"
    own = LabelsConfig(zh={"did": "政策", "did:supply": "政策强度"})
    assert name_terms(built[1], "zh", own)["did:supply"] == "政策强度"


def test_a_style_is_chosen_and_what_stands_below_changed(built: tuple[Study, StudyPanel]) -> None:
    study = built[0]
    assert choose_style(study) == STYLES["cn"]
    chosen = choose_style(replace(study, labels=LabelsConfig(style="aer", below="t")))
    assert chosen == replace(STYLES["aer"], below="t")


def test_what_no_table_shows_is_refused(built: tuple[Study, StudyPanel]) -> None:
    study, panel = built
    check_labels(replace(study, labels=LabelsConfig(zh={"did": "政策", "synchronization": "同步性"})), panel)
    for labels, message in (
        (LabelsConfig(en={"dib": "Zone"}), r"study\.toml: unknown term 'dib' in \[labels\.en\]\. Did you mean 'did'\?"),
        (LabelsConfig(style="aea"), r"study\.toml: \[labels\] a table style is one of cn, aer"),
        (LabelsConfig(below="sd"), r"study\.toml: \[labels\] .*'below'"),
    ):
        with pytest.raises(ConfigError, match=message):
            check_labels(replace(study, labels=labels), panel)
