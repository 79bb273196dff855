"""The panel of a study → estimate.R, a program for R that estimates the equations again and compares the numbers.

It needs R 3.6 or newer, and uses ``fixest`` (Bergé) or else ``sandwich`` (Zeileis) where they are installed.
"""

import json
from collections.abc import Iterable, Iterator

from textq.export.equations import PAIR, TOLERANCE, Equation, Replication, break_lines, list_covariances, show_exactly

_WIDTH = 110

_TEXTS = ("unit_i", "unit_j", PAIR, "treated_unit", "province_pair", "role")
"""Columns of codes, which are no numbers."""

_HEAD = """\
# 用R重新估计本研究，并与textq的结果比较。textq运行编号：{run_id}
# 运行：Rscript estimate.R；或在RStudio中先把工作目录设为本文件所在的文件夹。读取上一级文件夹中的panel.csv。
# Estimates the study again in R and compares the numbers with textq's. Run of textq: {run_id}
# Run: Rscript estimate.R; or set the working directory to the folder of this file. Reads panel.csv of the folder above.
#
# 装有fixest时用feols；否则用lm（城市对固定效应逐对精确去均值，其余固定效应用虚拟变量）和sandwich::vcovCL。
# Uses feols of fixest if it is installed; else lm (pairs are taken out exactly by subtracting their means, the other
# effects are dummies) and sandwich::vcovCL. TEXTQ_R=lm asks for lm although fixest is there.
"""

