"""The title of an official document: which lines of its head make it up, and whom it begins with."""

import re
from collections.abc import Sequence

from textq.ingest.metadata.doc_number import cut_number
from textq.lexicon.power import document_type
from textq.notation.blocks import is_note
from textq.notation.numerals import DATE
from textq.notation.organs import ORGAN, split_organs

LONGEST_TITLE = 160
"""Characters; what goes on for longer without the end of a title is none."""

_RED_END = re.compile(r"(?:文件|公告|通告|命?令|[（(]令[）)])$")
_RED_END_LENGTH = 3
_RED_WORD = "文件"
"""Stands on a line of its own beside the names of a joint issue."""

_ORGAN = re.compile(ORGAN)
_ORDER = re.compile(r"(?!.*关于)[\u4e00-\u9fff、 ]{3,60}(?:令|公告|[（(]令[）)])")
_PATH = re.compile(r"[^。]*(?:[>»›][^。]*|首页)")
"""Where a page stands in its site (首页 > 政务公开 > 文件)."""

_VERB = re.compile(r"(?:关于|印发|转发|批转|发布|公布)")
_CARRIERS = re.compile(r"(?:印发|转发|批转)(?!.*(?:通知|决定|函|批复)》)")
_CARRIED_ENDS = ("通知", "决定", "函", "批复", "公告", "令")
_CONTINUATIONS = re.compile(
    r"(?:的|等[0-9一二三四五六七八九十]*[个项件]?.{0,12}的?)?(?:通知|决定|意见|批复|公告|通告|复?函|令|公报|请示|报告|答复)(?:[（(].*)?"
    r"|[（(](?:试行|暂行|草案|修订|修正|送审稿|征求意见稿|[0-9]{4}年?(?:版|度|修订|[—–\-－~～至])).*"
)
"""Lines that never begin a title: what stands in them belongs to the line above."""

_SHORT_TYPE = 8
"""A line of so few characters that is the name of a type (实施细则, 管理办法) goes on with the title above."""

_JOINT = re.compile(r"等 ?(?:[0-9一二三四五六七八九十]{1,3} ?个?)?(?:部门|单位|部委|委办局|机关)(?:和单位)?$")
_FIRM_END = re.compile(r"的[^的]{0,10}$")
"""A title with 关于 ends "的……"; without it (关于完善监管政策) the next line may go on with it."""

_PAIRS = ("《》", "（）", "()", "〈〉", "“”", "「」")
_QUOTED = re.compile(r"《(?:[^《》]|《[^《》]*》)*》")
_ISSUED = re.compile(r"[^《》]{2,60}(?:印发|发布|公布)《(?P<title>(?:[^《》]|《[^《》]*》)+)》")
_ANSWER = re.compile(r"(?P<organs>.+?)对.+的(?:答复|批复|复函)$")


def cut_red_head(line: str) -> str:
    """Return the names in the line of issuers in red at the top (…人民政府文件, …令); "" if the line is none."""
    end = _RED_END.search(line, max(0, len(line) - _RED_END_LENGTH))
    names = line[: end.start()] if end and len(line) <= LONGEST_TITLE else ""
    return names if all(map(_ORGAN.fullmatch, re.split("[ 、]", names))) else ""


def find_title(lines: Sequence[str], *, beginning: str) -> str:
    """Return the title among the lines of a head; "" if no line can be one.

    Parameters
    ----------
    lines
        The head without the lines of numbers and labels.
    beginning
        The beginning of the text, in which an order names the regulation that it promulgates.
    """
    promulgated = _find_promulgated(lines, beginning)
    if promulgated:
        return promulgated
    candidates = _drop_letterhead([cut_number(line) for line in lines if not _is_furniture(line)])
    for start in range(len(candidates)):
        if title := _join_title(candidates[start:]):
            return title
        if split_organs(candidates[start]) or len(candidates[start]) < _SHORT_TYPE:
            continue
        break
    first = candidates[0] if candidates else ""
    return first if len(first) <= LONGEST_TITLE and "。" not in first else ""


def _join_title(lines: Sequence[str]) -> str:
    """Join lines until they end like a title and the next one does not go on with it; "" without such an end."""
    title, loose = "", ""
    for at, line in enumerate(lines):
        title += f" {line}" if _is_next_issuer(title, line) else line
        following = lines[at + 1] if at + 1 < len(lines) else ""
        if len(title) > LONGEST_TITLE:
            break
        if is_complete_title(title) and not _goes_on(title, following):
            if _is_firm(title):
                return title
            loose = loose or title
    return loose


def _is_firm(title: str) -> bool:
    bare = _QUOTED.sub("", title)
    return "关于" not in bare or _FIRM_END.search(bare) is not None


def _goes_on(title: str, following: str) -> bool:
    if _CONTINUATIONS.fullmatch(following):
        return True
    return len(following) <= _SHORT_TYPE and document_type(following) != "" and not _VERB.match(following)


def _find_promulgated(lines: Sequence[str], beginning: str) -> str:
    """Return the title of the regulation that an order (令) or a congress's announcement promulgates, or ""."""
    heads = [line for line in lines if _ORDER.fullmatch(line)]
    if not any(line.endswith(("令", "令）", "令)")) or "人民代表大会" in line for line in heads):
        return ""
    quoted = _QUOTED.search(beginning)
    return quoted[0][1:-1] if quoted else ""


def _drop_letterhead(candidates: list[str]) -> list[str]:
    """Leave out issuers on lines of their own above a title that does not go on with 关于 or 印发."""
    at = next((at for at, line in enumerate(candidates) if not split_organs(line)), 0)
    return candidates if at and (_VERB.match(candidates[at]) or title_issuers(candidates[at])) else candidates[at:]


def _is_next_issuer(title: str, line: str) -> bool:
    """Tell whether a line of the title brings a further issuer (商务部 / 海关总署关于……)."""
    return bool(split_organs(title)) and bool(split_organs(line) or title_issuers(line))


def _is_furniture(line: str) -> bool:
    red = line == _RED_WORD or cut_red_head(line) != ""
    return red or _is_remark(line) or _PATH.fullmatch(line) is not None or re.fullmatch(DATE, line) is not None


def _is_remark(line: str) -> bool:
    return is_note(line) and _CONTINUATIONS.fullmatch(line) is None


def is_complete_title(title: str) -> bool:
    """Tell whether a title ends like one: brackets closed, a type at its end, 印发… closed by 的通知."""
    balanced = all(title.count(pair[0]) == title.count(pair[1]) for pair in _PAIRS)
    carries = _CARRIERS.search(title) is not None and _ISSUED.fullmatch(title) is None
    return balanced and read_type(title) != "" and (not carries or _ends_carried(title))


def read_type(title: str) -> str:
    """Return the type (文种) at the end of a title; of 某机关印发《…方案》 that of the text issued; else ""."""
    issued = _ISSUED.fullmatch(title)
    return document_type(issued["title"] if issued else title)


def _ends_carried(title: str) -> bool:
    return re.sub(r"[（(][^（()）]*[）)]$", "", title).endswith(_CARRIED_ENDS)


def title_issuers(title: str) -> tuple[str, ...]:
    """Return the issuers that a title begins with (商务部 海关总署关于…), or ()."""
    verb = _VERB.search(title)
    answer = _ANSWER.match(title)
    if answer and not (verb and verb.start() < answer.end("organs")):
        return split_organs(answer["organs"])
    prefix = title[: verb.start()].strip() if verb else ""
    return split_organs(_JOINT.sub("", prefix))
