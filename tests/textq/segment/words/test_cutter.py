"""Which engine serves, and why."""

import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from textq.errors import ConfigError, LexiconError
from textq.segment.words import ENGINE_CHOICES, WordEngine, adopt_engine, cutter, load_cutter

TEXTS = ["推进跨境电商综试区建设，2016-2020年建成公共海外仓。"]
WORDS = ["推进", "跨境电商", "综试区", "建设", "，", "2016", "-", "2020", "年", "建成", "公共", "海外仓", "。"]


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let something stand in for rjieba: by default what cuts as jieba does."""

    def install(version: str | None = "1.0", cut: Callable[[str], list[str]] | None = None) -> None:
        monkeypatch.setattr(cutter, "find_rjieba", lambda: version)
        monkeypatch.setattr(cutter, "load_rjieba", lambda words: cut or words.cut)

    return install


def test_jieba_where_it_is_asked_for(stand_in: Callable[..., None]) -> None:
    stand_in()
    loaded = load_cutter(engine="jieba", sample=TEXTS)

    assert (loaded.engine.name, loaded.engine.why) == ("jieba", "it was asked for")
    assert loaded.cut(TEXTS[0]) == WORDS


def test_jieba_where_rjieba_is_not_installed(stand_in: Callable[..., None]) -> None:
    stand_in(version=None)

    assert load_cutter(sample=TEXTS).engine.why == "rjieba (the extra fast) is not installed"
    with pytest.raises(ConfigError, match=r"textq\[fast\]"):
        load_cutter(engine="rjieba")


def test_jieba_where_there_is_no_text_to_compare_on(stand_in: Callable[..., None]) -> None:
    stand_in()

    assert (load_cutter().engine.name, load_cutter().engine.reason) == ("jieba", "untested")


def test_rjieba_where_it_cuts_the_sample_as_jieba_does(stand_in: Callable[..., None]) -> None:
    stand_in()
    engine = load_cutter(sample=TEXTS).engine

    assert (engine.name, engine.version, engine.reason) == ("rjieba", "1.0", "equal")
    assert "characters were compared" in engine.why


def test_jieba_where_rjieba_cuts_one_place_otherwise(stand_in: Callable[..., None]) -> None:
    stand_in(cut=lambda text: [text])
    loaded = load_cutter(sample=TEXTS)

    assert (loaded.engine.name, loaded.engine.reason) == ("jieba", "different")
    assert loaded.engine.why.startswith("rjieba cuts otherwise: 推进/")
    assert loaded.cut(TEXTS[0]) == WORDS
    with pytest.raises(ConfigError, match=r"rjieba 1\.0 cuts otherwise than jieba"):
        load_cutter(engine="rjieba", sample=TEXTS)


def test_user_words_are_compared_where_there_is_no_text(stand_in: Callable[..., None]) -> None:
    stand_in(cut=list)
    with pytest.raises(ConfigError, match="cuts otherwise"):
        load_cutter(engine="rjieba")


def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"must be one of auto, jieba, rjieba\. Got 'hanlp'"):
        load_cutter(engine="hanlp")


@pytest.mark.parametrize("engine", ENGINE_CHOICES)
def test_the_real_engines_cut_the_same(engine: str) -> None:
    if engine != "jieba":
        pytest.importorskip("rjieba", reason="needs the extra fast")
    loaded = load_cutter(engine=engine, sample=TEXTS)

    assert loaded.engine.name == ("jieba" if engine == "jieba" else "rjieba")
    assert loaded.cut(TEXTS[0]) == WORDS


@pytest.mark.parametrize("engine", ["jieba", "rjieba"])
def test_words_of_the_study_are_kept_whole(tmp_path: Path, engine: str) -> None:
    if engine == "rjieba":
        pytest.importorskip("rjieba", reason="needs the extra fast")
    own = tmp_path / "words.txt"
    own.write_text("跨境电商综试区 50 n\n建成公共\n", encoding="utf-8")
    cut = load_cutter(own, engine).cut(TEXTS[0])

    assert {"跨境电商综试区", "建成公共", "海外仓"} <= set(cut)
    assert "".join(cut) == TEXTS[0]


def test_a_broken_list_is_refused(tmp_path: Path) -> None:
    own = tmp_path / "words.txt"
    own.write_text("跨境 电商 综试区\n", encoding="utf-8")
    with pytest.raises(LexiconError, match=r"words\.txt:1: "):
        load_cutter(own)


def test_a_cutter_cuts_the_same_in_another_process(tmp_path: Path) -> None:
    own = tmp_path / "words.txt"
    own.write_text("跨境电商综试区\n", encoding="utf-8")
    loaded = load_cutter(own, "jieba")
    own.unlink()
    again = pickle.loads(pickle.dumps(loaded))

    assert again.engine == loaded.engine
    assert again.cut(TEXTS[0]) == loaded.cut(TEXTS[0])


@pytest.mark.parametrize(("version", "name"), [("1.0", "rjieba"), ("1.1", "jieba"), (None, "jieba")])
def test_an_engine_chosen_elsewhere_serves_where_it_is_the_same(
    stand_in: Callable[..., None], version: str | None, name: str
) -> None:
    stand_in(version)
    adopted = adopt_engine(WordEngine("rjieba", "1.0", "equal", "9 characters were compared"))

    assert adopted.name == name
    assert ("elsewhere is not installed here: rjieba 1.0" in adopted.why) == (name == "jieba")


def test_jieba_chosen_elsewhere_stays() -> None:
    engine = WordEngine("jieba", "0.42.1", "asked")

    assert adopt_engine(engine) is engine


def test_an_engine_is_shown_with_its_version() -> None:
    assert str(WordEngine("jieba", "0.42.1", "asked")) == "jieba 0.42.1"
