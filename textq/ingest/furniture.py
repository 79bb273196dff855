"""Lines that belong to a web page, not to the document it shows."""

import re

from textq.ingest.metadata.labels import FIELD_LABELS, OTHER_LABELS

ROW_LABELS = frozenset(FIELD_LABELS) | OTHER_LABELS
"""The labels of the metadata table that publishers print beside a document, those of no field included."""

_REMARK = (
    r"(?:(?:本文|本页)?责任编辑|编辑|审核|作者|(?:信息|文章|稿件|内容)?来源|上一[篇条页]|下一[篇条页]|字[号体](?:大小)?"
    r"|(?:浏览|点击|阅读|访问)(?:数|量|次数)?|分享到?|视力保护色?|主办(?:单位)?|承办(?:单位)?|技术支持|网站标识码"
    r"|版权所有|备案号?|当前位置|所在位置|您(?:现在|当前|所在)?的?位置)"
)
_BUTTON = (
    r"(?:(?:打印|关闭|收藏|分享|保存|推荐)(?:本页|窗口|此页|页面|本文|正文|到)?|返回顶部|回到顶部|我要纠错|纠错|复制链接"
    r"|语音播报|(?:放大|缩小)字[体号]|全文下载|[大中小](?=[】\]）)]))"
)
_CHOICE = (
    r"(?:字[体号]|大|中|小|默认|放大|缩小|T|微信|微博|新浪微博|腾讯微博|QQ空间|扫一扫|手机版|朗读|下载|返回|邮件"
    r"|在看|点赞|赞|留言)"
)
_BUTTONS = rf"[【\[（(]?{_BUTTON}[】\]）)]?[:：|｜/]?"
_CHOICES = rf"[【\[（(]?(?:{_BUTTON}|{_CHOICE})[】\]）)]?[:：|｜/]?"
_LINE = re.compile(
    rf"{_REMARK}[:：].*"
    r"|(?:版权所有|Copyright|©).*|.{0,12}ICP备.*|.{0,8}公网安备.*|网站标识码.*"
    r"|扫一扫.{0,40}|用?手机扫.{0,30}|长按.{0,10}二维码.{0,20}|微信扫一扫.{0,20}"
    r"|相关(?:链接|文档|解读|文件|附件|报道|阅读|新闻|稿件|信息|政策)[:：]?|(?:附件|文档)(?:下载|附件|列表)[:：]?"
    r"|.{0,10}政府网站找错.{0,10}|您是第.{1,12}位访问?者.{0,10}|首页 ?[>»›].{0,100}"
    r"|(?:点击|关注)?上方.{0,3}(?:蓝字|蓝色字).{0,10}|点击(?:上方|下方)?.{0,4}关注(?:我们|公众号).{0,4}"
    r"|阅读原文|预览时标签不可点|继续滑动看下一个|轻触阅读原文"
    rf"|{_BUTTONS}|(?>{_CHOICES})(?: ?(?>{_CHOICES})){{1,30}}+",
    re.IGNORECASE,
)
_DAY = r"[0-9]{4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?(?: ?[0-9]{1,2}:[0-9:]{2,5})?"
_INFO_ITEM = re.compile(
    rf"(?:(?:发布|更新|公开|录入|信息)?(?:时间|日期)[:：] ?)?{_DAY}|{_REMARK}[:：] ?[^ :：]{{0,40}}|{_CHOICES}"
)
_BARE_DAY = re.compile(r"[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日")
_LONGEST_BAR = 200
_LABEL_LINE = re.compile(r"[【\[]?(?P<label>[^:：】\]]{2,20})[】\]]?[:：].{0,200}")


def is_page_furniture(line: str) -> bool:
    """Tell whether a normalised line is a control or a remark of the web page (上一篇：…, 责任编辑：…, 版权所有 …)."""
    return _LINE.fullmatch(line) is not None


def is_info_bar(line: str) -> bool:
    """Tell whether a line above a text says when and by whom it was put up (2019-03-05 10:00 来源：… 大 中 小).

    A line 2019年3月5日 is none: it may be the document's own.
    """
    if len(line) > _LONGEST_BAR or _BARE_DAY.fullmatch(line) or not re.search(_DAY, line):
        return False
    return not _INFO_ITEM.sub("", line).strip(" |｜/:：[]【】()（）")


def is_label(cell: str) -> bool:
    """Tell whether a cell is a label of the metadata table that government pages print above a document."""
    return re.sub(r"[\s:：]", "", cell) in ROW_LABELS


def is_label_line(line: str) -> bool:
    """Tell whether a line pairs such a label with its value (发文字号：国发〔2019〕5号)."""
    found = _LABEL_LINE.fullmatch(line)
    return found is not None and is_label(found["label"])
