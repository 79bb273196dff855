"""Small lists for tests: a codebook of two codes, and lexicons made of rows."""

from pathlib import Path

from textq.lexicon.codebook import Codebook
from textq.lexicon.entry import Lexicon
from textq.lexicon.read import COLUMNS, read_codebook, read_lexicon

CODEBOOK = """
name: small
version: "1"
language: zh
decision: [有没有手段？]
instruments:
  - name: pay
    zh: 付
    en: pay
    definition: 出钱
    examples:
      - {text: 给予补贴。, code: pay}
      - {text: 不得收费。, code: rule}
  - name: rule
    zh: 管
    en: rule
    definition: 立规矩
    examples:
      - {text: 不得进入。, code: rule}
      - {text: 给予奖励。, code: pay}
none: {zh: 无, en: none, definition: 没有手段, examples: [{text: 自公布之日起施行。, code: none}]}
rules:
  - rule: money given is pay, money taken is rule
    examples:
      - {text: 发放补贴。, code: pay}
      - {text: 处以罚款。, code: rule}
      - {text: 退还罚款，不得拖延。, code: rule, kind: border}
"""


def write_lists(folder: Path, *rows: str, codebook: str = CODEBOOK) -> Path:
    """Write codebook.yaml and instruments/list.csv; return the folder."""
    (folder / "instruments").mkdir(parents=True, exist_ok=True)
    (folder / "codebook.yaml").write_text(codebook, encoding="utf-8")
    text = "\n".join((",".join(COLUMNS), *rows)) + "\n"
    (folder / "instruments" / "list.csv").write_text(text, encoding="utf-8")
    return folder


def read_lists(folder: Path, *rows: str) -> tuple[Lexicon, Codebook]:
    """Write the rows, and read them as a lexicon with its codebook."""
    write_lists(folder, *rows)
    codebook = read_codebook(folder / "codebook.yaml")
    return read_lexicon(folder / "instruments", codebook), codebook
