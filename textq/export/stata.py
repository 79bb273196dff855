"""Tables → Stata files of version 118 (Stata 14 and newer): UTF-8, labels, notes; the same table gives the same bytes.

The layout of the file is the one that Stata's help describes under ``dta``.
"""

import io
import struct
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd

from textq.errors import TableError
from textq.export.columns import Column, shorten_label

_EPOCH = datetime(2000, 1, 1)
"""The time of writing that is stated, so that the same table gives the same bytes."""

_NAME_BYTES = 129
"""Of a name in a characteristic: 32 characters of up to four bytes, and the zero behind them."""

_MOST_BYTES = 67_784
"""Of a characteristic."""

_LAST_LONG = 2_147_483_620
"""The largest whole number of four bytes; those above stand for missing values."""

_MAP = 14
"""Addresses in the file's map."""
_CHARACTERISTICS = b"<characteristics></characteristics>"
_MOVED = range(9, _MAP)
"""The addresses of what follows the characteristics: data, strls, value labels, the end."""


def write_dta(
    frame: pd.DataFrame,
    path: Path,
    columns: Sequence[Column],
    *,
    lang: str,
    title: str = "",
    notes: Sequence[str] = (),
) -> None:
    """Write a table as a Stata file of version 118.

    Texts stay texts, truths become 0 and 1, whole numbers take the smallest type that holds them, and what is missing
    is ``.`` (in a column of texts the empty text). Each variable carries its labels in all languages as
    characteristics (``char list did[]``), and the first ``notes`` belong to the file (``notes``).

    Parameters
    ----------
    frame
        Its columns are those that ``columns`` name as their ``source``.
    columns
        Name, labels and value labels of each.
    lang
        The language of the labels that Stata shows.
    title
        The label of the file.
    notes
        Of the file.

    Raises
    ------
    TableError
        If a number is infinite, values that have labels are no whole numbers, or a note is too long.
    """
    plain = pd.DataFrame({column.name: _to_stata(frame[column.source], column) for column in columns})
    values = {column.name: _choose_values(column, lang) for column in columns if column.values}
    stream = io.BytesIO()
    plain.to_stata(
        stream,
        write_index=False,
        version=118,
        byteorder="<",
        time_stamp=_EPOCH,
        data_label=shorten_label(title),
        variable_labels={column.name: shorten_label(column.labels.get(lang, column.source)) for column in columns},
        value_labels=values,
    )
    path.write_bytes(_insert_characteristics(stream.getvalue(), _list_characteristics(columns, notes)))


def _choose_values(column: Column, lang: str) -> dict[float, str]:
    """Return what each number stands for in a language, or in the first one that there is."""
    found = column.values.get(lang) or next(iter(column.values.values()))
    return {float(number): label for number, label in found.items()}


def _to_stata(values: "pd.Series", column: Column) -> "pd.Series":
    if pd.api.types.is_bool_dtype(values.dtype):
        return values.astype("float64") if values.isna().any() else values.astype("int8")
    if not pd.api.types.is_numeric_dtype(values.dtype):
        if column.values:
            raise TableError(f"the column {column.source} has texts, and labels of numbers. Number its values first.")
        return values.astype(object).where(values.notna(), "").map(str)
    numbers = pd.Series(values.to_numpy(dtype=float, na_value=np.nan), index=values.index)
    if np.isinf(numbers).any():
        raise TableError(
            f"the column {column.source} has infinite values, which Stata does not know. Take them out first."
        )
    known = numbers.dropna()
    whole = bool((known == known.round()).all())
    if column.values and not whole:
        raise TableError(f"the column {column.source} has labels of whole numbers, and values between them.")
    if not whole or not len(known) or known.abs().max() > _LAST_LONG or _was_measured(values):
        return numbers
    return numbers.astype("Int32") if numbers.isna().any() else numbers.astype("int32")


def _was_measured(values: "pd.Series") -> bool:
    """Return whether a column is of decimals, which stay so even where all of them happen to be whole."""
    return pd.api.types.is_float_dtype(values.dtype)


def _list_characteristics(columns: Sequence[Column], notes: Sequence[str]) -> list[tuple[str, str, str]]:
    """Return (variable or _dta, name, content): the notes of the file, then the labels of each variable."""
    found = [("_dta", "note0", str(len(notes)))] if notes else []
    found += [("_dta", f"note{place}", note) for place, note in enumerate(notes, 1)]
    return found + [
        (column.name, f"label_{lang}", label) for column in columns for lang, label in sorted(column.labels.items())
    ]


def _insert_characteristics(data: bytes, characteristics: Iterable[tuple[str, str, str]]) -> bytes:
    """Return the file with characteristics, and the addresses of what stands behind them moved on."""
    added = b"".join(_pack(*one) for one in characteristics)
    map_at = data.index(b"<map>") + len(b"<map>")
    addresses = list(struct.unpack_from(f"<{_MAP}Q", data, map_at))
    inside = addresses[8] + len(b"<characteristics>")
    if data[addresses[8] : addresses[8] + len(_CHARACTERISTICS)] != _CHARACTERISTICS:
        raise TableError(
            "the Stata file has characteristics already, or its map is wrong. Report this with your pandas."
        )
    for place in _MOVED:
        addresses[place] += len(added)
    moved = struct.pack(f"<{_MAP}Q", *addresses)
    return data[:map_at] + moved + data[map_at + len(moved) : inside] + added + data[inside:]


def _pack(owner: str, name: str, content: str) -> bytes:
    text = content.encode() + b"\0"
    if len(text) > _MOST_BYTES:
        raise TableError(f"a note of {len(text):,} bytes is longer than Stata allows ({_MOST_BYTES:,}). Shorten it.")
    names = b"".join(one.encode().ljust(_NAME_BYTES, b"\0") for one in (owner, name))
    return b"<ch>" + struct.pack("<I", len(names) + len(text)) + names + text + b"</ch>"


def number_texts(values: "pd.Series", first: Sequence[str] = ()) -> tuple["pd.Series", Mapping[int, str]]:
    """Return texts as numbers, and what each of these stands for where it is not the text itself.

    Codes of digits are taken as they are; others become 1, 2, … in their order. Missing stays missing.
    Codes with a zero first, or of more digits than Stata's long holds, are numbered too. Texts in ``first`` have the
    first numbers, whether or not they are there, so that several columns can be numbered alike.
    """
    known = [*first, *sorted(set(values.dropna().astype(str)) - set(first))]
    if all(one.isascii() and one.isdigit() and one[0] != "0" and int(one) <= _LAST_LONG for one in known):
        return _map_texts(values, {one: int(one) for one in known}), {}
    numbers = {one: place for place, one in enumerate(known, 1)}
    return _map_texts(values, numbers), {place: one for one, place in numbers.items()}


def _map_texts(values: "pd.Series", numbers: Mapping[str, int]) -> "pd.Series":
    found = values.astype(object).map(lambda one: pd.NA if pd.isna(one) else numbers[str(one)])
    return found.astype("Int64")
