"""Trained models as files that a person can read and that can hold nothing but numbers and n-grams.

A model is a folder: ``model.json`` (codes, calibration, what it was trained with, the hashes of the other two and of
itself), ``weights.tsv`` (place, feature, and a whole number a code: hundredths) and ``clauses.txt`` (what it was
trained on: the first 16 hex digits of the SHA-256 of each clause's text). Other line ends (CR LF) are the same.

The hashes show what was damaged or changed by accident. They do not show who wrote a model.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from itertools import filterfalse
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np

from textq.coding.trained.calibration import Calibration
from textq.coding.trained.features import PLACES, SHAPES, name_rule_columns
from textq.coding.trained.model import TrainedCoder, TrainedModel
from textq.coding.trained.ngrams import NgramVocabulary, prepare
from textq.coding.trained.weights import NgramWeights
from textq.errors import ModelFileError
from textq.records import NONE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from textq.coding.rules import RulesCoder

FORMAT = 1
"""The version of the form of these files."""

MODEL, WEIGHTS, CLAUSES = "model.json", "weights.tsv", "clauses.txt"

_STEP = 100
"""Weights are written as whole numbers of 1 / `_STEP`."""

_LARGEST_FILE = 200_000_000
_LARGEST_CARD = 1_000_000
_LARGEST_WEIGHT = 100_000
_LONGEST_NGRAM = 8
_RULES, _SHAPES, _BIAS = "rules", "shape", "bias"
_CARD_HASH = "sha256_of_card"
_DECIDING = ("codebook", "lexicon", "codes", "temperature", "class_bias", "abstain_below")
"""What decides on codes beside the weights."""

_NAME = re.compile(r"\w(?:[\w.-]{0,78}\w)?")
_HASH = re.compile(r"[0-9a-f]{16}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


def is_model_name(name: str) -> bool:
    """Tell whether a model may be called so: 1 to 80 letters and digits, with dots and hyphens only between them."""
    return _NAME.fullmatch(name) is not None


def save_model(model: TrainedModel, folder: Path, rules: RulesCoder, trained_with: Mapping[str, Any]) -> None:
    """Write a model into a folder, which is made if it is absent; ``model.json`` comes last."""
    weights = "".join(f"{line}\n" for line in _write_rows(model)).encode()
    clauses = "".join(f"{one}\n" for one in sorted(model.trained_on)).encode()
    card = {
        "format": FORMAT,
        "name": model.name,
        "codebook": rules.codebook.edition,
        "lexicon": hash_lexicon(rules),
        "codes": list(model.codes),
        "temperature": model.calibration.temperature,
        "class_bias": list(model.calibration.bias),
        "abstain_below": model.abstain_below,
        "sha256": {WEIGHTS: _hash(weights), CLAUSES: _hash(clauses)},
        "trained_with": trained_with,
    }
    sealed = {**card, _CARD_HASH: _hash_card(card)}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / WEIGHTS).write_bytes(weights)
    (folder / CLAUSES).write_bytes(clauses)
    (folder / MODEL).write_bytes(f"{json.dumps(sealed, ensure_ascii=False, indent=2, allow_nan=False)}\n".encode())


def load_coder(folder: Path, rules: RulesCoder) -> TrainedCoder:
    """Read a model and return the coder that applies it with the lexicon and codebook it was trained with.

    Raises
    ------
    ModelFileError
        If a file is absent, damaged or changed, or the model is of another codebook, lexicon or format.
    """
    card = _read_card(folder / MODEL)
    _check_card(card, folder / MODEL, rules)
    weights, clauses = (_read_checked(folder / name, card["sha256"]) for name in (WEIGHTS, CLAUSES))
    codes = tuple(card["codes"])
    rows = _read_rows(weights, codes, folder / WEIGHTS)
    rule_names = name_rule_columns((*rules.codebook.codes, NONE))
    model = TrainedModel(
        name=card["name"],
        codes=codes,
        ngrams={place.name: rows.ngrams(place.name) for place in PLACES if place.name in rows.places},
        rule_names=rule_names,
        rules=rows.in_order(_RULES, rule_names),
        shapes=rows.in_order(_SHAPES, [name for name, _ in SHAPES]),
        bias=rows.in_order(_BIAS, [_BIAS])[0],
        calibration=Calibration(card["temperature"], tuple(card["class_bias"])),
        abstain_below=card["abstain_below"],
        trained_on=frozenset(_read_hashes(clauses, folder / CLAUSES)),
    )
    return TrainedCoder(model, rules, _hash_deciding(card)[:8])


def hash_lexicon(rules: RulesCoder) -> str:
    """Return name, version and content hash of a lexicon: a model's weights are for one lexicon only."""
    entries = [
        (entry.term, entry.code, entry.match, entry.weight, entry.must, entry.must_not)
        for entry in rules.lexicon.entries
    ]
    digest = _hash(json.dumps(sorted(entries), ensure_ascii=False).encode())
    return f"{rules.lexicon.name}@{rules.lexicon.version}+{digest[:16]}"


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _hash_card(card: Mapping[str, Any]) -> str:
    """Return the hash of a card without its own, however it is laid out."""
    rest = {key: value for key, value in card.items() if key != _CARD_HASH}
    return _hash(json.dumps(rest, sort_keys=True).encode())


