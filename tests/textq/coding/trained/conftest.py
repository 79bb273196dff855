"""A small codebook with a lexicon, coded clauses of a few documents, and a coder that learnt from them."""

import random

import pytest

from textq.coding.rules import RulesCoder
from textq.coding.trained.fit import Lesson, Training, TrainingSpec, fit_model
from textq.coding.trained.model import TrainedCoder
from textq.lexicon.codebook import Codebook, Instrument, Label, Subtype
from textq.lexicon.entry import Entry, Lexicon
from textq.records import CodingUnit

LABEL = Label("类", "class")

ENTRIES = (
    Entry("补助", "money/aid", "anywhere", 2.0),
    Entry("给予~4资金", "money/aid", "pattern", 1.0),
    Entry("grant", "money/aid", "anywhere", 1.5),
    Entry("奖励", "money/prize", "anywhere", 2.0),
    Entry("不得", "law", "anywhere", 1.0),
    Entry("ban", "law", "anywhere", 2.0, must="firm|企业"),
    Entry("本办法所称", "none", "start", 4.0),
    Entry("奖励办法", "", "stop", 1.0),
    Entry("取消", "", "negate", 1.0),
)

SPEC = TrainingSpec(strength=1.5, fewest=2, folds=3, smallest=0.0)

_MEANS = {
    "money/aid": ("给予补助", "拨付资金５万元", "a grant for firms", "给予专项资金"),
    "money/prize": ("给予奖励", "评选先进单位", "an award of 300", "授予称号"),
    "law": ("不得擅自改变", "应当遵守规定", "a ban on firms", "处以罚款"),
    "none": ("本办法所称企业", "自2020年起施行", "是指下列活动", "as defined below"),
}
_NUMBERS = ("第一条 ", "（二）", "3. ", "", "第十条　")
_FILLERS = ("企业", "各单位", "The firm ", "２０２０年", "市政府", "𠀀字", "，", "", "；有关部门")
_CONTEXTS = ("", "第一章 总则", "下列补助：", "Rules of the ban", "重点任务", "奖励办法")


def make_rules(version: str = "1.2") -> RulesCoder:
    money = Instrument("money", LABEL, "d", (Subtype("aid", LABEL, "d"), Subtype("prize", LABEL, "d")))
    law = Instrument("law", LABEL, "d")
    codebook = Codebook("tiny", "7", "zh", (money, law), (), (), Instrument("none", LABEL, "nothing"))
    return RulesCoder(Lexicon("tiny", version, ENTRIES), codebook)


def make_units(n: int, seed: int = 1) -> list[CodingUnit]:
    return [lesson.unit for lesson in make_lessons(n, seed)]


def make_lessons(n: int = 120, seed: int = 1, n_documents: int = 12) -> list[Lesson]:
    """Return clauses of all codes in turn, in documents of several sizes."""
    draw = random.Random(seed)
    lessons = []
    for at in range(n):
        code = tuple(_MEANS)[at % len(_MEANS)]
        pick = draw.choice
        text = pick(_NUMBERS) + pick(_FILLERS) + pick(_MEANS[code]) + pick(_FILLERS) + pick(("。", "：", ""))
        unit = CodingUnit(f"c{at}", text, "", pick(_CONTEXTS), pick(_CONTEXTS))
        lessons.append(Lesson(unit, code, f"d{draw.randrange(n_documents)}"))
    return lessons


@pytest.fixture(scope="session")
def rules() -> RulesCoder:
    return make_rules()


@pytest.fixture(scope="session")
def training(rules: RulesCoder) -> Training:
    return fit_model(make_lessons(), "small", rules, SPEC)


@pytest.fixture(scope="session")
def coder(training: Training, rules: RulesCoder) -> TrainedCoder:
    return TrainedCoder(training.model, rules, "0" * 8)
