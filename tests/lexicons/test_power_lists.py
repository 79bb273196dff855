"""The lists of power: their form, and that they hold together."""

import csv
import hashlib

import pytest

from textq.lexicon.power import ENDING_COLUMNS, ISSUER_COLUMNS, RANK_COLUMNS, builtin_power, read_power
from textq.lexicon.read import builtin_root, read_manifest

FOLDER = builtin_root() / "power"
OUTSIDE = {"npc_office", "judicial", "military", "other"}


def read_list(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("issuers.csv", ISSUER_COLUMNS),
        ("title_endings.csv", ENDING_COLUMNS),
        ("document_types.csv", RANK_COLUMNS),
    ],
)
def test_columns(name, columns):
    assert tuple(read_list(name)[0]) == columns


def test_lists_are_readable():
    assert read_power(FOLDER) == builtin_power()


def test_every_class_is_ranked_or_outside():
    classes = {row["issuer_class"] for row in read_list("issuers.csv")}
    ranked = {row["issuer_class"] for row in read_list("document_types.csv")}
    assert classes - ranked == OUTSIDE
    assert ranked - classes == {"joint_departments"}


def test_every_rank_has_a_source():
    sources = {row["source"] for row in read_list("document_types.csv")}
    assert sources == {"彭纪生、仲为国、孙文祥（2008）", "city rescale", "extension"}


def test_what_is_no_rule_of_the_source_says_why():
    assert all(row["note"] for row in read_list("document_types.csv") if row["source"] == "extension")


def test_each_row_of_issuers_can_be_reached():
    issuers = builtin_power().issuers
    hidden = [issuer.pattern for issuer in issuers if builtin_power().find_issuer(issuer.pattern) != issuer]
    reached = {
        "国务院",
        "国家税务总局",
        "国家外汇管理局",
        "国家金融监督管理总局",
        "国家统计局",
        "中国人民银行",
        "海关总署",
    }
    assert set(hidden) <= reached  # the same words stand before as a whole name


def test_scales_name_central_and_local_classes():
    rows = read_list("document_types.csv")
    central = {row["issuer_class"] for row in rows if row["scale"] == "national"}
    assert central == {"npc", "state_council", "state_council_office", "ministry"}
    assert central.isdisjoint(row["issuer_class"] for row in rows if row["scale"] == "city")


def test_manifest():
    block = read_manifest(builtin_root() / "manifest.toml")["power"]
    assert block["version"]
    assert block["licence"]
    sums = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in FOLDER.glob("*.csv")}
    assert block["sha256"] == sums
