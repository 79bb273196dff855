"""Real regulations, which are not part of the repository."""

import gzip
import json
import re
from pathlib import Path

import pytest

from tests.strategies import make_document
from textq.ingest.plain import read_markdown, read_plain
from textq.segment.clauses import split_clauses
from textq.segment.lines import cut_lines

_ARTICLE = re.compile(r"第[零一二三四五六七八九十百千]+条(?:之[一二三四五六七八九十]+)?")


def test_every_line_that_begins_with_an_article_is_a_clause_of_its_own(shared: Path):
    wrong = []
    for path in sorted((shared / "data/policy/local_laws").glob("*.md")):
        text = read_markdown(path.read_bytes()).text
        lines = {line: found[0] for line in text.split("\n") if (found := _ARTICLE.match(line))}
        clauses = {clause.text: clause.division for clause in split_clauses(make_document(text))}
        wrong += [line for line, label in lines.items() if label not in clauses.get(line, ())]
    assert wrong == []


@pytest.mark.full
def test_articles_are_found_in_text_without_line_breaks(shared: Path):
    with gzip.open(shared / "data/policy/laws.jsonl.gz", "rt", encoding="utf-8") as lines:
        laws = [json.loads(line) for line in lines]
    right = 0
    for law in laws:
        text = read_markdown(law["text"].encode()).text.replace("\n", "")
        right += law["n_articles"] == sum(bool(_ARTICLE.match(text, line.start)) for line in cut_lines(text))
    assert (right >= 2020, len(laws)) == (True, 2033)


def test_announcements_without_line_breaks_fall_into_their_provisions(shared: Path):
    texts = (shared / "data/policy/customs_announcements.jsonl").read_text(encoding="utf-8").splitlines()
    run_on = re.compile(r"[。；](?:（[一二三四五六七八九]）|[一二三四五六七八九]、)")
    n_clauses = n_left = 0
    for line in texts:
        text = read_plain(json.loads(line)["content"].encode()).text
        clauses = split_clauses(make_document(text))
        n_clauses += len(clauses)
        n_left += sum(len(run_on.findall(clause.text)) for clause in clauses)
    assert (n_clauses > 20 * len(texts), n_left < 0.01 * n_clauses) == (True, True)
