"""Official documents made at random, with the clauses that they must fall into."""

from dataclasses import dataclass, field
from random import Random

from tests.strategies import CHINESE

SENTENCES = (
    "设立专项资金，给予补助。",
    "违反第五条规定的，按照本办法第三条、第四条处理。",
    "完成投资1.5亿元，增长3.5%。",
    "支持企业在一、二线城市设立展示中心，10月1日前完成。",
    "推行“双随机、一公开”监管，落实《电子商务法》第三条 第四条的规定。",
    "到2020年，建成5个园区；5、6月份组织验收。",
    "（以下简称综试区）的企业参照执行。",
    "“第一条　旧文”不再适用。",
    "首先，摸清底数。其次，建立台账。第一，分类；第二，施策。",
    "本办法所称“企业，是指依法登记的单位。",
    "对（一）、（二）项所列单位给予贴息。",
)
"""Single sentences, most of them with something that looks like a mark or leaves a quotation open."""

PARAGRAPHS = (
    "一、二线城市的企业参照执行。",
    "5、6月份组织验收。",
    "1.5亿元资金已经到位，3.5%用于培训。",
    "第三条规定的企业应当登记。",
    "2020. 年度安排另行通知。",
    "10月1日起受理申请。",
    "第一、二条所列情形除外。",
    "各地要加强领导，落实责任。",
    "——建成公共海外仓。",
)
TITLES = ("加强组织领导", "资金支持", "重点任务", "人才和培训", "总体要求", "附则")
STEMS = ("对下列企业给予支持：", "应当符合下列条件：", "包括:", "有下列情形之一的，不予补助：")
DUTIES = (
    ("", ()),
    ("（责任单位：市商务局、市财政局）", ("市商务局", "市财政局")),
    ("（牵头单位：市商务局；配合单位：市财政局、杭州海关）", ("市商务局", "市财政局", "杭州海关")),
    ("（市商务局牵头，市财政局配合）", ("市商务局", "市财政局")),
    ("[省商务厅负责]", ("省商务厅",)),
)
BODIES = ("杭州市商务局", "杭州市财政局", "杭州海关", "杭州市人民政府办公室")

STYLES: dict[str, tuple[str, ...]] = {
    "first": ("{c}、", "{c}．", "{c}. "),
    "second": ("（{c}）", "({c})", "〔{c}〕", "（{c}）、", "（{c})"),
    "third": ("{a}.", "{a}．", "{a}、", "{w}．", "{a}. "),
    "fourth": ("（{a}）", "({a})", "{a}）", "{a})", "（{w}）"),
    "fifth": ("{o}",),
    "capital": ("{A}.", "{A}、", "（{A}）", "{A}）"),
    "letter": ("{l})", "{l}. ", "({l})"),
    "roman": ("{R}.", "{R}、"),
    "article": ("第{c}条　", "第{c}条 ", "第{a}条 "),
}
USUAL = ("first", "second", "third", "fourth", "fifth")


@dataclass(frozen=True, slots=True)
class Expected:
    """What one clause must be."""

    kind: str
    text: str
    division: tuple[str, ...] = ()
    heading: str = ""
    stem: str = ""
    responsible: tuple[str, ...] = ()


@dataclass(slots=True)
class Writer:
    """Writes one document line by line, with what is expected of each."""

    random: Random
    expected: list[Expected] = field(default_factory=list)
    styles: dict[str, str] = field(default_factory=dict)
    annex: tuple[str, ...] = ()

    def add(
        self, kind: str, text: str, *above: str, heading: str = "", stem: str = "", bodies: tuple[str, ...] = ()
    ) -> None:
        """Add one clause; a paragraph of an annex is of the kind annex."""
        kind = "annex" if kind == "paragraph" and self.annex else kind
        self.expected.append(Expected(kind, text, (*self.annex, *above), heading, stem, bodies))

    def mark(self, level: str, number: int) -> str:
        """Return the mark of a level in the style that this document uses for it."""
        style = self.styles.setdefault(level, self.random.choice(STYLES[level]))
        return style.format(
            c=to_chinese(number),
            a=number,
            w="".join(chr(ord(digit) + 0xFEE0) for digit in str(number)),
            o=to_circled(number),
            A=chr(ord("A") + number - 1),
            l=chr(ord("a") + number - 1),
            R=chr(ord("Ⅰ") + number - 1),
        )


