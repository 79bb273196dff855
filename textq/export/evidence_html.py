"""Coded clauses with their evidence as one HTML page that needs nothing else: no script, no font, no address."""

from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

from textq.atomic import replace_file
from textq.errors import ClauseFileError
from textq.export.evidence import (
    Mark,
    Piece,
    TermCodes,
    cut_pieces,
    find_position,
    join_context,
    list_marks,
    list_term_codes,
    pair_codings,
)
from textq.export.evidence_colours import choose_paint
from textq.export.evidence_context import Lang, explain_context, translate_context
from textq.lexicon.codebook import Codebook
from textq.lexicon.entry import Lexicon
from textq.notation.controls import spell_controls
from textq.records import Coding, CodingUnit

N_OPEN = 100
"""Clauses in one fold of the page; a browser lays out only the folds that are open."""

MAX_CLAUSES = 20_000
"""The most clauses of a page; it has 25 MB then, and browsers take some ten seconds to open it."""

N_KEPT = 8
"""Characters of evidence that stay on one line together with what it speaks for."""

_WORDS: dict[str, dict[Lang, str]] = {
    "title": {"zh": "条款编码与依据", "en": "Coded clauses and their evidence"},
    "clauses": {"zh": "条款", "en": "clauses"},
    "codebook": {"zh": "编码手册", "en": "codebook"},
    "coder": {"zh": "编码员", "en": "coder"},
    "unsure": {"zh": "存疑", "en": "unsure"},
    "only_unsure": {"zh": "只看存疑", "en": "unsure only"},
    "confidence": {"zh": "置信度", "en": "confidence"},
    "secondary": {"zh": "次要", "en": "secondary"},
    "context": {"zh": "上下文依据", "en": "evidence in the context"},
    "legend": {"zh": "上下文依据的含义", "en": "What the evidence in the context is"},
    "numbers": {
        "zh": "依据后的数字 (如 +1.2) 是其使该编码相对于次优编码的对数几率所增加的量。",
        "en": "A number behind evidence (+1.2) is what it adds to the log odds of the code against the next best one.",
    },
    "show": {"zh": "显示", "en": "Show"},
    "names": {"zh": "依据后的类目", "en": "codes behind the evidence"},
    "explanation": {
        "zh": "标出的词语是编码依据, 其后注明所支持的类目。置信度是该编码的概率; 对词表编码员, 是其得分所占比重。",
        "en": "Marked words are the evidence; behind them stands what they speak for. Confidence is the probability of "
        "the code; for a lexicon it is the winner's share of the scores.",
    },
}

