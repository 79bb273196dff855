"""Where in a document we are: the open divisions, their headings, and the stems whose lists are open."""

from dataclasses import dataclass, field

from textq.notation.marks import Level, Mark
from textq.notation.numerals import write_chinese

HEADING_BREAK = " / "
"""Between the headings of a heading path."""


@dataclass(slots=True)
class _Stem:
    """The line that introduces a list: the level of its items, the number of the last one."""

    level: Level
    text: str
    last: int = 0


@dataclass(slots=True)
class Outline:
    """The state of one walk over the lines of a document."""

    _annex: str = ""
    _path: list[Mark] = field(default_factory=list)
    _headings: list[tuple[Level, str]] = field(default_factory=list)
    _stems: list[_Stem] = field(default_factory=list)
    _paragraphs: int = 0
    bullet_stem: str = ""
    """The line that introduces the list of bullets that is open."""

    @property
    def division(self) -> tuple[str, ...]:
        """The labels of the open divisions (("第二章", "第五条", "第二款", "（一）"))."""
        labels = [self._annex] if self._annex else []
        for mark in self._path:
            labels.append(mark.label.strip(" \u3000"))
            if mark.level == Level.ARTICLE and self._paragraphs > 1:
                labels.append(self._name_paragraph(mark))
        return tuple(labels)

    def _name_paragraph(self, article: Mark) -> str:
        return f"para. {self._paragraphs}" if article.is_worded else f"第{write_chinese(self._paragraphs)}款"

    @property
    def heading(self) -> str:
        """The texts of the open headings, outermost first."""
        return HEADING_BREAK.join(text for _, text in self._headings)

    @property
    def in_article(self) -> bool:
        """Whether we are below a 条."""
        return any(mark.level == Level.ARTICLE for mark in self._path)

    @property
    def is_numbered(self) -> bool:
        """Whether any numbered division is open."""
        return bool(self._path)

    def has_heading(self, level: Level) -> bool:
        """Whether the open division of this level has a heading."""
        return any(open_ == level for open_, _ in self._headings)

    def open_annex(self, label: str) -> None:
        """Leave all divisions and open an annex."""
        self._annex = label
        self._path.clear()
        self._headings.clear()
        self._stems.clear()
        self.bullet_stem = ""

    def enter(self, mark: Mark) -> str:
        """Enter the division of ``mark``; return the stem whose list it continues, or ""."""
        self._path = [*(open_ for open_ in self._path if open_.level < mark.level), mark]
        self._headings = [open_ for open_ in self._headings if open_[0] < mark.level]
        self.bullet_stem = ""
        if mark.level <= Level.ARTICLE:
            self._paragraphs = 1
        return self._continue_stem(mark)

    def _continue_stem(self, mark: Mark) -> str:
        while self._stems and self._stems[-1].level > mark.level:
            self._stems.pop()
        if not self._stems or self._stems[-1].level != mark.level:
            return ""
        stem = self._stems[-1]
        if mark.number != stem.last + 1:
            self._stems.pop()
            return ""
        stem.last = mark.number
        return stem.text

    def enter_paragraph(self, following: Mark | None) -> None:
        """Enter an unnumbered paragraph: one more of the item whose list ``following`` goes on with, else the next 款.

        ``following`` is the next mark of the document.
        """
        self.bullet_stem = ""
        if not self.in_article or self._path[-1].level < Level.ARTICLE:
            return
        if following and any(_goes_on(open_, following) for open_ in self._path):
            return
        self._path = [open_ for open_ in self._path if open_.level <= Level.ARTICLE]
        self._paragraphs += 1

    def add_heading(self, level: Level, text: str) -> None:
        """Remember the heading of the division just entered; the text of an article with a title begins below it."""
        if level == Level.ARTICLE:
            self._paragraphs = 0
        self._headings.append((level, text))

    def add_stem(self, item_level: Level, text: str) -> None:
        """Remember a line that introduces a list whose items have marks of ``item_level``."""
        self._stems = [stem for stem in self._stems if stem.level < item_level]
        self._stems.append(_Stem(item_level, text))


def _goes_on(item: Mark, following: Mark) -> bool:
    return item.level == following.level > Level.ARTICLE and following.number == item.number + 1