_BODY = """
# ---- 数据 / data

script <- sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))
folder <- if (length(script) == 1) dirname(gsub("~+~", " ", script, fixed = TRUE)) else "."
panel_file <- file.path(folder, "..", "panel.csv")
if (!file.exists(panel_file)) {
  stop("panel.csv is not in the folder above this file. Set the working directory to the folder of estimate.R. ",
       "/ 上一级文件夹中没有panel.csv。")
}
if (!isTRUE(l10n_info()[["UTF-8"]])) suppressWarnings(Sys.setlocale("LC_CTYPE", "C.UTF-8"))
header <- names(read.csv(panel_file, fileEncoding = "UTF-8-BOM", check.names = FALSE, nrows = 1))
texts <- intersect(texts, header)
panel <- read.csv(panel_file, fileEncoding = "UTF-8-BOM", check.names = FALSE, na.strings = "",
                  stringsAsFactors = FALSE, colClasses = setNames(rep("character", length(texts)), texts))
if (!identical(names(panel), columns)) {
  stop("panel.csv does not have the columns of this study; was it changed? / panel.csv的列与本研究不符。")
}
names(panel) <- variables

# ---- 函数 / functions

# 一个固定效应各组的编号 / the number of each row's group in an effect
number_groups <- function(rows, by) {
  key <- do.call(paste, c(rows[by], sep = "\\r"))
  match(key, unique(key))
}

# 方程所用的行：没有缺失值，且在任一固定效应的组内不是唯一的一行
# The rows of an equation: no value missing, and not alone in a group of any effect
choose_rows <- function(terms) {
  needed <- unique(c(outcome, terms, unlist(effects), "pair_id"))
  rows <- panel[complete.cases(panel[needed]), needed]
  repeat {
    alone <- rep(FALSE, nrow(rows))
    for (by in effects) {
      group <- number_groups(rows, by)
      alone <- alone | tabulate(group)[group] == 1
    }
    if (!any(alone)) break
    rows <- rows[!alone, ]
  }
  for (place in seq_along(effects)) rows[[paste0("effect_", place)]] <- number_groups(rows, effects[[place]])
  rows
}

# fixest
fit_fixest <- function(rows, terms) {
  equation <- paste(outcome, "~", paste(terms, collapse = " + "))
  if (length(effects)) equation <- paste(equation, "|", paste0("effect_", seq_along(effects), collapse = " + "))
  fit <- function(vcov) {
    fixest::feols(as.formula(equation), data = rows, vcov = vcov, fixef.tol = 1e-10, fixef.iter = 1e5,
                  nthreads = 1, notes = FALSE, warn = FALSE)
  }
  iid <- fit("iid")
  list(b = coef(iid)[terms], iid = sqrt(diag(vcov(iid)))[terms], pair = sqrt(diag(vcov(fit(~pair_id))))[terms])
}

# lm：组数最多的固定效应逐组去均值，其余用虚拟变量；按Frisch–Waugh–Lovell定理，面板不平衡时也精确
# lm: the means of the effect with most groups are taken out, the others are dummies. By the theorem of Frisch, Waugh
# and Lovell this is exact, also where the panel is not balanced.
fit_lm <- function(rows, terms) {
  data <- rows[c(outcome, terms)]
  sizes <- vapply(seq_along(effects), function(place) max(rows[[paste0("effect_", place)]]), 0)
  most <- which.max(sizes)
  if (sum(sizes[-most]) > most_dummies) {
    stop("the effects of this study have too many groups for dummies: install.packages(\\"fixest\\") and run again. ",
         "/ 固定效应组数过多，请安装fixest后再运行。")
  }
  for (place in setdiff(seq_along(effects), most)) {
    dummies <- model.matrix(~ factor(rows[[paste0("effect_", place)]]))[, -1, drop = FALSE]
    colnames(dummies) <- paste0("dummy_", place, "_", seq_len(ncol(dummies)))
    data <- cbind(data, dummies)
  }
  if (length(effects)) {
    group <- rows[[paste0("effect_", most)]]
    data <- as.data.frame(lapply(data, function(values) values - (rowsum(values, group) / tabulate(group))[group]))
  }
  fit <- lm(as.formula(paste(outcome, "~ ", if (length(effects)) "0 + ." else ".")), data = data)
  n <- nrow(rows)
  # fixest的小样本修正，不计嵌套在聚类中的固定效应 / of fixest; effects nested in the clusters do not count
  count_coefficients <- function(counted) {
    if (length(effects)) length(terms) + 1 + sum(sizes[counted] - 1) else length(terms) + 1
  }
  nested <- vapply(seq_along(effects), function(place) {
    all(tapply(rows$pair_id, rows[[paste0("effect_", place)]], function(pairs) length(unique(pairs)) == 1))
  }, TRUE)
  iid <- sqrt(sum(residuals(fit)^2) / (n - count_coefficients(rep(TRUE, length(sizes)))) *
                diag(summary(fit)$cov.unscaled))[terms]
  found <- list(b = coef(fit)[terms], iid = iid)
  if (requireNamespace("sandwich", quietly = TRUE)) {
    n_pairs <- length(unique(rows$pair_id))
    factor <- n_pairs / (n_pairs - 1) * (n - 1) / (n - count_coefficients(!nested))
    clustered <- sandwich::vcovCL(fit, cluster = rows$pair_id, type = "HC0", cadjust = FALSE)
    found$pair <- sqrt(factor * diag(clustered))[terms]
  }
  found
}

# ---- 估计与比较 / estimate and compare

with_fixest <- requireNamespace("fixest", quietly = TRUE) && Sys.getenv("TEXTQ_R") != "lm"
if (with_fixest) {
  how <- paste("fixest", packageVersion("fixest"))
} else if (requireNamespace("sandwich", quietly = TRUE)) {
  how <- paste("lm and sandwich", packageVersion("sandwich"))
  cat("fixest is not used: lm with dummies and sandwich::vcovCL take its place.",
      "/ 未使用fixest，改用lm与sandwich::vcovCL。\\n")
} else {
  how <- "lm"
  cat("Neither fixest nor sandwich is installed: lm takes their place, and errors clustered by pair are not compared.",
      "To compare them: install.packages(\\"fixest\\"). / 没有安装fixest和sandwich，不比较聚类标准误。\\n")
}
cat(R.version.string, "; ", how, "\\n", sep = "")

differing <- among <- apart <- character()
for (equation in equations) {
  rows <- choose_rows(equation$terms)
  cat("\\n", equation$name, ": ", nrow(rows), " rows\\n", sep = "")
  if (nrow(rows) != equation$n) {
    stop("textq used ", equation$n, " rows; was panel.csv changed? / 行数与textq不一致。")
  }
  found <- (if (with_fixest) fit_fixest else fit_lm)(rows, equation$terms)
  for (what in intersect(names(found), names(equation))) {
    wanted <- equation[[what]]
    size <- pmax(abs(wanted), if (what == "b") abs(equation$error) else 0, na.rm = TRUE)
    gap <- abs(found[[what]] - wanted)
    known <- !is.na(wanted)
    shown <- c(b = "coefficient", iid = "classical error", pair = "error clustered by pair")[[what]]
    cat(sprintf("  %-24s %-32s %14.10f %14.10f  %8.1e\\n", shown, equation$terms, wanted, found[[what]], gap)[known],
        sep = "")
    cat(sprintf("  %s of %s: textq has no number; not compared. / textq没有该数，未比较。\\n",
                shown, equation$terms)[!known], sep = "")
    off <- known & (is.na(gap) | gap > tolerance * size)
    differing <- c(differing, sprintf("%s, %s of %s", equation$name, shown, equation$terms)[off])
  }
  # 表中的标准误是否已比较 / whether the errors of the tables were compared
  if (equation$compared %in% names(found)) among <- union(among, equation$printed)
  else apart <- union(apart, equation$printed)
}
if (length(differing)) {
  stop("these numbers are not those of textq: ", paste(differing, collapse = "; "), ". / 以上结果与textq不一致。")
}
cat("\\nAll numbers compared agree with textq's to ", tolerance, " of themselves or of their error. ",
    "/ 所比较的结果均与textq一致。\\n", sep = "")
if (length(among)) {
  shown <- paste(among, collapse = "; ")
  cat("The errors of the tables (", shown, ") are among them. / 表中的标准误（", shown, "）在其中。\\n", sep = "")
}
if (length(apart)) {
  shown <- paste(apart, collapse = "; ")
  cat("The errors of the tables (", shown, ") were not among them. ",
      "/ 表中的标准误（", shown, "）不在其中。\\n", sep = "")
}
"""

