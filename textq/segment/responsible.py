"""The bodies responsible for a task: in the cells of a task table, and in the brackets that close a provision."""

import re

RESPONSIBLE_HEAD = re.compile(
    r"(?:.*(?:责任|牵头|主管|主办|主责|协办|配合|承办|承担|实施|落实|负责|参与|参加|协同|支持)"
    r"(?:部门|单位|主体|机构|处室|方|人)"
    r"|(?:牵头|主办|主责|协办|配合|承办|(?:责任|部门|任务|工作|职责)?分工))(?:[（(].*[）)])?"
)
"""The head of a column that names bodies: 责任单位, 牵头部门, 配合单位（排第一位的为牵头单位）."""

_ROLE = r"(?:责任|牵头|主办|主管|协办|配合|承办|实施|落实|参与|参加|协同|负责|主责|共同)"
_ROLES = re.compile(_ROLE)
_LABEL = re.compile(rf"{_ROLE}[\u4e00-\u9fff]{{0,8}}[：:]")
_OPEN, _CLOSE, _NEITHER = r"[（(〔［\[【]", r"[）)〕］\]】]", r"[^（）()〔〕［］\[\]【】\n]"
_INSIDE = rf"(?:{_NEITHER}|[（(]{_NEITHER}{{0,20}}[）)]){{2,300}}"
_BRACKET = re.compile(rf"{_OPEN}(?P<inside>{_INSIDE}){_CLOSE}")
_DUTY = re.compile(
    r"(?:(?:等)?(?:有关|相关)?(?:部门|单位)?(?:按照?|根据)(?:各自)?(?:职责|职能)?(?:分工)?(?:分别|共同)?)?"
    r"(?:分别|共同|具体|联合)?(?:牵头负责|牵头组织|组织实施|分工负责|牵头|主办|负责|配合|参与|参加|协办|承办|落实|实施|指导)"
)
_ENDS_WITH_DUTY = re.compile(rf"(?:{_DUTY.pattern})\Z")
_SEPARATOR = re.compile(r"[、，,；;。：:/|\s]+|等(?:[0-9一二三四五六七八九十]+个?)?(?:和|与|及)?|以及")
_NO_BODY = re.compile(
    r"|各?(?:有关|相关|各|其他|其它)*(?:部门|单位|机构|地区|方面)?(?:和单位|单位)?|按?职责分工|无|略|同上|[-—–/]+|[0-9.．]+"
)
_DEADLINE = re.compile(r"(?:完成|办结|整改|推进|落实)(?:时限|时间|期限|日期)[：:][^；;。）)］\]】]{1,60}[。；;]?")
_RANK = r"[市州盟区县旗](?:[（(][市区县、]{1,3}[）)])?"
_ALL_OF = re.compile(rf"各{_RANK}(?:、{_RANK})+")
"""各区、县（市）政府 is one body."""

_KEPT_TOGETHER = "\0"
_LONGEST_BODY = 40
_LONGEST_DUTY = 300


def split_bodies(cell: str) -> tuple[str, ...]:
    """Return the bodies that a cell names, in order: split at 、，；, blanks and 等; 有关部门 names none."""
    whole = _ALL_OF.sub(lambda found: found[0].replace("、", _KEPT_TOGETHER), _DEADLINE.sub("", cell))
    parts = (_LABEL.sub("", part) for part in _SEPARATOR.split(_LABEL.sub("、", whole)))
    bodies = (_strip_duty(part).replace(_KEPT_TOGETHER, "、") for part in parts)
    return tuple(dict.fromkeys(body for body in bodies if not _NO_BODY.fullmatch(body) and len(body) <= _LONGEST_BODY))


def _strip_duty(part: str) -> str:
    return _ENDS_WITH_DUTY.sub("", part.removeprefix("由"))


def find_responsible(text: str) -> tuple[str, ...]:
    """Return the bodies that brackets behind the sentences of ``text`` make responsible, in order.

    （责任单位：市商务局、市财政局）, （牵头单位：…；配合单位：…）, （市商务局牵头，市财政局配合）, [省商务厅负责]. A
    bracket inside a sentence explains a word and makes nobody responsible.
    """
    if not _ROLES.search(text):
        return ()
    found = (bracket["inside"] for bracket in _BRACKET.finditer(text) if _closes_sentence(text, bracket))
    return tuple(dict.fromkeys(body for inside in found if _names_duty(inside) for body in split_bodies(inside)))


def _closes_sentence(text: str, bracket: re.Match[str]) -> bool:
    before, behind = text[max(0, bracket.start() - 1) : bracket.start()], text[bracket.end() : bracket.end() + 1]
    return before in {"。", "；", ";"} or behind in {"", "。", "；", ";", "\n", "”"}


def read_duty_line(text: str) -> tuple[str, ...]:
    """Return the bodies of a line that does nothing but make them responsible; () for any other line.

    （责任单位：市财政局）, 牵头单位：市商务局.
    """
    whole = _BRACKET.fullmatch(text.rstrip("。；"))
    inside = whole["inside"] if whole else text if _LABEL.match(text) and len(text) <= _LONGEST_DUTY else ""
    return split_bodies(inside) if inside and "。" not in inside[:-1] and _names_duty(inside) else ()


def is_deadline(text: str) -> bool:
    """Tell whether a line does nothing but set the day by which a task is done (完成时限：2021年12月底)."""
    whole = _BRACKET.fullmatch(text)
    return _DEADLINE.fullmatch(whole["inside"] if whole else text) is not None


def _names_duty(inside: str) -> bool:
    """Tell whether words assign a duty: by a label (责任单位：), or behind a list of bodies (…负责)."""
    if inside.startswith(("以下简称", "其中")):
        return False
    return _LABEL.match(inside) is not None or _ENDS_WITH_DUTY.search(inside) is not None