_STYLE = r"""
:root{color-scheme:light dark;--ink:#1b1d21;--soft:#5a616b;--page:#fff;--card:#fff;--edge:#d9dde3}
@media(prefers-color-scheme:dark){:root{--ink:#e8eaed;--soft:#a5adb8;--page:#15171a;--card:#1c1f23;--edge:#363b42}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:60rem;padding:1.25rem 1rem 4rem;background:var(--page);color:var(--ink);
font:1rem/1.5 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;overflow-wrap:anywhere}
h1{font-size:1.4rem;line-height:1.3;margin:0 0 .25rem}
.about,.around,.context{color:var(--soft);font-size:.875rem;margin:.25rem 0}
fieldset{display:flex;flex-wrap:wrap;gap:.4rem;margin:.9rem 0;padding:0;border:0}
legend{float:left;padding:.2rem .3rem .2rem 0;font-size:.875rem;color:var(--soft)}
.pick{display:inline-flex;align-items:center;gap:.4em;padding:.2rem .6rem;border:1px solid var(--edge);
border-radius:1rem;font-size:.875rem;background:var(--card);cursor:pointer}
.pick input{margin:0;accent-color:var(--line,var(--ink))}
.pick b,.code,mark{text-decoration:underline 2px var(--kind,solid) var(--line);text-underline-offset:.28em;
text-decoration-skip-ink:none}
.pick b{font-weight:600}
details{border-top:1px solid var(--edge);margin-top:1rem}
summary{padding:.5rem 0;font-size:.875rem;color:var(--soft);cursor:pointer;font-variant-numeric:tabular-nums}
article{margin:0 0 .75rem;padding:.75rem 1rem;background:var(--card);border:1px solid var(--edge);
border-left:.3rem solid var(--line);border-radius:.4rem;content-visibility:auto;contain-intrinsic-size:auto 9rem}
header{display:flex;flex-wrap:wrap;align-items:baseline;gap:.15rem .9rem;font-size:.875rem}
.id{color:var(--soft);font-family:ui-monospace,Consolas,monospace;font-size:.8125rem}
.code{font-weight:650;color:var(--line)}
.sure{display:inline-flex;align-items:center;gap:.4em;font-variant-numeric:tabular-nums}
.sure i{display:inline-block;width:3.5rem;height:.5rem;border:1px solid var(--line);border-radius:.25rem;
background:linear-gradient(var(--line),var(--line)) left/var(--p) 100% no-repeat}
.unsure{padding:0 .4rem;border:1px dashed currentColor;border-radius:.25rem;font-weight:650}
.text{margin:.5rem 0 .25rem;font-size:1.0625rem;line-height:2;white-space:pre-wrap;unicode-bidi:isolate}
mark{padding:.12em .1em;border-radius:.2em;color:inherit;background:var(--ground);-webkit-box-decoration-break:clone;
box-decoration-break:clone}
.kept{white-space:nowrap}
.legend{border:0;margin:0}
.legend summary{padding:.25rem 0}
.legend li{color:var(--soft);font-size:.875rem;margin:.15rem 0}
.legend ul{margin:.25rem 0;padding-left:1.25rem}
mark mark{text-underline-offset:.56em;background:linear-gradient(transparent 50%,var(--ground) 50%)}
mark mark mark{text-underline-offset:.9em}
.for::after{content:"\2060" attr(data-for);margin:0 .3em 0 .2em;font-size:.72em;font-weight:600;font-style:normal;
color:var(--line);white-space:nowrap}
@media print{:root{color-scheme:light}fieldset{display:none}article{break-inside:avoid;content-visibility:visible}
details::details-content{content-visibility:visible;display:block;height:auto}
mark,.sure i{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
"""


def check_page_size(n_clauses: int) -> None:
    """Check that a page can hold so many clauses; worth asking before they are coded.

    Raises
    ------
    ClauseFileError
        If they are too many.
    """
    if n_clauses > MAX_CLAUSES:
        raise ClauseFileError(
            f"{n_clauses:,} clauses are too many for one HTML page, which holds {MAX_CLAUSES:,}. Split the file."
        )


def save_evidence_html(
    path: Path,
    units: Sequence[CodingUnit],
    codings: Sequence[Coding],
    codebook: Codebook,
    lang: Lang = "en",
    lexicon: Lexicon | None = None,
) -> None:
    """Write the page of :func:`render_evidence`; what stood in the file is kept until all is written."""
    with replace_file(path) as stream:
        stream.writelines(render_evidence(units, codings, codebook, lang, lexicon))


