"""Hypothesis strategies that several tests share, and the records they need."""

from hypothesis import strategies as st

from textq.records import Document, Source

CHINESE = "零一二三四五六七八九"
LEVELS = ("第{}编　", "第{}章　", "第{}节　", "第{}条　", "{}、", "（{}）", "{arabic}.", "（{arabic}）", "{circled}")
"""How a number is printed at each level of numbering, from the highest to the lowest."""

_SENTENCES = (
    "加大投入。",
    "对企业给予补助；",
    "市商务局、市财政局负责",
    "下列单位给予支持：",
    "违反第五条规定的，按照本办法第三条、第四条处理。",
    "完成1.5亿元，增长2.5%",
    "（以下简称试验区）",
    "总　则",
    "Cross-border e-commerce.",
    "2019年3月28日",
    "杭州市人民政府",
    "附件",
    "抄送：市委各部门。",
    "序号｜任务｜单位",
    "1｜设立基金｜财政局",
)


def make_document(text: str, **known: object) -> Document:
    """Return a document with this text."""
    return Document("d", text, Source("d.txt", "0" * 64), **known)  # type: ignore[arg-type]


def write_mark(level: int, number: int) -> str:
    """Return the mark of ``number`` (1 to 20) at a level of :data:`LEVELS`."""
    tens, ones = divmod(number, 10)
    chinese = ("" if not tens else "十" if tens == 1 else "二十") + (CHINESE[ones] if ones or not tens else "")
    return LEVELS[level].format(chinese, arabic=number, circled=chr(ord("①") + number - 1))


@st.composite
def numbered_texts(draw: st.DrawFn) -> str:
    """Draw a text of lines with marks at random levels, some of them torn apart or run together."""
    pieces = draw(st.lists(_lines(), max_size=25))
    breaks = draw(
        st.lists(st.sampled_from(("\n", "\n\n", "", " ", "\n　　")), min_size=len(pieces), max_size=len(pieces))
    )
    return "".join(piece + end for piece, end in zip(pieces, breaks, strict=True))


@st.composite
def _lines(draw: st.DrawFn) -> str:
    marks = st.builds(write_mark, st.integers(0, len(LEVELS) - 1), st.integers(1, 20))
    mark = draw(st.one_of(st.just(""), marks))
    return mark + draw(st.sampled_from(_SENTENCES) | st.text(alphabet="企业，。；：（）一1. 　", max_size=12))
