"""A table of all that a format could take for its own signs."""

from econ.table import Interval, Number, Span, Table

INF = float("inf")
HARD = Table(
    r"5 % & more: a_b $x$ {y} #1 ~ ^ \ <i> | * `c` --- 中文",
    ("变量 [1]", "a_b & c", "(2) 100 %", "x|y"),
    (
        (
            ("did × $supply_1$ <b>", Number(-0.5, 4, stars="***"), Number(0.00001, 4), ""),
            ("", Number(-2.25, 2, ("(", ")")), Interval(-0.5, INF, 3), Interval(-0.25, 0.5, 3)),
            ("[bracket] *star* -- and ---", Number(float("nan"), 3), "-0.5 to -1", "2015-03-07"),
            ("α β Σ ± ∞ ≤ ≥ ≠ → · … — –", Number(0.123, 3, stars="†"), Number(1.5, 1, stars="+"), "R²"),
        ),
        (("*", "a\\b", "{c} ~d ^e", "`f`"), ("观测值", Number(1234567, 0, grouped=True), "是", "–")),
    ),
    ("[a] 100 % of p < 0.1 & q > 0.2 <!-- x -->.", "注：***、**、*。"),
    spans=((Span("", 1), Span("a | b & 50 %", 2)), (Span("组 [1]", 3),)),
    remarks=("A remark --> with <tags> & 5 %\nand a line.",),
)
