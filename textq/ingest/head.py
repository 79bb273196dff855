"""The head of an official document: title, number and issuers as printed above the body."""

import re
from dataclasses import dataclass

from textq.ingest.labels import FIELD_LABELS
from textq.lexicon.power import document_type
from textq.notation.blocks import HEAD_LINES, LABELLED, count_head_lines, is_note
from textq.notation.numerals import DATE
from textq.notation.organs import ORGAN, split_organs

_LONGEST_TITLE = 160

_BRACKETS = str.maketrans("﹝﹞［］[]（）()【】", "〔〕〔〕〔〕〔〕〔〕〔〕")
_NUMBER = re.compile(
    r"(?:[\u4e00-\u9fffA-Za-z]{1,14}〔[12][0-9]{3}〕\s*(?:第\s*)?[0-9]{1,5}\s*号)"
    r"|(?:[\u4e00-\u9fff]{0,14}(?:令|公告)(?:[12][0-9]{3}年)?第?\s*[0-9]{1,5}\s*号)"
    r"|(?:[12][0-9]{3}年第\s*[0-9]{1,5}\s*号)"
)
_ORDER_NUMBER = re.compile(r"第\s*[0-9]{1,5}\s*号")
_RED_HEAD = re.compile(rf"(?P<organs>{ORGAN}(?:[ 、]{ORGAN})*)(?:文件|公告|令)?")
_ADOPTION = re.compile(
    rf"(?P<date>{DATE})\s*(?P<place>[\u4e00-\u9fff]{{2,12}}?)第[一二三四五六七八九十]+届(?P<body>人民代表大会(?:常务委员会)?)"
    r"[^。]*?通过"
)
_PROMULGATION = re.compile(
    rf"(?<=[（( ，,；])(?P<date>{DATE}) ?(?P<number>(?P<place>{ORGAN})(?P<body>)令第 ?[0-9]+号)(?:公布|发布)"
)
_DATE_BELOW_TITLE = re.compile(rf"[（(]{DATE}[）)]")
_PREAMBLE = 400
"""The adoption or promulgation of a regulation is told in so many characters at its beginning."""