def render_evidence(
    units: Sequence[CodingUnit],
    codings: Sequence[Coding],
    codebook: Codebook,
    lang: Lang = "en",
    lexicon: Lexicon | None = None,
) -> Iterator[str]:
    """Yield the parts of an HTML page with each clause, its code, and its evidence marked and named.

    Instruments have their colours and kinds of line by their order in ``codebook``, whose names are shown in ``lang``.
    Terms of ``lexicon`` are shown with their own subtype; what trained coders name in the context is explained.
    Clauses lie in folds of a hundred, of which the first is open, and can be left out by instrument. The page holds no
    script and forbids itself to load anything.

    Raises
    ------
    ClauseFileError
        If there are more clauses than a page can hold.
    ValueError
        If units and codings do not stand in the same order, or evidence lies outside its clause.
    """
    check_page_size(len(units))
    yield from _render_head(codings, codebook, lang)
    pairs = list(pair_codings(units, codings))
    term_codes = list_term_codes(lexicon)
    for first in range(0, len(pairs), N_OPEN):
        fold = pairs[first : first + N_OPEN]
        is_open = " open" if first == 0 else ""
        yield f"<details{is_open}><summary>{first + 1:,}–{first + len(fold):,} / {len(pairs):,}</summary>\n"
        for unit, coding in fold:
            yield _render_clause(unit, coding, codebook, lang, term_codes)
        yield "</details>\n"
    yield "</main></body></html>\n"


def _render_head(codings: Sequence[Coding], codebook: Codebook, lang: Lang) -> Iterator[str]:
    title = _WORDS["title"][lang]
    coders = ", ".join(sorted({coding.coder_id for coding in codings}))
    about = [f"{len(codings):,} {_WORDS['clauses'][lang]}", f"{_WORDS['codebook'][lang]} {codebook.edition}"]
    about += [f"{_WORDS['coder'][lang]} {coders}"] if coders else []
    yield (
        f'<!DOCTYPE html>\n<html lang="{lang}"><head><meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{_STYLE}{_render_colours(codebook)}</style></head>\n<body>\n"
        f'<h1>{title}</h1>\n<p class="about">{_spell(" · ".join(about))}</p>\n'
        f'<p class="about">{_WORDS["explanation"][lang]}</p>\n'
    )
    yield from _render_legend(codings, lang)
    yield from _render_picks(codings, codebook, lang)
    yield "<main>\n"


def _render_legend(codings: Sequence[Coding], lang: Lang) -> Iterator[str]:
    """Yield the meaning of the names in the context of the codings, if any of them has one."""
    explained = explain_context((entry for coding in codings for entry in coding.context), lang)
    if explained:
        yield f'<p class="about">{_WORDS["numbers"][lang]}</p>\n'
        yield f'<details class="legend"><summary>{_WORDS["legend"][lang]}</summary>\n<ul>\n'
        yield from (f"<li>{_spell(f'{name}: {meaning}')}</li>\n" for name, meaning in explained)
        yield "</ul></details>\n"


def _render_colours(codebook: Codebook) -> str:
    """Return the style sheet's part on the instruments: their paints, and what is left out when one is unticked."""
    rules = {"light": "", "dark": ""}
    hidden = "body:has(#unsure:checked) article:not(.open),body:has(#names:not(:checked)) .for{display:none}\n"
    for name in codebook.classes:
        position = find_position(name, codebook)
        key = _name_class(position)
        for theme in rules:
            paint = choose_paint(position, theme)
            rules[theme] += f".{key}{{--ground:{paint.ground};--line:{paint.line};--kind:{paint.kind}}}\n"
        hidden += f"body:has(#pick-{key}:not(:checked)) article.{key}{{display:none}}\n"
    return f"{rules['light']}@media(prefers-color-scheme:dark){{\n{rules['dark']}}}\n{hidden}"


def _render_picks(codings: Sequence[Coding], codebook: Codebook, lang: Lang) -> Iterator[str]:
    """Yield a tick box for each instrument with the number of its clauses, and one for the unsure ones."""
    counts = Counter(_name_class(find_position(coding.instrument, codebook)) for coding in codings)
    yield f"<fieldset><legend>{_WORDS['show'][lang]}</legend>\n"
    for name in codebook.classes:
        key = _name_class(find_position(name, codebook))
        called = _spell(codebook.call(name, lang)[0])
        yield _render_pick(f"pick-{key}", f"<b>{called}</b> {counts[key]:,}", f" {key}", is_set=True)
    if n_unsure := sum(coding.unsure for coding in codings):
        yield _render_pick("unsure", f"{_WORDS['only_unsure'][lang]} {n_unsure:,}", is_set=False)
    yield _render_pick("names", _WORDS["names"][lang], is_set=True)
    yield "</fieldset>\n"