_REFUSED = """
# R的函数不能按列表示以下固定效应，因此不重新估计：{effects}
# These effects cannot be named in columns, so that nothing is estimated again: {effects}
cat("Not estimated again: the effects {effects} cannot be named in columns. / 未重新估计。\\n")
"""

_MOST_DUMMIES = 400


def render_r(study: Replication) -> str:
    """Return the program, which reads ``panel.csv`` of the folder above.

    It estimates each equation with ``fixest::feols``, or with ``lm``, and compares coefficients and the errors that
    both programs have (classical, clustered by pair) with textq's; it stops with an error where they differ. It says
    which errors the tables print, and whether they are among those compared.
    """
    head = _HEAD.format(run_id=study.run_id)
    if study.refused:
        return head + _REFUSED.format(effects=", ".join(study.refused))
    return head + "\n".join(["", "# ---- 本研究 / this study", "", *_list_study(study)]) + "\n" + _BODY


def _list_study(study: Replication) -> Iterator[str]:
    yield f"tolerance <- {TOLERANCE}"
    yield f"most_dummies <- {_MOST_DUMMIES}"
    yield f"outcome <- {_quote(study.outcome)}"
    columns = [column for column in study.columns if column.source not in study.only_stata]
    sources = [column.source for column in columns]
    yield from _list_values("columns", sources)
    yield from _list_values("variables", [column.name for column in columns])
    yield from _list_values("texts", [name for name in _TEXTS if name in sources])
    effects = ", ".join(f"c({', '.join(map(_quote, effect.columns))})" for effect in study.effects)
    yield f"effects <- list({effects})"
    yield ""
    yield "# 方程：b系数，error表中的标准误，iid普通标准误，pair聚类到城市对的标准误；"
    yield "# printed表中标准误的算法，compared与之相同的一种（iid或pair；空为不比较）"
    yield "# Equations: b coefficients, error as the tables print it, iid classical, pair clustered by pair;"
    yield "# printed: which errors the tables print; compared: as which of these they are compared, if at all"
    yield "equations <- list("
    for place, equation in enumerate(study.equations, 1):
        yield "  list("
        yield from _list_equation(equation)
        yield "  )" + ("," if place < len(study.equations) else "")
    yield ")"


def _list_equation(equation: Equation) -> Iterator[str]:
    terms = equation.terms
    printed, compared = list_covariances([equation]), equation.compared.get("fixest", "")
    if not compared:
        yield f"    # 表中的标准误为{printed}，本程序不计算，不作比较"
        yield f"    # the tables print {printed}; not computed here, so not compared"
    yield f"    name = {_quote(equation.name)}, n = {equation.nobs},"
    yield f"    printed = {_quote(printed)}, compared = {_quote(compared)},"
    yield f"    terms = c({', '.join(_quote(term.column) for term in terms)}),"
    numbers = {"b": [term.estimate for term in terms], "error": [term.std_error for term in terms]}
    numbers |= {kind: [term.errors["fixest", kind] for term in terms] for kind in equation.list_errors("fixest")}
    for at, (name, values) in enumerate(numbers.items()):
        lines = _list_numbers(name, values)
        yield from lines[:-1]
        yield lines[-1] + ("," if at < len(numbers) - 1 else "")


def _list_numbers(name: str, values: Iterable[float]) -> list[str]:
    words = _separate(show_exactly(value, "NA_real_") for value in values)
    return break_lines(words, first=f"    {name} = c(", then="      ", width=_WIDTH)


def _list_values(name: str, values: Iterable[str]) -> Iterator[str]:
    yield from break_lines(_separate(map(_quote, values)), first=f"{name} <- c(", then="  ", width=_WIDTH)


def _separate(words: Iterable[str]) -> list[str]:
    """Return words with a comma behind each but the last, which closes the bracket."""
    listed = list(words)
    return [*(f"{word}," for word in listed[:-1]), f"{listed[-1] if listed else ''})"]


def _quote(text: str) -> str:
    """Return a text as R writes it, which is as JSON does."""
    return json.dumps(text, ensure_ascii=False)
