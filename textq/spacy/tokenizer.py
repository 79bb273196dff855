"""The tokenizer of the pipeline: the words of :mod:`textq.segment.words`."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from spacy.tokens import Doc
from spacy.util import DummyTokenizer, get_words_and_spaces, registry

from textq.segment.words import EngineChoice, WordCutter, WordEngine, adopt_engine, load_cutter
from textq.segment.words.user_words import UserWord

NAME = "textq.WordTokenizer.v1"


class WordTokenizer(DummyTokenizer):
    """Cuts a text into words; every character of the text is in exactly one token or the blank behind it.

    Saved with a pipeline it holds its user words, so that it cuts the same where their list is not at hand. The list is
    read when the first text is cut.
    """

    def __init__(
        self,
        vocab: Any,
        user_words: str | None = None,
        engine: EngineChoice = "jieba",
        cutter: WordCutter | None = None,
    ) -> None:
        self.vocab = vocab
        self._user_words = user_words
        self._engine = engine
        self._cutter = cutter

    def __call__(self, text: str) -> Doc:
        """Return the text as a ``Doc``."""
        words, spaces = get_words_and_spaces(self.load_words().cut(text), text)
        return Doc(self.vocab, words=words, spaces=spaces)

    def load_words(self) -> WordCutter:
        """Return what cuts the words, loaded once; it raises as :func:`textq.segment.words.load_cutter` does."""
        if self._cutter is None:
            path = Path(self._user_words) if self._user_words else None
            self._cutter = load_cutter(path, self._engine)
        return self._cutter

    def to_bytes(self, **_: object) -> bytes:
        """Return the engine and the user words, as JSON."""
        cutter = self.load_words()
        saved = {"engine": asdict(cutter.engine), "words": [asdict(word) for word in cutter.words]}
        return json.dumps(saved, ensure_ascii=False).encode()

    def from_bytes(self, data: bytes, **_: object) -> "WordTokenizer":
        """Take over what :meth:`to_bytes` returned."""
        saved = json.loads(data)
        words = tuple(UserWord(**word) for word in saved["words"])
        self._cutter = WordCutter(adopt_engine(WordEngine(**saved["engine"])), words)
        return self

    def to_disk(self, path: str | Path, **_: object) -> None:
        """Write what :meth:`to_bytes` returns to a file."""
        Path(path).write_bytes(self.to_bytes())

    def from_disk(self, path: str | Path, **_: object) -> "WordTokenizer":
        """Take over what :meth:`to_disk` wrote."""
        return self.from_bytes(Path(path).read_bytes())


@registry.tokenizers(NAME)  # type: ignore[untyped-decorator]
def create_tokenizer(user_words: str | None = None, engine: EngineChoice = "jieba") -> Any:
    """Return what makes the tokenizer of a pipeline, by the settings in its config."""
    return lambda nlp: WordTokenizer(nlp.vocab, user_words, engine)
