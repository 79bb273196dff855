import numpy as np
import pytest

from textq.coding.trained.features import (
    PLACES,
    SHAPES,
    add_up_classes,
    describe_shapes,
    name_rule_columns,
    number_classes,
    read_units,
    tabulate_rules,
)
from textq.lexicon.chunk import find_bodies
from textq.lexicon.codebook import split_code
from textq.lexicon.match import match_terms
from textq.records import CodingUnit

from .conftest import make_units

UNITS = [
    *make_units(60),
    CodingUnit("empty", ""),
    CodingUnit("number", "第三条　"),
    CodingUnit("all", "给予补助，给予奖励，企业不得", stem="奖励，不得，补助：", heading="补助 不得 奖励"),
    CodingUnit("none", "第一条　本办法所称企业", stem="本办法所称：", heading="本办法所称"),
]


def weigh_plainly(text, rules):
    """Weighted characters of each code, by the plain definition of a match."""
    gains = dict.fromkeys((*rules.codebook.codes, "none"), 0.0)
    for match in match_terms(text, rules.lexicon):
        gains[match.entry.code] += (match.end - match.start) * match.entry.weight
    return gains


def describe_plainly(unit, rules):
    row = {}
    total = dict.fromkeys(("money", "law", "none"), 0.0)
    for place, text, factor in (("text", unit.text, 1), ("stem", unit.stem, 0.75), ("heading", unit.heading, 0.5)):
        for code, gain in weigh_plainly(text, rules).items():
            row[f"{place}:{code}"] = np.log(1 + gain)
            total[split_code(code)[0]] += factor * gain
    everything = sum(total.values())
    winner = max(total, key=total.__getitem__)
    for name, gain in total.items():
        row[f"share:{name}"] = gain / everything if everything else 0
        row[f"winner:{name}"] = float(name == winner and everything > 0)
    row["nothing found"] = float(not everything)
    return row


def test_rule_columns_are_what_their_names_say(rules):
    names = name_rule_columns((*rules.codebook.codes, "none"))
    table = tabulate_rules(read_units(UNITS, rules).scores)
    assert table.dtype == np.float32
    assert table.shape == (len(UNITS), len(names))
    assert len(set(names)) == len(names)
    for unit, row in zip(UNITS, table.tolist(), strict=True):
        expected = describe_plainly(unit, rules)
        assert expected.keys() == set(names)
        assert row == pytest.approx([expected[name] for name in names], abs=1e-6), unit


def test_the_examples_show_evidence_of_every_column(rules):
    assert (tabulate_rules(read_units(UNITS, rules).scores).max(axis=0) > 0).all()


def test_shapes_of_clauses():
    units = [
        CodingUnit("a", "　第五条　对下列企业：", heading="第一章"),
        CodingUnit("b", "（二）给予补助。", stem="下列："),
        CodingUnit("c", "给予补助:  "),
        CodingUnit("d", ""),
        CodingUnit("e", " 第三方给予补助。"),
    ]
    table = describe_shapes(units, np.array(find_bodies([unit.text for unit in units])))
    assert table.dtype == np.float32
    columns = dict(zip([name for name, _ in SHAPES], table.T.tolist(), strict=True))
    assert columns["numbered article"] == [1, 0, 0, 0, 0]
    assert columns["numbered item"] == [0, 1, 0, 0, 0]
    assert columns["has a stem"] == [0, 1, 0, 0, 0]
    assert columns["has a heading"] == [1, 0, 0, 0, 0]
    assert columns["ends with a colon"] == [1, 0, 1, 0, 0]
    assert columns["length"] == pytest.approx([np.log(7) / 4, np.log(6) / 4, np.log(8) / 4, 0, np.log(9) / 4])


def test_no_units(rules):
    reading = read_units([], rules)
    assert tabulate_rules(reading.scores).shape == (0, len(name_rule_columns((*rules.codebook.codes, "none"))))
    assert describe_shapes([], np.zeros(0, dtype=np.int64)).shape == (0, len(SHAPES))


def test_places_are_read_behind_the_number(rules):
    unit = CodingUnit("a", "第五条　一二三四五六七八九十", heading="第一章", stem="下列：")
    reading = read_units([unit], rules)
    assert {place.name: reading.read(place) for place in PLACES} == {
        "text": ["一二三四五六七八九十"],
        "opening": ["一二三四五六七八"],
        "closing": ["三四五六七八九十"],
        "heading": ["第一章"],
        "stem": ["下列："],
    }


def test_places_of_the_text_stand_where_they_say(rules):
    reading = read_units(UNITS, rules)
    for place in PLACES:
        if place.is_in_text:
            for unit, text, start in zip(UNITS, reading.read(place), reading.find_starts(place), strict=True):
                assert unit.text[start : start + len(text)] == text


def test_classes_have_the_sums_of_their_codes():
    codes = ("money/aid", "money/prize", "law", "none")
    assert number_classes(codes).tolist() == [0, 0, 1, 2]
    table = np.array([[0.1, 0.2, 0.3, 0.4], [1, 0, 0, 0]])
    sums = add_up_classes(table, number_classes(codes))
    assert sums.tolist() == [pytest.approx([0.3, 0.3, 0.4]), [1, 0, 0]]
