"""A fitted ensemble as a JSON file: names, numbers and hashes, nothing that could be run.

The file states the SHA-256 of its own content, so that a number changed by hand does not pass unseen. It is no
signature: who means to deceive can compute it anew.
"""

import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from textq.atomic import replace_file
from textq.coding.ensemble.abstain import Threshold, check_threshold
from textq.coding.ensemble.fit import FittedEnsemble
from textq.coding.ensemble.members import Member
from textq.coding.ensemble.pool import PoolWeights
from textq.errors import ConfigError

KIND = "textq ensemble"
_SCHEMA_VERSION = 1
_MOST_BYTES = 10_000_000
_SEAL = "sha256"
_HASH = re.compile(r"[0-9a-f]{16}")


def write_ensemble(fitted: FittedEnsemble, path: Path) -> None:
    """Write a fitted ensemble in one step; what stood there is kept until all is written."""
    data = {"kind": KIND, "schema_version": _SCHEMA_VERSION, **asdict(fitted), "fitted_on": sorted(fitted.fitted_on)}
    data[_SEAL] = hash_content(data)
    with replace_file(path) as stream:
        stream.write(json.dumps(data, ensure_ascii=False, indent=1) + "\n")


def hash_content(data: Mapping[str, Any]) -> str:
    """Return the SHA-256 of all that a file says, but for the hash itself."""
    content = {name: value for name, value in data.items() if name != _SEAL}
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def read_ensemble(path: Path) -> FittedEnsemble:
    """Read a fitted ensemble.

    Raises
    ------
    ConfigError
        If the file cannot be read, is of another kind or version, was changed, lacks a field, or holds numbers
        outside their range.
    """
    try:
        return _build(json.loads(_read(path), parse_constant=_refuse_constant))
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}. Check its path.") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ConfigError(
            f"{path}: no ensemble that textq wrote ({error!r}). Fit it again (textq combine); of a trained coder "
            "give the folder."
        ) from error
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from error


def _read(path: Path) -> str:
    if path.stat().st_size > _MOST_BYTES:
        raise ValueError(f"larger than {_MOST_BYTES:,} bytes")
    return path.read_text(encoding="utf-8")


def _build(data: Mapping[str, Any]) -> FittedEnsemble:
    if data["kind"] != KIND or data["schema_version"] != _SCHEMA_VERSION:
        raise ValueError("another kind or version")
    if data[_SEAL] != hash_content(data):
        raise ConfigError(
            "it was changed since textq wrote it: its SHA-256 is not the one it states. Restore it, or fit it again "
            "(textq combine)."
        )
    fitted = FittedEnsemble(
        codebook=_text(data["codebook"]),
        classes=tuple(map(_text, data["classes"])),
        coders=tuple(map(_text, data["coders"])),
        pool=PoolWeights(tuple(map(_number, data["pool"]["weights"])), _number(data["pool"]["sharpness"])),
        abstention=_build_threshold(data["abstention"]),
        n_clauses=_count(data["n_clauses"]),
        n_documents=_count(data["n_documents"]),
        n_folds=_count(data["n_folds"]),
        accuracy=_number(data["accuracy"]),
        log_loss=_number(data["log_loss"]),
        coder_accuracies=tuple(map(_number, data["coder_accuracies"])),
        members=tuple(map(_build_member, data["members"])),
        lexicon=_text(data["lexicon"]) if data["lexicon"] != "" else "",
        fitted_on=frozenset(map(_hash, data["fitted_on"])),
    )
    _check(fitted)
    return fitted


def _build_member(data: Mapping[str, Any]) -> Member:
    name, folder = data["name"], data["folder"]
    if not isinstance(name, str) or not isinstance(folder, str) or bool(name) is bool(folder):
        raise TypeError("a coder has either a name or a folder")
    if name and (PureWindowsPath(name).name != name or name == ".."):
        raise ValueError(f"{name!r} is no name of a coder")
    if PurePosixPath(folder).is_absolute() or PureWindowsPath(folder).drive or "\\" in folder:
        raise ValueError(f"{folder!r} is not relative to the file")
    return Member(name, folder)


def _build_threshold(data: Mapping[str, Any]) -> Threshold:
    error = data["error"]
    threshold = Threshold(
        _number(data["target"]),
        _number(data["threshold"]),
        _number(data["kept"]),
        None if error is None else _number(error),
    )
    check_threshold(threshold)
    return threshold


def _check(fitted: FittedEnsemble) -> None:
    weights = fitted.pool.weights
    if not len(weights) == len(fitted.coders) == len(fitted.coder_accuracies) or not weights:
        raise ValueError("not one weight a coder")
    if fitted.members and len(fitted.members) != len(fitted.coders):
        raise ValueError("not one place a coder")
    if len(set(fitted.coders)) < len(fitted.coders) or len(set(fitted.classes)) < len(fitted.classes):
        raise ValueError("a coder or a class stands twice")
    if min(weights) < 0 or abs(sum(weights) - 1) > 1e-9 or fitted.pool.sharpness < 0:
        raise ValueError("the weights are no shares")


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError(f"{value!r} is no text")
    return value


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TypeError(f"{value!r} is no number")
    return float(value)


def _count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise TypeError(f"{value!r} is no count")
    return value


def _hash(value: object) -> str:
    if not isinstance(value, str) or not _HASH.fullmatch(value):
        raise TypeError(f"{value!r} is no hash of 16 hex digits")
    return value


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON")
