"""Tables of data, whose rows are lines, apart from tables that lay out a page."""

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field

from textq.errors import ReadError
from textq.ingest.html.tree import Tree

_LAYOUT_CELL = 200
"""Characters: a cell of as many, in several paragraphs and with most of its table's text, is a column of a page.
Links are left out."""

_LAYOUT_SHARE = 0.6
_LAYOUT_PARAGRAPHS = 4
_MENU_LINKS = 3
"""A cell of so many links, and little besides, is a column of the page too."""

_FEWEST_ROWS = 3
"""So many rows of equally many cells show that a table holds data, though another table stands in one of them."""

_MOST_COLUMNS = 1000
_MOST_REPEATED = 20_000_000
"""Characters that the cells over several rows may add to one table; no real table comes near."""

_PARAGRAPHS = frozenset({"p", "br", "div", "li"})


def find_data_tables(tree: Tree, sizes: Sequence[int], containers: Iterable[int]) -> frozenset[int]:
    """Return the tables that hold data: cells side by side, no cell that is a column of the page.

    A table inside which another stands lays out the page, unless its own rows are plainly of data; what stands in one
    of their cells is text of that cell.
    """
    owners = _find_owners(tree)
    holding = {owners[node] for node in containers}
    nesting = {owners[node] for node in tree.find("table")} | holding
    presented = {
        table for table in tree.find("table") if tree.attributes[table].get("role") in {"presentation", "none"}
    }
    cells_of_rows = Counter(tree.parents[cell] for cell in tree.find("td", "th"))
    side_by_side = {owners[row] for row, n_cells in cells_of_rows.items() if n_cells > 1}
    n_rows = Counter(owners[row] for row in cells_of_rows)
    flat = side_by_side - presented - holding - _find_columned(tree, sizes, owners, n_rows)
    outer = _find_outer(tree, sizes, owners, flat & nesting)
    inside: set[int] = set()
    for table in tree.find("table"):
        if owners[table] in outer or owners[table] in inside:
            inside.add(table)
    return frozenset((flat - nesting | outer) - inside)


def _find_outer(tree: Tree, sizes: Sequence[int], owners: Sequence[int], nesting: Set[int]) -> set[int]:
    """Return those of ``nesting`` that have rows of equally many short cells, most of them without a table inside."""
    n_tables = tree.add_up([tag == "table" for tag in tree.tags])
    cells: dict[int, list[int]] = {table: [] for table in nesting}
    for cell in tree.find("td", "th"):
        if owners[cell] in cells:
            cells[owners[cell]].append(cell)
    return {table for table, own in cells.items() if _are_data(tree, sizes, own, n_tables)}


def _are_data(tree: Tree, sizes: Sequence[int], cells: Sequence[int], n_tables: Sequence[int]) -> bool:
    filled = Counter(tree.parents[cell] for cell in cells if sizes[cell])
    nested = {tree.parents[cell] for cell in cells if n_tables[cell]}
    if not filled or max(sizes[cell] for cell in cells) >= _LAYOUT_CELL:
        return False
    width, n_alike = Counter(filled.values()).most_common(1)[0]
    return width > 1 and n_alike >= _FEWEST_ROWS and len(nested) * 2 <= len(filled)


def _find_columned(
    tree: Tree, sizes: Sequence[int], owners: Sequence[int], n_rows: Mapping[int, int]
) -> frozenset[int]:
    """Return the tables of which one cell is a column of the page: it holds its text, or a menu."""
    paragraphs = tree.add_up([tag in _PARAGRAPHS for tag in tree.tags])
    n_links = tree.add_up([tag == "a" for tag in tree.tags])
    linked = tree.add_up([sizes[node] if tag == "a" else 0 for node, tag in enumerate(tree.tags)])
    found = set()
    for cell in tree.find("td", "th"):
        table = owners[cell]
        text = sizes[cell] - linked[cell]
        is_menu = n_links[cell] >= _MENU_LINKS and linked[cell] > text
        is_large = text >= max(_LAYOUT_CELL, _LAYOUT_SHARE * (sizes[table] - linked[table]))
        if is_menu or ((is_large or n_rows[table] == 1) and paragraphs[cell] >= _LAYOUT_PARAGRAPHS):
            found.add(table)
    return frozenset(found)


def _find_owners(tree: Tree) -> "array[int]":
    """Return for each node the innermost table it stands in, 0 without one."""
    owners = array("i", bytes(4 * len(tree)))
    for node, parent in enumerate(tree.parents):
        owners[node] = parent if tree.tags[parent] == "table" else owners[parent]
    return owners


@dataclass(slots=True)
class Cell:
    """A cell as it is read: how many columns and rows it spans, its text, and how much of that is links."""

    columns: int
    rows: int
    text: str = ""
    raw: str = ""
    linked: int = 0


def open_cell(tree: Tree, node: int) -> Cell:
    """Return the empty cell that the element ``node`` begins."""
    attributes = tree.attributes[node]
    return Cell(_read_span(attributes.get("colspan", "")), _read_span(attributes.get("rowspan", "")))


def _read_span(written: str) -> int:
    written = written.strip()
    return max(1, int(written)) if written.isascii() and written.isdigit() and len(written) < 5 else 1


@dataclass(slots=True)
class Grid:
    """The cells of one table that reach down from the rows read so far, by column."""

    above: dict[int, Cell] = field(default_factory=dict)
    n_repeated: int = 0

    def add_row(self, cells: Iterable[Cell]) -> list[Cell]:
        """Return the cells of the next row by column, with those that reach down into it.

        Raises
        ------
        ReadError
            If a few cells would be repeated without measure.
        """
        self.n_repeated += sum(len(cell.text) + 1 for cell in self.above.values())
        if self.n_repeated > _MOST_REPEATED:
            raise ReadError("a table repeats its cells over far too many rows: the page is damaged. Save it again.")
        placed = dict(self.above)
        column = 0
        for cell in cells:
            while column in self.above:
                column += 1
            if column >= _MOST_COLUMNS:
                raise ReadError(f"a table has more than {_MOST_COLUMNS} columns: the page is damaged. Save it again.")
            placed[column] = cell
            column += cell.columns
        self.above = {at: _shorten(cell) for at, cell in placed.items() if cell.rows > 1}
        return [cell for _, cell in sorted(placed.items())]


def _shorten(cell: Cell) -> Cell:
    """Return a cell as the next row sees it."""
    return Cell(cell.columns, cell.rows - 1, cell.text, cell.raw, cell.linked)
