"""The lines of a table's cell: broken by its width, or one body a line."""

import re

_NAME = r"[\u4e00-\u9fff]{1,18}[局委办厅部署院会社府关行司室心队团](?:[（(][^（）()]{1,20}[）)])?"
_BODIES = re.compile(rf"{_NAME}(?:[、，,]{_NAME})*")
_BEGINS_BODY = re.compile("[省市区县州]|国家")
_LONGEST = 120


def lists_bodies(left: str, right: str) -> bool:
    """Tell whether two lines of a cell name bodies, each its own (市商务局 / 市财政局).

    The second must begin as the name of a body does, or as the first: 市场监督 / 管理局 is one name on two lines.
    """
    left, right = left.strip(), right.strip()
    if not left or not right or len(left) > _LONGEST or len(right) > _LONGEST:
        return False
    begins = right[0] == left[0] or _BEGINS_BODY.match(right) is not None
    return begins and _BODIES.fullmatch(left) is not None and _BODIES.fullmatch(right) is not None
