"""Lines that belong to a web page, not to the document it shows."""

import re

from textq.ingest.labels import FIELD_LABELS

_LINE = re.compile(
    r"(?:责任编辑|编辑|作者|来源|上一[篇条页]|下一[篇条页]|字[号体](?:大小)?|(?:浏览|点击|阅读|访问)(?:数|量|次数)?"
    r"|分享到?|视力保护色?|主办(?:单位)?|承办(?:单位)?|技术支持|网站标识码|版权所有|备案号?)[:：].*"
    r"|(?:版权所有|Copyright|©).*|.{0,12}ICP备.*|扫一扫.*|相关(?:链接|文档|解读|文件)[:：]?"
    r"|(?:【?(?:打印|关闭|收藏|返回顶部|分享)(?:本页|窗口|此页|页面)?】? ?)+"
    r"|【?(?:大|中|小)】?(?: ?【?(?:大|中|小)】?)+",
    re.IGNORECASE,
)
_ROW_LABELS = frozenset(FIELD_LABELS) | {
    "索引号", "主题分类", "主题词", "有效性", "时效性", "公文种类", "体裁分类", "组配分类", "服务对象", "关键词",
    "信息分类", "公开方式", "公开范围",
}  # fmt: skip


def is_page_furniture(line: str) -> bool:
    """Tell whether a normalised line is a control or a remark of the web page (上一篇：…, 责任编辑：…, 版权所有 …)."""
    return _LINE.fullmatch(line) is not None


def is_label(cell: str) -> bool:
    """Tell whether a cell is a label of the metadata table that government pages print above a document."""
    return re.sub(r"[\s:：]", "", cell) in _ROW_LABELS
