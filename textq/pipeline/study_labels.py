"""What a study's tables call its terms, and the style they are printed in."""

from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from econ import words
from econ.errors import EconError
from econ.intensities import DID, PREFIX
from econ.table import Lang
from econ.table_style import TableStyle, find_style
from textq.config import LabelsConfig, Study
from textq.errors import ConfigError
from textq.pipeline.study_panel import OUTCOME, StudyPanel

LANGUAGES: tuple[Lang, ...] = ("en", "zh")

_CONTROLS = {"": "|Δ ln {}|", "log_difference": "|Δ ln {}|", "difference": "|Δ {}|"}


def name_terms(panel: StudyPanel, lang: Lang, labels: LabelsConfig | None = None) -> dict[str, str]:
    """Return what to print for terms, effects, clusters and the outcome.

    Instruments are called as the codebook of the run calls them, did × their scores after both; what the study calls a
    term itself wins.
    """
    given = read_labels(labels, lang)
    instruments = {name: shown.lower() for name, shown in panel.names.get(lang, {}).items()}
    instruments |= {name: given[name] for name in instruments if name in given}
    did = given.get(DID, DID)
    products = {f"{PREFIX}{name}": f"{did} × {shown}" for name, shown in instruments.items()}
    controls = {control: _name_control(control, given) for control in panel.controls}
    return words.name_terms(lang, cities=True) | products | instruments | controls | dict(given)


def read_labels(labels: LabelsConfig | None, lang: Lang) -> Mapping[str, str]:
    """Return what a study calls its terms in a language."""
    return {} if labels is None else {"en": labels.en, "zh": labels.zh}[lang]


def _name_control(control: str, given: Mapping[str, str]) -> str:
    column, _, rule = control.partition(":")
    return _CONTROLS.get(rule, f"{rule}({{}})").format(given.get(column, column))


def choose_lang(study: Study) -> Lang:
    """Return the language of what is written in one: that of the study, else English, whatever the machine's is."""
    return "zh" if study.labels.lang == "zh" else "en"


def choose_style(study: Study) -> TableStyle:
    """Return the style of a study's tables.

    Raises
    ------
    ConfigError
        If the style, or what stands below a coefficient, is not known.
    """
    changes: dict[str, Any] = {"below": study.labels.below} if study.labels.below else {}
    try:
        return replace(find_style(study.labels.style), **changes)
    except EconError as error:
        raise ConfigError(f"{study.path}: [labels] {error}") from error


def check_labels(study: Study, panel: StudyPanel) -> None:
    """Refuse a style that is not known and labels of what no table shows.

    Raises
    ------
    ConfigError
        It names the file, the section, the key, and what is known.
    """
    choose_style(study)
    for lang in LANGUAGES:
        known = _list_terms(study, panel, lang)
        for term in read_labels(study.labels, lang):
            if term not in known:
                close = get_close_matches(term, known, n=1)
                hint = f"Did you mean {close[0]!r}?" if close else f"It knows: {', '.join(known)}."
                raise ConfigError(f"{study.path}: unknown term {term!r} in [labels.{lang}]. {hint}")


def _list_terms(study: Study, panel: StudyPanel, lang: Lang) -> list[str]:
    """Return what can be labelled: terms, instruments, columns of controls, effects, clusters, the outcome."""
    columns = [control.partition(":")[0] for control in panel.controls]
    terms = (
        DID, OUTCOME, *study.estimate.regressors, *name_terms(panel, lang), *columns, *study.estimate.absorb,
        *panel.panel.columns,
    )  # fmt: skip
    return list(dict.fromkeys(terms))
