"""What cuts texts into words, by the engine that was chosen for them."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from textq.errors import ConfigError
from textq.lexicon.read import builtin_root
from textq.segment.words.engine import ENGINE_CHOICES, Cut, EngineChoice, WordEngine
from textq.segment.words.sample import draw_sample, find_difference
from textq.segment.words.user_words import UserWord, merge_words, read_user_words
from textq.segment.words.with_jieba import JiebaWords, check_jieba
from textq.segment.words.with_rjieba import find_rjieba, load_rjieba


class WordCutter:
    """Cuts texts into words; it can be sent to worker processes, where it cuts the same.

    Attributes
    ----------
    engine : WordEngine
        Which library cuts, and why.
    words : tuple of UserWord
        The words kept whole, with the frequency each has got.

    ``cut`` is what cuts so, where it is loaded already; else it is loaded when the first text is cut.
    """

    def __init__(self, engine: WordEngine, words: tuple[UserWord, ...], cut: Cut | None = None) -> None:
        self.engine = engine
        self.words = words
        self._loaded = cut

    def __repr__(self) -> str:
        return f"WordCutter({self.engine}, {len(self.words)} user words)"

    def __reduce__(self) -> tuple[type["WordCutter"], tuple[Any, ...]]:
        return WordCutter, (self.engine, self.words)

    def cut(self, text: str) -> list[str]:
        """Return the words of ``text`` in order; joined together they are ``text`` again."""
        if self._loaded is None:
            loaded = JiebaWords(self.words)
            self._loaded = load_rjieba(loaded) if self.engine.name == "rjieba" else loaded.cut
        return self._loaded(text)


def load_cutter(
    user_words: Path | None = None, engine: EngineChoice = "auto", sample: Iterable[str] = ()
) -> WordCutter:
    """Return what cuts texts into words, with textq's own list of words and that of a study.

    Parameters
    ----------
    user_words
        A list in the format of jieba's user dictionaries (:func:`textq.segment.words.user_words.read_user_words`); a
        word that textq's own list has too is as this one says.
    engine
        "jieba"; "rjieba", which must be installed and cut the sample as jieba does; or "auto": rjieba if both are
        so, else jieba.
    sample
        Texts of the study, read only as far as needed: rjieba is compared with jieba on their first 50,000 characters
        and on sentences with a user word. Without any, "auto" is jieba.

    Raises
    ------
    ConfigError
        If the engine is unknown, or is rjieba, which is not installed or cuts otherwise than jieba; or if what is
        installed as jieba is another package.
    LexiconError
        If the list cannot be used.
    """
    if engine not in ENGINE_CHOICES:
        raise ConfigError(f"The word engine must be one of {', '.join(ENGINE_CHOICES)}. Got {engine!r}.")
    own = read_user_words(builtin_root() / "segmentation" / "user_words.txt")
    words = merge_words(own, read_user_words(user_words) if user_words is not None else ())
    loaded = JiebaWords(words)
    chosen, cut = _choose_engine(engine, loaded, sample)
    return WordCutter(chosen, loaded.words, cut)


def adopt_engine(engine: WordEngine) -> WordEngine:
    """Return an engine chosen elsewhere if it is installed here in the same version, else jieba, which it equals."""
    if engine.name == "jieba" or engine.version == find_rjieba():
        return engine
    return WordEngine("jieba", check_jieba(), "elsewhere", str(engine))


def _choose_engine(engine: EngineChoice, loaded: JiebaWords, texts: Iterable[str]) -> tuple[WordEngine, Cut]:
    if engine == "jieba":
        return WordEngine("jieba", loaded.version, "asked"), loaded.cut
    version = find_rjieba()
    if version is None:
        if engine == "rjieba":
            raise ConfigError('rjieba is not installed. Run pip install "textq[fast]", or use the word engine "auto".')
        return WordEngine("jieba", loaded.version, "absent"), loaded.cut
    sample = draw_sample(texts, loaded.words)
    if engine == "auto" and not sample:
        return WordEngine("jieba", loaded.version, "untested"), loaded.cut
    return _compare(engine, version, loaded, [*_list_probes(loaded.words), *sample])


def _list_probes(words: Sequence[UserWord]) -> list[str]:
    """Return a sentence for each of the first user words, so that something is compared where there is no text."""
    return [f"推进{word.word}建设" for word in words[:1000]]


def _compare(engine: EngineChoice, version: str, loaded: JiebaWords, sample: Sequence[str]) -> tuple[WordEngine, Cut]:
    """Return rjieba if it cuts the sample as jieba does, else jieba, or a refusal where rjieba was asked for."""
    cut = load_rjieba(loaded)
    difference = find_difference(sample, loaded.cut, cut)
    if not difference:
        n_characters = sum(map(len, sample))
        return WordEngine("rjieba", version, "equal", f"{n_characters:,} characters were compared"), cut
    if engine == "rjieba":
        raise ConfigError(
            f"rjieba {version} cuts otherwise than jieba {loaded.version}: {difference}. Use the engine jieba or auto."
        )
    return WordEngine("jieba", loaded.version, "different", difference), loaded.cut