_VERB = re.compile(r"(?:关于|印发|转发|批转|发布|公布)")
_CONTINUATIONS = ("的通知", "的决定", "的意见", "的批复", "的函", "（试行）", "（暂行）")


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above the body; "" or () where nothing was found.

    ``n_lines`` counts the lines of the head. ``adopted`` is the day on which a regulation was adopted or promulgated,
    or the day in brackets below the title.
    """

    title: str
    doc_number: str
    issuers: tuple[str, ...]
    labelled: dict[str, str]
    adopted: str
    n_lines: int


def read_head(text: str) -> Head:
    """Read the head of a normalised document text."""
    lines = text.split("\n", HEAD_LINES)[:HEAD_LINES]
    lines = lines[: count_head_lines(lines)]
    promulgated = _PROMULGATION.search(text[:_PREAMBLE])
    adopted = _ADOPTION.search(text[:_PREAMBLE]) or promulgated
    title = _find_promulgated(text, lines) or _find_title(lines)
    issuers = title_issuers(title) or _adopting_body(adopted) or _red_head_issuers(lines)
    return Head(
        title=title,
        doc_number=_find_number(lines) or (normalize_number(promulgated["number"]) if promulgated else ""),
        issuers=issuers,
        labelled=_read_labels(lines),
        adopted=adopted["date"] if adopted else next(filter(_DATE_BELOW_TITLE.fullmatch, lines), ""),
        n_lines=len(lines),
    )


def normalize_number(number: str) -> str:
    """Return a document number with the brackets 〔〕 and without blanks (杭政办〔2017〕912号)."""
    return re.sub(r"\s", "", number).translate(_BRACKETS)


def _find_number(lines: list[str]) -> str:
    """Return the first number that has a line to itself, or stands at the end of a red head."""
    for at, line in enumerate(lines):
        number = normalize_number(line[1:-1] if is_note(line) and line[-1:] in "）)" else line)
        if _NUMBER.fullmatch(number):
            return number
        if _ORDER_NUMBER.fullmatch(line) and at and lines[at - 1].endswith(("令", "公告")):
            return normalize_number(lines[at - 1] + line)
    return ""


def _read_labels(lines: list[str]) -> dict[str, str]:
    pairs = (LABELLED.fullmatch(line) for line in lines)
    return {FIELD_LABELS[pair["label"]]: pair["value"] for pair in pairs if pair and pair["label"] in FIELD_LABELS}


def _find_title(lines: list[str]) -> str:
    """Join lines until they end like a title; without such an end, the first line that can be one."""
    labelled = _read_labels(lines).get("title")
    if labelled:
        return labelled
    candidates = _drop_letterhead([line for line in lines if not _is_furniture(line)])
    title = ""
    for at, line in enumerate(candidates):
        title += f" {line}" if _is_next_issuer(title, line) else line
        following = candidates[at + 1] if at + 1 < len(candidates) else ""
        if _is_complete_title(title) and not following.startswith(_CONTINUATIONS):
            return title
        if len(title) > _LONGEST_TITLE:
            break
    return candidates[0] if candidates and len(candidates[0]) <= _LONGEST_TITLE else ""


def _find_promulgated(text: str, lines: list[str]) -> str:
    """Return the title of the regulation that an order (令) promulgates, or ""."""
    ordered = any(_RED_HEAD.fullmatch(line) and line.endswith("令") for line in lines)
    quoted = re.search(r"《([^《》]+)》", text[:_PREAMBLE]) if ordered else None
    return quoted[1] if quoted else ""


def _drop_letterhead(candidates: list[str]) -> list[str]:
    """Leave out issuers on lines of their own above a title that does not go on with 关于 or 印发."""
    at = next((at for at, line in enumerate(candidates) if not split_organs(line)), 0)
    return candidates if at and (_VERB.match(candidates[at]) or title_issuers(candidates[at])) else candidates[at:]


def _is_next_issuer(title: str, line: str) -> bool:
    """Tell whether a line of the title brings a further issuer (商务部 / 海关总署关于……)."""
    return bool(split_organs(title)) and bool(split_organs(line) or title_issuers(line))


def _is_furniture(line: str) -> bool:
    red = _RED_HEAD.fullmatch(line) is not None and line.endswith(("文件", "令", "公告"))
    number = _NUMBER.fullmatch(normalize_number(line)) or _ORDER_NUMBER.fullmatch(line)
    labelled = (pair := LABELLED.fullmatch(line)) is not None and pair["label"] in FIELD_LABELS
    return red or number is not None or labelled or _is_remark(line) or re.fullmatch(DATE, line) is not None


def _is_remark(line: str) -> bool:
    return is_note(line) and not line.startswith(_CONTINUATIONS)


def _is_complete_title(title: str) -> bool:
    balanced = all(title.count(left) == title.count(right) for left, right in ("《》", "（）", "()"))
    carries = re.search(r"印发|转发|批转", title) is not None
    typed = document_type(title) != "" or title.endswith("答复")
    return balanced and typed and (not carries or title.endswith(("通知", "决定", "函")))


def title_issuers(title: str) -> tuple[str, ...]:
    """Return the issuers that a title begins with (商务部 海关总署关于…), or ()."""
    verb = _VERB.search(title)
    answer = re.match(r"(.+?)对.+的(?:答复|批复|复函)$", title)
    if answer and not (verb and verb.start() < answer.end(1)):
        return split_organs(answer[1])
    prefix = title[: verb.start()].strip() if verb else ""
    return split_organs(re.sub(r"等[0-9一二三四五六七八九十]*(?:部门|单位)$", "", prefix))


def _adopting_body(adopted: re.Match[str] | None) -> tuple[str, ...]:
    return split_organs(adopted["place"] + adopted["body"]) if adopted else ()


def _red_head_issuers(lines: list[str]) -> tuple[str, ...]:
    for line in lines:
        red = _RED_HEAD.fullmatch(line)
        if red and line.endswith(("文件", "令", "公告")):
            return split_organs(red["organs"])
    return ()
