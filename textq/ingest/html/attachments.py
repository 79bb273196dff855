"""The files that a page offers inside its text or just below it."""

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from itertools import islice
from urllib.parse import unquote, urlsplit

from textq.ingest.html.content import Places, cover_nodes
from textq.ingest.html.lines import Line
from textq.ingest.html.tree import Tree
from textq.ingest.normalize import normalize_text
from textq.records import Attachment

_ENDINGS = "pdf|docx?|xlsx?|pptx?|wps|et|ofd|ceb|zip|rar|7z|txt|rtf|tiff?"
_FILE_NAME = re.compile(rf"[^/?#]{{1,200}}\.(?:{_ENDINGS})", re.IGNORECASE)
_NAMED_FILE = re.compile(rf"\.(?:{_ENDINGS})(?:[\s()（）】\]。；;]|$)", re.IGNORECASE)
_ONLY_FILES = re.compile(
    rf"(?:(?:附件|附|下载|文件|相关)*[0-9一二三四五六七八九十]{{0,3}}[:：.、]?\s?)?.{{1,200}}\.(?:{_ENDINGS})"
    r"(?:[（(][^（）()]{0,30}[)）])?(?:\s?(?:点击)?下载)?",
    re.IGNORECASE,
)
_EMPTY_NAMES = frozenset({"", "下载", "点击下载", "附件下载", "点击查看", "查看", "附件"})
_LEVELS_UP = 2
"""So many elements around a text may hold the list of its files."""


def list_attachments(tree: Tree, places: Places, sizes: Sequence[int], furniture: Set[int]) -> tuple[Attachment, ...]:
    """Return the files that are linked from the beginning of the text on, to the end of what stands around it."""
    found: dict[str, Attachment] = {}
    beside = cover_nodes(len(tree), ((node, tree.ends[node]) for node in furniture))
    for link in _find_links(tree, places):
        if beside[link]:
            continue
        attributes = tree.attributes[link]
        address = attributes.get("href", "").strip()
        shown = normalize_text(tree.read_text(link)).replace("\n", "") if sizes[link] <= 300 else ""
        if address and address not in found and is_file(address, shown, attributes.get("download", "")):
            found[address] = Attachment(_choose_name(shown, attributes, address), address)
    return tuple(found.values())


def is_file(address: str, shown: str, download: str = "") -> bool:
    """Tell whether a link leads to a document or an archive, by its address or by the name it is shown by."""
    if address[:11].lower() in {"javascript:", "about:blank"} or address.startswith("#"):
        return False
    path, query = _split(address)
    named = (path.rpartition("/")[2], *query.split("&"), download)
    return any(_FILE_NAME.search(name) is not None and _NAMED_FILE.search(name) is not None for name in named) or (
        _NAMED_FILE.search(shown) is not None
    )


def names_only_files(line: Line) -> bool:
    """Tell whether a line is a link that shows the name of a file, and nothing else."""
    return line.linked > 0 and _ONLY_FILES.fullmatch(line.text) is not None


def _split(address: str) -> tuple[str, str]:
    """Return path and query of an address, which need not be a right one."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return address, ""
    return parts.path, unquote(parts.query)


def _find_links(tree: Tree, places: Places) -> Iterator[int]:
    """Yield the links from the beginning of the text to the end of the elements around it."""
    if not places:
        return
    last, end = places[-1]
    for level, outer in enumerate(islice(tree.climb(last), _LEVELS_UP)):
        if tree.tags[outer] in {"body", "html"} and level:
            break
        end = max(end, tree.ends[outer])
    yield from (link for link in tree.find("a") if places[0][0] <= link < end)


def _choose_name(shown: str, attributes: Mapping[str, str], address: str) -> str:
    """Return the name that a reader sees, else one that the link states, else that of the file."""
    if shown.strip("【】[]：: ") not in _EMPTY_NAMES:
        return shown
    stated = attributes.get("title", "").strip() or attributes.get("download", "").strip()
    return stated or unquote(_split(address)[0].rpartition("/")[2]) or shown