def to_chinese(number: int) -> str:
    """Return a number below 1,000 in Chinese."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = f"{CHINESE[hundreds]}百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else CHINESE[tens]) + "十"
    elif hundreds and ones:
        text += "零"
    return text + (CHINESE[ones] if ones or not number else "")


def to_circled(number: int) -> str:
    """Return the circled digit of a number from 1 to 50."""
    return (
        chr(ord("①") + number - 1)
        if number <= 20
        else chr((ord("㉑") - 21 if number <= 35 else ord("㊱") - 36) + number)
    )


def make(seed: int) -> tuple[str, str, list[Expected]]:
    """Return the text of a random document, its title, and its clauses."""
    random = Random(seed)
    writer = Writer(random)
    title = "杭州市人民政府办公厅关于印发行动计划的通知"
    if random.random() < 0.8:
        write_head(writer, title)
    write_regulation(writer) if random.random() < 0.4 else write_plan(writer)
    if random.random() < 0.7:
        write_foot(writer)
    for number in range(1, random.randrange(3) + 1):
        write_annex(writer, number)
    if random.random() < 0.4:
        writer.annex = ()
        writer.add("cc", "抄送：市委各部门，杭州海关。")
        writer.add("cc", "杭州市人民政府办公厅2019年3月29日印发")
    ends = [random.choice(("\n", "\n\n", "\n　　", " \n")) for _ in writer.expected]
    text = "".join(one.text + end for one, end in zip(writer.expected, ends, strict=True))
    return text, title, writer.expected


def write_head(writer: Writer, title: str) -> None:
    """Write title, number, addressee and contents."""
    writer.add("heading", title)
    writer.add("heading", "杭政办〔2019〕912号")
    if writer.random.random() < 0.7:
        writer.add("cc", writer.random.choice(("各区、县（市）人民政府，市政府各部门：", "各有关单位:")))
    writer.add("paragraph", "经市政府同意，现印发给你们，请认真贯彻执行。")


def write_foot(writer: Writer) -> None:
    """Write the list of annexes and the signature."""
    random = writer.random
    if random.random() < 0.5:
        writer.add("signature", random.choice(("附件：1.任务分工表", "附：1.任务分工表")))
        writer.add("signature", "2.指标体系")
    bodies = random.sample(BODIES, random.randint(1, 3))
    date = random.choice(("2019年3月28日", "二〇一九年三月二十八日", "（2019年3月28日）"))
    names = (
        ["　".join(bodies)] if random.random() < 0.5 else [body + random.choice(("", "（印章）")) for body in bodies]
    )
    for line in random.choice(([*names, date], [date, *names], [f"{bodies[0]} {date.strip('（）')}"])):
        writer.add("signature", line)
    if random.random() < 0.5:
        writer.add("signature", random.choice(("（此件公开发布）", "此件公开发布")))


def write_regulation(writer: Writer) -> None:
    """Write chapters and articles, which count through; some were inserted or are missing."""
    random = writer.random
    number, chapters = 0, random.randrange(4)
    for chapter in range(1, max(1, chapters) + 1):
        above: tuple[str, ...] = ()
        heading = ""
        if chapters:
            heading = f"第{to_chinese(chapter)}章{random.choice('　 ')}{random.choice(TITLES)}"
            above = (heading[: heading.index("章") + 1],)
            writer.add("heading", heading, *above)
        for _ in range(random.randint(1, 4)):
            number += random.choice((1, 1, 1, 1, 2, 90)) if number < 100 else 1
            write_article(writer, number, above, heading)


def write_article(writer: Writer, number: int, above: tuple[str, ...], heading: str) -> None:
    """Write an article with its items and paragraphs (款)."""
    random = writer.random
    mark = writer.mark("article", number)
    inserted = f"第{to_chinese(number)}条之{to_chinese(random.randint(1, 12))}　" if random.random() < 0.1 else ""
    path = (*above, (inserted or mark).strip("　 "))
    if random.random() < 0.4:
        text = (inserted or mark) + random.choice(STEMS)
        writer.add("stem", text, *path, heading=heading)
        write_items(writer, ["second", "third", "fourth"], path, heading, text)
    else:
        text = (inserted or mark) + random.choice(SENTENCES)
        duty, bodies = random.choice(DUTIES)
        writer.add("provision", text + duty, *path, heading=heading, bodies=bodies)
    for paragraph in range(2, random.randint(1, 3) + 1):
        writer.add("paragraph", random.choice(PARAGRAPHS), *path, f"第{to_chinese(paragraph)}款", heading=heading)


def write_items(writer: Writer, levels: list[str], above: tuple[str, ...], heading: str, stem: str) -> None:
    """Write the items of a stem; some are stems themselves, some go on with a paragraph."""
    random = writer.random
    count = random.randint(2, 4)
    for number in range(1, count + 1):
        mark = writer.mark(levels[0], number)
        path = (*above, mark.strip("　 "))
        if len(levels) > 1 and random.random() < 0.25:
            text = mark + "设立公共海外仓的企业，包括："
            writer.add("stem", text, *path, heading=heading, stem=stem)
            write_items(writer, levels[random.randint(1, len(levels) - 1) :], path, heading, text)
            continue
        writer.add("item", mark + random.choice(SENTENCES), *path, heading=heading, stem=stem)
        if number < count and random.random() < 0.2:
            writer.add("paragraph", "前项所列企业应当登记。", *path, heading=heading)


def write_plan(writer: Writer) -> None:
    """Write a plan whose levels stand in the usual order, some skipped, or in an order of its own."""
    random = writer.random
    depth = random.randint(1, 4)
    if random.random() < 0.6:
        levels = sorted(random.sample(USUAL, depth), key=USUAL.index)
    else:
        levels = random.sample((*USUAL, "capital", "letter", "roman"), depth)
    write_sections(writer, levels, (), "")


def write_sections(writer: Writer, levels: list[str], above: tuple[str, ...], heading: str) -> None:
    """Write the divisions of one level, at least two, with all below them."""
    random = writer.random
    for number in range(1, random.randint(2, 23 if len(levels) == 1 and levels[0] == "fifth" else 4) + 1):
        mark = writer.mark(levels[0], number)
        path = (*above, mark.strip("　 "))
        if len(levels) > 1:
            title = mark + random.choice(TITLES)
            writer.add("heading", title, *path, heading=heading)
            write_sections(writer, levels[1:], path, f"{heading} / {title}" if heading else title)
            continue
        kind = random.random()
        if kind < 0.15:
            write_amendment(writer, mark, path, heading)
            continue
        duty, bodies = random.choice(DUTIES)
        writer.add("provision", mark + random.choice(SENTENCES) + duty, *path, heading=heading, bodies=bodies)
        if kind > 0.85:
            writer.add("paragraph", random.choice(PARAGRAPHS), *path, heading=heading)


def write_amendment(writer: Writer, mark: str, path: tuple[str, ...], heading: str) -> None:
    """Write a provision that quotes new articles over several lines."""
    opening, closing = writer.random.choice(("“”", "「」", "『』"))
    quoted = ["第五条　市人民政府设立资金，按照“一事一议”办理。", "（一）补助；", "（二）贴息。"]
    again = writer.random.choice(("", opening))
    lines = [opening + quoted[0], *(again + line for line in quoted[1:])]
    lead = f"{mark}将第五条修改为："
    text = f"{lead}\n" if writer.random.random() < 0.3 else lead
    writer.add("provision", text + "\n".join(lines) + closing, *path, heading=heading)


def write_annex(writer: Writer, number: int) -> None:
    """Write an annex: its mark, a title, and a task table or numbered text."""
    random = writer.random
    mark = random.choice(
        (f"附件{number}", f"附件 {number}", f"附表{to_chinese(number)}", f"附录{number}", f"附 {number}")
    )
    writer.annex = (mark,)
    writer.add("heading", mark)
    writer.add("heading", "任务分工表")
    if random.random() < 0.6:
        write_table(writer)
        return
    writer.add("annex", "为了做好工作，制定本表。")
    writer.styles = {}
    write_sections(writer, [random.choice(USUAL)], (), "")


def write_table(writer: Writer) -> None:
    """Write a task table: numbered heads, an empty cell below one that spans rows, a total."""
    random = writer.random
    heads, columns = random.choice(
        (("序号｜任务｜责任单位", (2,)), ("序号｜2019年目标｜牵头部门｜配合单位", (2, 3)), ("任务｜主办｜协办", (1, 2)))
    )
    writer.add("heading", heads)
    last = [""] * len(heads.split("｜"))
    for number in range(1, random.randint(2, 5) + 1):
        cells = [str(number)] + [random.choice(("设立基金", "增长10%")) for _ in last[1:]]
        for column in columns:
            cells[column] = random.choice(("市商务局、市财政局", "杭州海关，市税务局", "市发改委 市科技局", ""))
            last[column] = cells[column] or last[column]
        bodies = [
            body for column in columns for body in last[column].replace("，", "、").replace(" ", "、").split("、")
        ]
        unique = tuple(dict.fromkeys(body for body in bodies if body))
        writer.add("annex", "｜".join(cells), stem=heads, bodies=unique)
    if random.random() < 0.4:
        writer.add("note", "｜".join(["合计", *(["100"] * (len(last) - 1))]), stem=heads)
