"""A study's results for other programs: Stata and R files that estimate it again, a workbook, a data package."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from textq.errors import LexiconError
from textq.export.datapackage import write_datapackage
from textq.export.parquet import read_parquet
from textq.export.r_script import render_r
from textq.export.stata import write_dta
from textq.export.stata_script import render_do
from textq.export.workbook import CODEBOOK, Sheet, write_workbook
from textq.lexicon.codebook import Codebook
from textq.lexicon.read import CODEBOOK_NAME, builtin_codebook, read_codebook
from textq.pipeline.study_inputs import Inputs
from textq.pipeline.study_labels import choose_lang
from textq.pipeline.study_replication import plan_replication, prepare_panel, prepare_scores

if TYPE_CHECKING:
    from textq.config import Study
    from textq.pipeline.estimates import StudyResult

FOLDER = "replicate"
WORKBOOK = "data.xlsx"

_SHEETS: Mapping[str, Mapping[str, str]] = {
    "scores": {"en": "a unit, year and instrument, as scored", "zh": "单位、年份与政策工具（得分）"},
    "estimates": {"en": "a regressor of an equation under a covariance", "zh": "某方程某协方差下的回归变量"},
    "intensities": {
        "en": "a treated unit-year, in the unit of the regressors",
        "zh": "处理组单位年份（回归变量的单位）",
    },
    "scales": {"en": "an instrument: what its score was divided by", "zh": "政策工具：得分除以的尺度"},
    "treated_zero": {"en": "a treated unit-year with all scores zero", "zh": "得分全为零的处理组单位年份"},
    "inflation": {"en": "a regressor: its variance inflation", "zh": "回归变量的方差膨胀因子"},
    "dropped": {"en": "something that was left out", "zh": "剔除的内容"},
    "event_study": {"en": "an event time", "zh": "事件时点"},
    "event_study_tests": {
        "en": "a standardisation: the joint test of the leads",
        "zh": "标准化方式：处理前各期的联合检验",
    },
    "placebo": {"en": "a statistic of the placebo test", "zh": "安慰剂检验的统计量"},
    CODEBOOK: {"en": "a code", "zh": "编码"},
}


def write_exports(result: "StudyResult", inputs: Inputs, run_id: str, run_dir: Path) -> None:
    """Write ``replicate/``, ``data.xlsx`` and, over all CSV files that are there by then, ``datapackage.json``.

    So it comes last, after the tables and figures.
    ``replicate/`` holds panel.dta, scores.dta (where the study has scores), estimate.do and estimate.R.
    """
    folder = run_dir / FOLDER
    folder.mkdir()
    _write_stata(result, inputs, run_id, folder)
    plan = plan_replication(result, run_id)
    (folder / "estimate.do").write_text(render_do(plan), encoding="utf-8", newline="\n")
    (folder / "estimate.R").write_text(render_r(plan), encoding="utf-8", newline="\n")
    scored = str(inputs.run.meta["run_id"]) if inputs.run else None
    facts = [("textq estimate", run_id), *([("textq score", scored)] if scored else [])]
    write_workbook(list(_list_sheets(result.study, inputs, run_dir)), run_dir / WORKBOOK, facts=facts)
    write_datapackage(
        run_dir,
        name=f"textq-estimate-{run_id}",
        title=f"textq estimate, run {run_id}",
        sources=[{"title": f"textq score, run {scored}"}] if scored else [],
    )


def _write_stata(result: "StudyResult", inputs: Inputs, run_id: str, folder: Path) -> None:
    lang = choose_lang(result.study)
    notes = [f"textq estimate, run {run_id}", "estimate.do: 变量标签与重新估计 / labels, and the estimates again"]
    panel = prepare_panel(result)
    title = {"en": f"City pairs by year (textq {run_id})", "zh": f"城市对年份面板（textq {run_id}）"}[lang]
    write_dta(panel.frame, folder / "panel.dta", panel.columns, lang=lang, title=title, notes=notes)
    if inputs.scores is not None and result.study.scores is not None:
        scores = prepare_scores(result, inputs.scores)
        title = {"en": f"Scores of units by year (textq {run_id})", "zh": f"单位年份得分（textq {run_id}）"}[lang]
        write_dta(scores.frame, folder / "scores.dta", scores.columns, lang=lang, title=title, notes=notes[:1])


def _list_sheets(study: "Study", inputs: Inputs, run_dir: Path) -> Iterator[Sheet]:
    """Yield the scores, the tables of the run that people read, and the codebook; the panel has files of its own."""
    written = {name: run_dir / f"{name}.parquet" for name in _SHEETS}
    frames = {
        "scores": inputs.run.scores if inputs.run else pd.DataFrame(),
        **{name: read_parquet(path) for name, path in written.items() if path.is_file()},
        CODEBOOK: _list_codes(study, inputs),
    }
    for name, frame in frames.items():
        if len(frame):
            yield Sheet(name, frame, _SHEETS[name])


def _list_codes(study: "Study", inputs: Inputs) -> pd.DataFrame:
    """Return the codes of the run with their names, and their definitions where its codebook is at hand."""
    if inputs.run is None:
        return pd.DataFrame()
    names: Mapping[str, Mapping[str, str]] = inputs.run.meta.get("names", {})
    definitions = _find_definitions(study, str(inputs.run.meta["codebook"]))
    return pd.DataFrame(
        [(code, name.get("zh", ""), name.get("en", ""), definitions.get(code, "")) for code, name in names.items()],
        columns=["code", "zh", "en", "definition"],
    )


def _find_definitions(study: "Study", edition: str) -> dict[str, str]:
    """Return the definition of each code by the study's codebook or the one that comes with textq; none of another."""
    folder = study.scores.codebook if study.scores else None
    try:
        codebook = read_codebook(folder / CODEBOOK_NAME) if folder else builtin_codebook()
    except LexiconError:
        return {}
    return _define_codes(codebook) if codebook.edition == edition else {}


def _define_codes(codebook: Codebook) -> dict[str, str]:
    found = {}
    for instrument in (*codebook.instruments, codebook.none):
        found[instrument.name] = instrument.definition
        found |= {f"{instrument.name}/{one.name}": one.definition for one in instrument.subtypes}
    return found
