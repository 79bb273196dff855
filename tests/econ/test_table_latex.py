"""LaTeX: what is written reads back, no sign is taken for a command, and it compiles where LaTeX is installed."""

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from econ.errors import SpecError
from econ.table import Number, Span, Table, print_rows, unset_minus
from econ.table_latex import read_latex, render_latex
from econ.table_style import STYLES
from econ.tables import tabulate_estimates
from tests.econ.estimates import fit_cities
from tests.econ.hard_tables import HARD


def read_back(table: Table, folder: Path) -> list[list[str]]:
    path = folder / "table.tex"
    path.write_text(render_latex(table), encoding="utf-8")
    return read_latex(path)


def test_every_sign_reads_back(tmp_path: Path) -> None:
    wanted = [[unset_minus(cell) for cell in row] for row in print_rows(HARD)]
    assert read_back(HARD, tmp_path) == wanted


def test_signs_are_escaped() -> None:
    latex = render_latex(
        Table("5 % & more", ("", "a_b"), ((("x^2", "-1"), ("[-0.5, 1]", "2015-03-07")),), ("p < 0.1",))
    )
    assert "5 \\% \\& more" in latex
    assert "a\\_b" in latex
    assert "x\\textasciicircum{}2 & $-$1 \\\\" in latex
    assert "{}[$-$0.5, 1] & 2015-03-07 \\\\" in latex
    assert "p $<$ 0.1" in latex
    assert not re.search(r"(?<!\\)%", latex.partition("\n")[2])


def test_rules_are_three_or_one_more_for_each_block() -> None:
    def count(table: Table) -> dict[str, int]:
        latex = render_latex(table)
        return {rule: latex.count(f"\\{rule}") for rule in ("toprule", "midrule", "cmidrule", "bottomrule")}

    assert count(replace(HARD, block_rules=False)) == {"toprule": 1, "midrule": 1, "cmidrule": 0, "bottomrule": 1}
    assert count(HARD) == {"toprule": 1, "midrule": 2, "cmidrule": 2, "bottomrule": 1}


def test_short_rules_stand_below_their_columns() -> None:
    table = Table("", ("", "a", "b", "c"), ((("r", "1", "2", "3"),),), spans=((Span("A", 1), Span("B", 2)),))
    assert " & A & \\multicolumn{2}{c}{B} \\\\\n\\cmidrule(lr){3-4}\n" in render_latex(table)


def test_label_run_and_remarks() -> None:
    latex = render_latex(HARD, "tab:main_1", "20261122-abc")
    assert "\\label{tab:main_1}" in latex
    comments = [line for line in latex.splitlines() if line.startswith("%")]
    assert comments[2:] == ["% run: 20261122-abc", "% A remark --> with <tags> & 5 % and a line."]
    assert "ctex" in comments[1]
    plain = Table("", ("", "a"), ((("r", "1"),),))
    assert "ctex" not in render_latex(plain)
    assert "\\label" not in render_latex(plain)
    assert "\\caption" not in render_latex(plain)
    with pytest.raises(SpecError, match="a label of LaTeX"):
        render_latex(HARD, "tab:{x}")


def test_wide_tables_are_set_smaller_and_too_wide_ones_say_so() -> None:
    def render(columns: int) -> str:
        row = ("name of a row", *[Number(0.5, 4, ("(", ")"))] * columns)
        return render_latex(Table("", ("", *map(str, range(columns))), ((row,),)))

    def size(columns: int) -> str:
        latex = render(columns)
        return (
            latex.partition("\\begin{threeparttable}\n")[2].partition("\\setlength")[0].partition("\\begin")[0].strip()
        )

    assert [size(columns) for columns in (3, 5, 6, 8)] == ["", "\\small", "\\footnotesize", "\\scriptsize"]
    assert ["turn the page" in render(columns) for columns in (3, 5, 6, 9)] == [False, False, False, True]


@pytest.mark.full
@pytest.mark.skipif(shutil.which("xelatex") is None, reason="needs xelatex")
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_style_compiles(tmp_path: Path, lang: str) -> None:
    fonts = "\\usepackage{ctex}"
    lines = ["\\documentclass[a4paper]{article}", fonts, "\\usepackage{booktabs,threeparttable}", "\\begin{document}"]
    tables = [tabulate_estimates(fit_cities(), style=name, lang=lang, title=name) for name in STYLES]  # type: ignore[arg-type]
    for place, table in enumerate((*tables, HARD)):
        (tmp_path / f"{place}.tex").write_text(render_latex(table, f"tab:{place}"), encoding="utf-8")
        lines.append(f"\\begin{{table}}[p]\\centering\\input{{{place}.tex}}\\end{{table}} \\ref{{tab:{place}}}")
    (tmp_path / "all.tex").write_text("\n".join([*lines, "\\end{document}"]), encoding="utf-8")
    command = ["xelatex", "-interaction=nonstopmode", "-halt-on-error", "all.tex"]
    for _ in range(2):
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
        assert done.returncode == 0, done.stdout.decode(errors="replace")[-2000:]
    log = (tmp_path / "all.log").read_text(encoding="utf-8", errors="replace")
    assert "Missing character" not in log
    assert "undefined" not in log
