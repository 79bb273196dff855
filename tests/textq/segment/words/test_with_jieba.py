"""jieba with user words; other packages of its name are refused."""

import sys
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from types import ModuleType
from typing import Any

import jieba
import pytest

from textq.errors import ConfigError
from textq.segment.words import with_jieba
from textq.segment.words.user_words import UserWord
from textq.segment.words.with_jieba import JiebaWords, check_jieba

SENTENCE = "推进综试区核定征收改革"


@pytest.fixture(scope="module")
def plain() -> Any:
    tokenizer = jieba.Tokenizer()
    tokenizer.initialize()
    return tokenizer


def test_it_cuts_like_jieba_with_the_same_words_added(plain: Any) -> None:
    words = ["综试区核定", "征收改革"]
    before = plain.lcut(SENTENCE)
    for word in words:
        plain.add_word(word)

    assert JiebaWords([UserWord(word) for word in words]).cut(SENTENCE) == plain.lcut(SENTENCE) != before


def test_words_have_the_frequency_that_was_used(plain: Any) -> None:
    words = JiebaWords([UserWord("综试区"), UserWord("海外仓", 77, "n")])

    assert [word.freq for word in words.words] == [plain.suggest_freq("综试区"), 77]
    assert words.surplus == 0


def test_the_surplus_is_what_known_words_had(plain: Any) -> None:
    assert JiebaWords([UserWord("知识产权", 5)]).surplus == plain.FREQ["知识产权"] > 0


def test_two_lists_do_not_meet() -> None:
    with_word, without = JiebaWords([UserWord("综试区核定")]), JiebaWords([])

    assert "综试区核定" in with_word.cut(SENTENCE)
    assert "综试区核定" not in without.cut(SENTENCE)


def test_the_installed_jieba_is_jieba() -> None:
    assert check_jieba() == jieba.__version__


def test_a_script_called_jieba_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script = ModuleType("jieba")
    script.__file__ = str(tmp_path / "jieba.py")
    monkeypatch.setitem(sys.modules, "jieba", script)
    with pytest.raises(ConfigError, match=r"jieba\.py is not the file of the installed package jieba.*Rename a script"):
        check_jieba()


def test_a_package_that_only_installs_itself_as_jieba_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str) -> Any:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(with_jieba, "distribution", refuse)
    with pytest.raises(ConfigError, match="belongs to no installed package jieba"):
        check_jieba()


def test_another_version_than_installed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jieba, "__version__", "9.9")
    with pytest.raises(ConfigError, match=r"says version 9\.9"):
        check_jieba()


def test_changed_files_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    package = tmp_path / "jieba"
    package.mkdir()
    (package / "__init__.py").write_text("__version__ = '1.0'\n")
    (package / "dict.txt").write_text("海外仓 3 n\n", encoding="utf-8")
    about = tmp_path / "jieba-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: jieba\nVersion: 1.0\n")
    (about / "RECORD").write_text("jieba/__init__.py,,\njieba/dict.txt,sha256=AAAA,9\n")
    module = ModuleType("jieba")
    module.__file__, module.__version__ = str(package / "__init__.py"), "1.0"  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "jieba", module)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ConfigError, match=r"it differs in jieba/dict\.txt"):
        check_jieba()


def test_one_that_cuts_otherwise_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with_jieba._read_known_words.cache_clear()
    monkeypatch.setattr(with_jieba, "_PROBES", ("跨境电商/平台",))
    with pytest.raises(ConfigError, match="cuts 跨境/电商/平台, where jieba cuts 跨境电商/平台"):
        JiebaWords([])


def test_a_missing_jieba_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jieba", None)
    with pytest.raises(ConfigError, match="jieba cannot be imported"):
        check_jieba()