def _hash_deciding(card: Mapping[str, Any]) -> str:
    """Return the hash of all that decides on codes and probabilities, and of nothing else."""
    deciding = [card["sha256"][WEIGHTS], *(card[key] for key in _DECIDING)]
    return _hash(json.dumps(deciding).encode())


def _write_rows(model: TrainedModel) -> Iterator[str]:
    yield "\t".join(("place", "feature", *model.codes))
    yield _write_row(_BIAS, _BIAS, model.bias)
    for name, features, weights in (
        (_RULES, model.rule_names, model.rules),
        (_SHAPES, [name for name, _ in SHAPES], model.shapes),
    ):
        for feature, row in zip(features, weights, strict=True):
            yield _write_row(name, feature, row)
    for place in PLACES:
        if place.name in model.ngrams:
            table = model.ngrams[place.name]
            for ngram, row in zip(table.vocabulary.ngrams, table.weights, strict=True):
                yield _write_row(place.name, ngram, row)


def _write_row(place: str, feature: str, weights: NDArray[np.float32]) -> str:
    return "\t".join((place, feature, *(str(round(float(weight) * _STEP)) for weight in weights)))


def _read_card(path: Path) -> dict[str, Any]:
    data = _read_file(path, _LARGEST_CARD)
    try:
        card = json.loads(
            data.decode("utf-8"),
            parse_constant=_refuse_number,
            parse_float=_parse_float,
            object_pairs_hook=_build_object,
        )
    except (ValueError, RecursionError) as error:
        raise ModelFileError(
            f"{path}: cannot be read as a model ({error}). Give the folder that textq train wrote."
        ) from error
    if not isinstance(card, dict) or not _is_number(card.get("format"), FORMAT, FORMAT):
        raise ModelFileError(f"{path}: no model of format {FORMAT}. Train it again with this version of textq.")
    return card


def _refuse_number(text: str) -> float:
    raise ValueError(f"{text} is no number")


def _parse_float(text: str) -> float:
    value = float(text)
    return value if isfinite(value) else _refuse_number(text)


def _build_object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    built = dict(pairs)
    if len(built) < len(pairs):
        raise ValueError("a key stands twice")
    return built


def _check_card(card: Mapping[str, Any], path: Path, rules: RulesCoder) -> None:
    n_classes = len(rules.codebook.classes)
    bias, hashes = card.get("class_bias"), card.get("sha256")
    sound = {
        "name": isinstance(card.get("name"), str) and is_model_name(card["name"]),
        "temperature": _is_number(card.get("temperature"), 0.01, 100),
        "abstain_below": _is_number(card.get("abstain_below"), 0, 1),
        "sha256": isinstance(hashes, dict)
        and all(isinstance(hashes.get(n), str) and _SHA256.fullmatch(hashes[n]) for n in (WEIGHTS, CLAUSES)),
    }
    if broken := [name for name, is_sound in sound.items() if not is_sound]:
        raise ModelFileError(f"{path}: {', '.join(broken)} is missing or not what textq writes. Train the model again.")
    if card.get(_CARD_HASH) != _hash_card(card):
        raise ModelFileError(
            f"{path}: changed since the model was written: the rest of it does not give its {_CARD_HASH}. Restore it, "
            "or train the model again."
        )
    _check_origin(card, path, rules)
    if not isinstance(bias, list) or len(bias) != n_classes or not all(_is_number(one, -50, 50) for one in bias):
        raise ModelFileError(f"{path}: class_bias does not hold a number for each class. Train the model again.")


def _check_origin(card: Mapping[str, Any], path: Path, rules: RulesCoder) -> None:
    """Refuse a model that was trained with other codes, or another lexicon."""
    coarse = [*rules.codebook.classes]
    expected = coarse if card.get("codes") == coarse else [*rules.codebook.codes, NONE]
    for name, found, wanted in (
        ("codebook", card.get("codebook"), rules.codebook.edition),
        ("codes", card.get("codes"), expected),
        ("lexicon", card.get("lexicon"), hash_lexicon(rules)),
    ):
        if found != wanted:
            raise ModelFileError(
                f"{path}: the model was trained with another {name}: {_show(found)}, here it is {_show(wanted)}. Its "
                "weights mean nothing here. Train it again (textq train), or give the folder of its codebook."
            )