def _render_pick(name: str, shown: str, kind: str = "", *, is_set: bool) -> str:
    ticked = " checked" if is_set else ""
    return f'<label class="pick{kind}"><input type="checkbox" id="{name}"{ticked}> {shown}</label>\n'


def _render_clause(unit: CodingUnit, coding: Coding, codebook: Codebook, lang: Lang, term_codes: TermCodes) -> str:
    key = _name_class(find_position(coding.instrument, codebook))
    around = join_context(unit)
    pieces = cut_pieces(unit.text, list_marks(unit, coding, codebook, term_codes))
    text = "".join(_render_piece(piece, codebook, lang) for piece in pieces)
    spoken = f' lang="{escape(codebook.language)}"'
    parts = [
        f'<article class="{key}{" open" if coding.unsure else ""}"><header>',
        f'<span class="id">{_spell(unit.clause_id)}</span>',
        *_render_code(coding, codebook, lang),
        "</header>",
        f'<p class="around"{spoken}>{_spell(around)}</p>' if around else "",
        f'<p class="text"{spoken} dir="auto">{text}</p>',
    ]
    if coding.context:
        entries = "; ".join(translate_context(entry, lang) for entry in coding.context)
        context = f"{_WORDS['context'][lang]}: {entries}"
        parts.append(f'<p class="context">{_spell(context)}</p>')
    return "".join([*parts, "</article>\n"])


def _render_code(coding: Coding, codebook: Codebook, lang: Lang) -> Iterator[str]:
    yield f'<span class="code" title="{_spell(coding.code)}">{_join_names(coding.code, codebook, lang)}</span>'
    if coding.confidence is not None:
        yield (
            f'<span class="sure" title="{_WORDS["confidence"][lang]}">'
            f'<i style="--p:{coding.confidence:.0%}"></i>{coding.confidence:.2f}</span>'
        )
    if coding.secondary:
        yield f"<span>{_WORDS['secondary'][lang]}: {_join_names(coding.secondary, codebook, lang)}</span>"
    if coding.unsure:
        yield f'<span class="unsure">{_WORDS["unsure"][lang]}</span>'


def _render_piece(piece: Piece, codebook: Codebook, lang: Lang) -> str:
    shown = _spell(piece.text, keep="\n")
    for mark in reversed(piece.marks):
        title = _spell(" ".join(filter(None, (mark.code, mark.weight, mark.found))))
        shown = f'<mark class="{_name_class(find_position(mark.code, codebook))}" title="{title}">{shown}</mark>'
    names = "".join(_render_name(mark, codebook, lang) for mark in piece.ending)
    if names and len(piece.text) <= N_KEPT:
        return f'<span class="kept">{shown}{names}</span>'
    return shown + names


def _render_name(mark: Mark, codebook: Codebook, lang: Lang) -> str:
    """Return what evidence speaks for, as a mark's attribute: it is seen, but not copied along with the text."""
    instrument, subtype = codebook.call(mark.code, lang)
    key = _name_class(find_position(mark.code, codebook))
    return f'<i class="for {key}" data-for="{_spell(f"{subtype or instrument} {mark.weight}".strip())}"></i>'


def _join_names(code: str, codebook: Codebook, lang: Lang) -> str:
    return _spell(" · ".join(filter(None, codebook.call(code, lang))))


def _name_class(position: int | None) -> str:
    return "none" if position is None else f"k{position}"


def _spell(text: str, keep: str = "") -> str:
    """Return ``text`` safe for HTML; control characters are spelt out but for the one in ``keep``."""
    parts = text.split(keep) if keep else [text]
    return escape(keep.join(map(spell_controls, parts)))
