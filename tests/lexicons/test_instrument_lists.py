import csv
import hashlib
import json
from collections import Counter
from pathlib import Path

import pytest

from textq.coding.rules import RulesCoder
from textq.lexicon.check import GRADES, check_lexicon
from textq.lexicon.check_codebook import check_codebook
from textq.lexicon.codebook import Example, Subtype, split_code
from textq.lexicon.examples import FILE as EXAMPLES
from textq.lexicon.examples import read_cases, run_cases
from textq.lexicon.fold import fold
from textq.lexicon.match import match_terms
from textq.lexicon.read import COLUMNS, builtin_codebook, builtin_lexicon, builtin_root, read_manifest
from textq.records import CodingUnit

FOLDER = builtin_root() / "instruments"
MANIFEST = builtin_root() / "manifest.toml"
FILES = sorted(FOLDER.glob("*.csv"), key=lambda path: path.name)
LONGEST = 12
"""Characters of a term; a longer one would be a piece of a text."""

RUN = 13
"""Characters that two texts may not share."""

OWNED = ("codebook", "instruments")


def read_file(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_there_is_a_file_an_instrument_and_two_more() -> None:
    assert {path.stem for path in FILES} == {*builtin_codebook().instrument_names, "none", "stoppers"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_columns_and_line_ends(path: Path) -> None:
    data = path.read_bytes()
    assert data.decode("utf-8").split("\n", 1)[0] == ",".join(COLUMNS)
    assert b"\r" not in data
    assert data.endswith(b"\n")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_holds_the_codes_it_is_named_after(path: Path) -> None:
    names = {split_code(row["code"])[0] or "stoppers" for row in read_file(path)}
    assert names == {path.stem}


def test_a_term_stands_once_with_the_same_guards_and_has_one_code() -> None:
    rows = [row for path in FILES for row in read_file(path)]
    terms = Counter((fold(row["term"]), row["match"] == "start", row["must"], row["must_not"]) for row in rows)
    assert [term for term, count in terms.items() if count > 1] == []
    codes: dict[tuple[str, bool], set[str]] = {}
    for row in rows:
        codes.setdefault((fold(row["term"]), row["match"] == "start"), set()).add(row["code"])
    assert {term: held for term, held in codes.items() if len(held) > 1} == {}


def test_terms_are_short_and_weights_are_grades() -> None:
    entries = builtin_lexicon().entries
    assert [entry.term for entry in entries if entry.match != "pattern" and len(entry.term) > LONGEST] == []
    assert [entry.term for entry in entries if entry.weight not in GRADES] == []


def test_lexicon_has_neither_errors_nor_warnings() -> None:
    findings = check_lexicon(builtin_lexicon(), builtin_codebook(), read_manifest(MANIFEST)["instruments"])
    assert [finding for finding in findings if finding.level != "note"] == []


def test_codebook_has_no_findings() -> None:
    assert check_codebook(builtin_codebook()) == ()


def test_examples_of_the_entries_come_out_as_they_say() -> None:
    lexicon, codebook = builtin_lexicon(), builtin_codebook()
    cases = read_cases(FOLDER / EXAMPLES, codebook, lexicon)
    outcomes = run_cases(cases, lexicon, RulesCoder(lexicon, codebook).code)
    assert [outcome for outcome in outcomes if not outcome.passed] == []
    assert {case.kind for case in cases} == {"positive", "negative"}


def test_most_patterns_have_an_example() -> None:
    shown = {case.entry for case in read_cases(FOLDER / EXAMPLES, builtin_codebook(), builtin_lexicon())}
    patterns = {entry.term for entry in builtin_lexicon().entries if entry.match == "pattern"}
    assert len(patterns & shown) > len(patterns) / 2


def test_no_clause_of_the_gold_standard_is_an_example(shared: Path) -> None:
    texts = [example.text for example in builtin_codebook().examples]
    texts += [case.unit.text for case in read_cases(FOLDER / EXAMPLES, builtin_codebook(), builtin_lexicon())]
    own = {run: text for text in texts for run in list_runs(text)}
    files = [path.read_text(encoding="utf-8") for path in (shared / "gold").glob("*.jsonl")]
    rows = [json.loads(line) for text in files for line in text.split("\n") if line]
    assert rows
    copied = {own[run] for row in rows for run in own.keys() & list_runs(row["text"])}
    assert copied == set()


def list_runs(text: str) -> set[str]:
    """Return the runs of 13 characters in a text, blanks left out."""
    letters = "".join(text.split())
    return {letters[at : at + RUN] for at in range(len(letters) - RUN + 1)}


def test_no_term_both_begins_a_clause_and_stands_anywhere_with_another_code() -> None:
    codes = {entry.term: entry.code for entry in builtin_lexicon().entries if entry.match == "anywhere"}
    starts = [entry for entry in builtin_lexicon().entries if entry.match == "start"]
    assert [entry.term for entry in starts if codes.get(entry.term, entry.code) != entry.code] == []


def test_every_code_has_at_least_five_terms() -> None:
    counts = Counter(entry.code for entry in builtin_lexicon().entries)
    assert {code: counts[code] for code in builtin_codebook().codes if counts[code] < 5} == {}


def test_every_stopper_has_a_note_or_shields_a_term() -> None:
    entries = builtin_lexicon().entries
    terms = [entry.term for entry in entries if entry.code]
    idle = [e.term for e in entries if e.match == "stop" and not e.note and not any(t in e.term for t in terms)]
    assert idle == []


@pytest.mark.parametrize("block", OWNED)
def test_manifest_names_version_language_source_and_licence(block: str) -> None:
    entry = read_manifest(MANIFEST)[block]
    assert all(entry[key].strip() for key in ("version", "language", "source", "licence"))
    assert entry["codes"] == [*builtin_codebook().instrument_names, "none"]


@pytest.mark.parametrize("block", OWNED)
def test_manifest_sums_are_those_of_the_files(block: str) -> None:
    listed = read_manifest(MANIFEST)[block]["sha256"]
    files = [builtin_root() / "codebook.yaml"] if block == "codebook" else [*FILES, FOLDER / EXAMPLES]
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    assert listed == found


def test_manifest_and_codebook_agree_on_the_version() -> None:
    assert read_manifest(MANIFEST)["codebook"]["version"] == builtin_codebook().version


@pytest.mark.parametrize("example", builtin_codebook().examples, ids=lambda example: example.text[:20])
def test_examples_of_the_codebook_are_coded_as_they_say(example: Example) -> None:
    (coding,) = RulesCoder(builtin_lexicon(), builtin_codebook()).code([CodingUnit("x#1", example.text)])
    assert (coding.instrument, coding.subtype) == split_code(example.code)


@pytest.mark.parametrize(
    "subtype", [s for one in builtin_codebook().instruments for s in one.subtypes], ids=lambda s: s.name
)
def test_every_subtype_is_explained_by_two_examples(subtype: Subtype) -> None:
    own = [example for example in subtype.examples if split_code(example.code)[1] == subtype.name]
    assert len(own) >= 2
    assert subtype.includes


@pytest.mark.parametrize(
    ("text", "absent"),
    [
        ("保护消费者权益，", "消费"),
        ("属于不准入境的物品，", "准入"),
        ("依照行政许可法办理，", "许可"),
        ("印发宣传品，", "宣传"),
        ("取消原有的财政补贴，", "补贴"),
        ("自本办法施行之日起，不再执行原有奖励政策，", "奖励"),
    ],
)
def test_traps_of_keyword_counting_give_no_evidence(text: str, absent: str) -> None:
    (coding,) = RulesCoder(builtin_lexicon(), builtin_codebook()).code([CodingUnit("x#1", text)])
    assert absent not in [span.label for span in coding.evidence]


@pytest.mark.parametrize(
    "text",
    [
        "对企业给予设备补贴，对居民发放消费券。",
        "对企业给予补贴，发放消费券。",
        "对企业给予设备补贴，对居民发放购车补贴。",
    ],
)
def test_a_subsidy_beside_one_for_consumers_is_found_with_it(text: str) -> None:
    found = {match.entry.code for match in match_terms(text, builtin_lexicon())}
    assert {"supply/funding", "demand/consumer"} <= found


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("信息共享体系。统一信息标准，实现企业、平台与监管部门信息互联互通。", "supply/information"),
        ("智能物流体系。完善物流通道，建设国际物流枢纽和公共仓储设施。", "supply/infrastructure"),
        ("金融服务体系。推动金融机构与第三方支付机构提供在线支付结算、融资、保险服务。", "environment/finance"),
        ("电商信用体系。建立企业信用评价制度，实施分类监管和失信惩戒。", "environment/regulation"),
        ("风险防控体系。建立风险监测和预警机制，防控交易风险。", "environment/regulation"),
        ("建设国际贸易单一窗口和线上综合服务平台。", "supply/information"),
        ("布局建设线下产业园区，引导企业入驻。", "supply/infrastructure"),
        ("支持企业在重点市场布局海外仓。", "demand/overseas"),
        ("在重点市场布局建设 10 个海外仓。", "demand/overseas"),
        ("布局 5 个国家实验室。", "supply/technology"),
        ("布局三座变电站。", "supply/infrastructure"),
        ("优化城乡产业布局。", "environment/planning"),
        ("打击侵犯知识产权和制售假冒伪劣商品行为。", "environment/ip"),
        ("打击走私违法活动。", "environment/regulation"),
        ("规范商标标识的使用。", "environment/ip"),
        ("财政安排专项资金发放汽车消费补贴，每辆补贴三千元。", "demand/consumer"),
        ("对居民购买新能源汽车给予购车补贴。", "demand/consumer"),
        ("对符合条件的企业给予补贴。", "supply/funding"),
        ("提高贸易便利化水平，对低风险货物快速查验放行。", "environment/regulation"),
        ("推进通关便利化，压缩通关时间。", "environment/regulation"),
        ("发展市场采购贸易，推进贸易便利化。", "demand/trade"),
        ("从业人员应当经培训合格，具备相应技能。", "environment/regulation"),
        ("组织开展从业人员培训。", "supply/talent"),
        ("主管部门应当将经费用于教师培训。", "supply/funding"),
        ("应当为经济困难的人员提供培训。", "supply/service"),
        ("各地应当对经营主体开展培训。", "supply/talent"),
        ("打击假冒种子，支持企业引进人才。", "environment/regulation"),
        ("打击欺诈骗保，保护版权。", "environment/regulation"),
        ("打击假冒他人注册商标的行为。", "environment/ip"),
        ("加强产品标识和版权保护工作。", "environment/regulation"),
        ("予以购车补贴。", "demand/consumer"),
        ("给予购车居民一次性购车补贴。", "demand/consumer"),
        ("布局一条主线、两个中心。", "environment/planning"),
        ("布局一批重大项目。", "environment/planning"),
        ("布局三个数据中心。", "supply/information"),
    ],
)
def test_typical_clauses_of_pilot_zones(text: str, code: str) -> None:
    (coding,) = RulesCoder(builtin_lexicon(), builtin_codebook()).code([CodingUnit("x#1", text)])
    assert (coding.instrument, coding.subtype) == split_code(code)