def _is_number(value: object, low: float, high: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high


def _show(value: object) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= 80 else f"{text[:77]}…"


def _read_checked(path: Path, hashes: Mapping[str, str]) -> str:
    data = _read_file(path, _LARGEST_FILE)
    if _hash(data) != hashes[path.name]:
        raise ModelFileError(
            f"{path}: changed since the model was written: its SHA-256 is not the one in {MODEL}. Restore it, or train "
            "the model again."
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ModelFileError(f"{path}: no UTF-8 ({error}). Train the model again.") from error


def _read_file(path: Path, largest: int) -> bytes:
    """Return the bytes of a file, with the line ends that textq writes; a link to a file is that file."""
    try:
        if path.exists() and not path.is_file():
            raise ModelFileError(f"{path}: no file. Give the folder that textq train wrote.")
        if path.stat().st_size > largest:
            raise ModelFileError(f"{path}: larger than any model that textq writes. Train it again.")
        return path.read_bytes().replace(b"\r\n", b"\n")
    except OSError as error:
        raise ModelFileError(
            f"{path}: cannot be read as part of a model ({error.strerror}). Give the folder that textq train wrote."
        ) from error


@dataclass(frozen=True)
class _Rows:
    """The rows of a table of weights: features and weights by place."""

    path: Path
    places: Mapping[str, tuple[list[str], NDArray[np.float32]]]

    def ngrams(self, place: str) -> NgramWeights:
        features, weights = self.places[place]
        lines = "\n".join(features)
        if lines.split() != features or prepare(lines) != lines or max(map(len, features)) > _LONGEST_NGRAM:
            broken = next(filterfalse(_is_ngram, features))
            raise ModelFileError(f"{self.path}: {_show(repr(broken))} is no n-gram of {place}. Train the model again.")
        return NgramWeights(NgramVocabulary(tuple(features)), weights)

    def in_order(self, place: str, names: Sequence[str]) -> NDArray[np.float32]:
        features, weights = self.places.get(place, ([], np.zeros((0, 0), dtype=np.float32)))
        if features != list(names):
            raise ModelFileError(f"{self.path}: the rows of {place!r} are not those expected. Train the model again.")
        return weights


def _is_ngram(feature: str) -> bool:
    return feature.split() == [feature] and prepare(feature) == feature and len(feature) <= _LONGEST_NGRAM


def _read_rows(text: str, codes: Sequence[str], path: Path) -> _Rows:
    head, *lines, rest = text.split("\n") if "\n" in text else (text, "")
    if head != "\t".join(("place", "feature", *codes)) or rest or not lines:
        raise ModelFileError(f"{path}: no table with the codes of {MODEL}. Train the model again.")
    cells = [line.split("\t", 2) for line in lines]
    weights = _read_weights(cells, len(codes), path)
    positions: dict[str, list[int]] = {}
    for at, (place, *_) in enumerate(cells):
        positions.setdefault(place, []).append(at)
    if unknown := positions.keys() - {_BIAS, _RULES, _SHAPES, *(place.name for place in PLACES)}:
        raise ModelFileError(f"{path}: unknown places: {_show(sorted(unknown))}. Train the model again.")
    places = {name: ([cells[at][1] for at in rows], weights[rows]) for name, rows in positions.items()}
    for name, (features, _) in places.items():
        if len(set(features)) < len(features):
            raise ModelFileError(f"{path}: a feature of {name!r} stands twice. Train the model again.")
    return _Rows(path, places)


def _read_weights(cells: Sequence[Sequence[str]], n_codes: int, path: Path) -> NDArray[np.float32]:
    """Return the weights in rows that are split into place, feature and all the weights: rows × codes."""
    form = re.compile(rf"-?[0-9]{{1,6}}(?:\t-?[0-9]{{1,6}}){{{n_codes - 1}}}")
    for line, row in enumerate(cells, 2):
        if len(row) != 3 or not form.fullmatch(row[2]):
            raise ModelFileError(
                f"{path}:{line}: not a place, a feature and {n_codes} whole numbers. Train the model again."
            )
    whole = np.fromstring("\t".join(row[2] for row in cells), dtype=np.int64, sep="\t").reshape(len(cells), n_codes)
    if np.abs(whole).max() > _LARGEST_WEIGHT:
        raise ModelFileError(f"{path}: a weight is beyond {_LARGEST_WEIGHT / _STEP:g}. Train the model again.")
    return (whole / _STEP).astype(np.float32)


def _read_hashes(text: str, path: Path) -> list[str]:
    hashes = text.split()
    if not all(map(_HASH.fullmatch, hashes)):
        raise ModelFileError(f"{path}: a line is no hash of 16 hex digits. Train the model again.")
    return hashes
