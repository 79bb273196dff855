"""``study.toml``: one frozen dataclass a section; unknown keys are refused with a hint.

A setting given with ``--set`` wins over the environment (``TEXTQ_<SECTION>_<KEY>``), that over the file, that over the
default. Paths are relative to the file's folder. What a value may be is checked where it is used.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, get_args, get_type_hints

from textq.errors import ConfigError

NOTHING = "none"
"""How a file says None."""

BY_MEASURE = "by measure"
"""The transform of Cerqueira–Martins, and none of the other measures."""

REFUSE, KEEP = "refuse", "keep"

EVERY = "*"
"""did:* stands for did × the score of each instrument of the run."""

PRE = "pre"
"""The years before the first designation of any unit."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a value stands: the file (or flag, or variable), its section and key, and the folder of its paths."""

    source: str
    section: str
    key: str
    folder: Path

    def refuse(self, wanted: str, value: object) -> ConfigError:
        return ConfigError(f"{self.source}: [{self.section}] {self.key} must be {wanted}. Got {value!r} instead.")


def _read_text(value: object, place: _Place) -> str:
    if not isinstance(value, str) or not value:
        raise place.refuse("a text", value)
    return value


def _read_text_or_none(value: object, place: _Place) -> str | None:
    text = _read_text(value, place)
    return None if text == NOTHING else text


def _read_path(value: object, place: _Place) -> Path:
    return place.folder / Path(_read_text(value, place)).expanduser()


def _read_number_or_none(value: object, place: _Place) -> float | None:
    if value == NOTHING:
        return None
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise place.refuse(f'a number, or "{NOTHING}"', value)
    return float(value)


def _read_year(value: object, place: _Place) -> int:
    if type(value) is not int:
        raise place.refuse("a year", value)
    return value


def _read_whole(value: object, place: _Place) -> int:
    if type(value) is not int:
        raise place.refuse("a whole number", value)
    return value


def _read_ends(value: object, place: _Place) -> tuple[int, int]:
    if not isinstance(value, list) or len(value) != 2 or not all(type(one) is int for one in value):
        raise place.refuse("two whole numbers, [first, last]", value)
    return value[0], value[1]


def _read_flag(value: object, place: _Place) -> bool:
    if not isinstance(value, bool):
        raise place.refuse("true or false", value)
    return value


def _read_lang(value: object, place: _Place) -> str:
    if value not in ("zh", "en"):
        raise place.refuse('"zh" or "en"', value)
    return str(value)


def _read_decision(value: object, place: _Place) -> str:
    if value not in (REFUSE, KEEP):
        raise place.refuse(f'"{REFUSE}" or "{KEEP}"', value)
    return str(value)


def _read_texts(value: object, place: _Place) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
        raise place.refuse("a list of texts", value)
    return tuple(value)


def _read_window(value: object, place: _Place) -> tuple[int, int]:
    years = _read_years(value, place)
    if len(years) != 2 or years[0] > years[1]:
        raise place.refuse("[first, last]", value)
    return years[0], years[1]


def _read_years(value: object, place: _Place) -> tuple[int, ...]:
    if not isinstance(value, list) or not value or not all(type(one) is int for one in value):
        raise place.refuse("a list of years", value)
    return tuple(value)


def _read_years_or_text(value: object, place: _Place) -> tuple[int, ...] | str | None:
    return _read_text_or_none(value, place) if isinstance(value, str) else _read_years(value, place)


def _read_options(value: object, place: _Place) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise place.refuse("a table, e.g. {window = 5}", value)
    return value


def _read_names(value: object, place: _Place) -> Mapping[str, str]:
    if not isinstance(value, dict) or not all(isinstance(one, str) and one for one in value.values()):
        raise place.refuse('a table of texts, e.g. {did = "policy"}', value)
    return value


def _read_rule(value: object, place: _Place) -> str | Mapping[str, object] | None:
    """Read a name, or a table such as {strongest = 5} or {cluster = "pair_id"}."""
    if isinstance(value, dict):
        return {name: tuple(one) if isinstance(one, list) else one for name, one in value.items()}
    return _read_text_or_none(value, place)


Text = Annotated[str, _read_text]
MaybeText = Annotated[str | None, _read_text_or_none]
Texts = Annotated[tuple[str, ...], _read_texts]
File = Annotated[Path, _read_path]
Number = Annotated[float | None, _read_number_or_none]
Flag = Annotated[bool, _read_flag]
Language = Annotated[str, _read_lang]
Decision = Annotated[str, _read_decision]
Year = Annotated[int, _read_year]
Whole = Annotated[int, _read_whole]
Ends = Annotated[tuple[int, int], _read_ends]
Window = Annotated[tuple[int, int] | None, _read_window]
Years = Annotated[tuple[int, ...] | str | None, _read_years_or_text]
Rule = Annotated[str | Mapping[str, object] | None, _read_rule]
Options = Annotated[Mapping[str, object], _read_options]
Names = Annotated[Mapping[str, str], _read_names]
"""The types of settings, each with the function that reads it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoresConfig:
    """[scores]: the run of ``textq score`` whose intensities are used; needed for regressors did:….

    ``incomplete`` says what to do where a document of a treated unit-period could not be read: refuse, or keep.
    ``codebook`` is the folder of the codebook that the run must have been coded by; without it, any will do.
    """

    run: File
    measure: Text = "stock"
    coverage: File | None = None
    codebook: File | None = None
    incomplete: Decision = REFUSE


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesConfig:
    """[series]: the economic series of the units; long (a row a unit and period) or wide (periods across).

    ``base_year`` is the year of the list of unit codes that all files of the study are matched to. ``doubtful`` says
    what to do where values jump, or look like an index in the place of growth: refuse, or keep.
    """

    file: File
    unit: Text | None = None
    period: Text | None = None
    value: Text | None = None
    base_year: Year | None = None
    index_to_growth: Flag = False
    doubtful: Decision = REFUSE


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitsConfig:
    """[units]: variables of the units, one row a unit or a unit and year; needed for gravity and controls."""

    file: File
    unit: Text = "unit"


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignationsConfig:
    """[designations]: when each unit was designated; without it, the roster of pilot zones that comes with textq."""

    file: File
    unit: Text = "unit"
    date: Text = "approved_on"


@dataclass(frozen=True, slots=True, kw_only=True)
class PairsConfig:
    """[pairs]: which pairs are compared; see ``econ.form_pairs``."""

    roles: Texts = ("one", "neither")
    gravity: MaybeText = "anchor"
    keep: Rule = "upper_half"
    gravity_years: Years = PRE


@dataclass(frozen=True, slots=True, kw_only=True)
class TreatmentConfig:
    """[treatment]: who is treated when, and how strongly; see ``econ.assign_treatment`` and ``interact_scores``."""

    timing: Text = "approval_year"
    boundary: Text = "original"
    county_zones: Text = "own"
    scale: Text = "sd"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeConfig:
    """[outcome]: how the series become synchronization; see ``econ.filter_series``, ``measure_synchronization``."""

    measure: Text = "cerqueira_martins"
    transform: MaybeText = BY_MEASURE
    clip: Number = 1e-6
    filter: Text = NOTHING
    filter_options: Options = field(default_factory=dict)
    window: Window = None
    standardise: Years = "window"
    options: Options = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class EstimateConfig:
    """[estimate]: the equation. A control is "column" or "column:rule" (see ``econ.combine_units``)."""

    regressors: Texts = ("did", f"did:{EVERY}")
    controls: Texts = ()
    absorb: Texts = ("pair", "period")
    vcov: Rule = "auto"
    ssc: Text | None = None
    engine: MaybeText = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventStudyConfig:
    """[event_study]: did by event time; see ``econ.fit_event_study``. Without the section none is fitted.

    ``draws`` and ``seed`` are those of the simulation behind the band.
    """

    window: Ends = (-4, 4)
    reference: Whole = -1
    beyond: Text = "bin"
    normalise: Text = "reference"
    draws: Whole = 50_000
    seed: Whole = 20_190_101


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceboConfig:
    """[placebo]: the equation with placebo designations; see ``econ.run_placebo``. Without the section none is run.

    ``strata`` is a column of the units, within which designations are permuted.
    """

    kind: Text = "unit"
    sample: Text = "recipe"
    studentise: Text = "dyadic"
    strata: MaybeText = None
    draws: Whole = 500
    seed: Whole = 20_150_307


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelsConfig:
    """[labels]: the language of the summary, the style of tables, and what they call a term.

    ``style`` is a name of ``econ.table_style.STYLES``; ``below`` says what stands below a coefficient: se, t, ci or p.
    """

    lang: Language | None = None
    style: Text = "cn"
    below: Text | None = None
    zh: Names = field(default_factory=dict)
    en: Names = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FiguresConfig:
    """[figures]: sizes and languages of figures, and a base map of the user with its approval number.

    Without languages it is that of [labels].
    """

    sizes: Texts = ("a4",)
    langs: Texts = ()
    base_map: File | None = None
    approval: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """A whole ``study.toml``; ``path`` is the file."""

    path: Path
    scores: ScoresConfig | None
    series: SeriesConfig
    designations: DesignationsConfig | None
    units: UnitsConfig | None
    pairs: PairsConfig
    treatment: TreatmentConfig
    outcome: OutcomeConfig
    estimate: EstimateConfig
    event_study: EventStudyConfig | None
    placebo: PlaceboConfig | None
    labels: LabelsConfig
    figures: FiguresConfig


SECTIONS: Mapping[str, type[Any]] = {
    "scores": ScoresConfig,
    "series": SeriesConfig,
    "units": UnitsConfig,
    "designations": DesignationsConfig,
    "pairs": PairsConfig,
    "treatment": TreatmentConfig,
    "outcome": OutcomeConfig,
    "estimate": EstimateConfig,
    "event_study": EventStudyConfig,
    "placebo": PlaceboConfig,
    "labels": LabelsConfig,
    "figures": FiguresConfig,
}
_COMMAND_OPTIONS = frozenset(f"TEXTQ_ESTIMATE_{name}" for name in ("OUT", "SETTINGS", "AS_JSON", "JSON", "LANG"))
"""Variables that click reads as options of the command."""

_SWITCHES = ("event_study", "placebo")
"""Sections that are run where their name stands in the file, without any key too."""

_OPTIONAL = ("scores", "units", "designations", *_SWITCHES)


def read_study(path: Path, settings: Sequence[str] = (), environment: Mapping[str, str] | None = None) -> Study:
    """Read a study file.

    Parameters
    ----------
    path
        The TOML file.
    settings
        "section.key=value" each; the value in TOML, or a bare text.
    environment
        Where ``TEXTQ_<SECTION>_<KEY>`` is looked up.

    Raises
    ------
    ConfigError
        If the file is no TOML, a section or key is unknown or missing, or a value is of the wrong type.
    """
    content = _load_file(path)
    values: dict[str, dict[str, tuple[object, _Place]]] = {name: {} for name in SECTIONS}
    given = (*_list_file(path, content), *_list_environment(environment or {}), *_list_settings(settings))
    for place, value in given:
        values[place.section][place.key] = (value, place)
    left_out = {name for name in _OPTIONAL if not values[name] and not (name in _SWITCHES and name in content)}
    sections: dict[str, Any] = {
        name: None if name in left_out else _build_section(name, values[name], path) for name in SECTIONS
    }
    return Study(path=path, **sections)


def _load_file(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{path}: no valid TOML in UTF-8 ({error}). Save it as UTF-8; texts stand in double quotes."
        ) from error


def _list_file(path: Path, content: Mapping[str, object]) -> list[tuple[_Place, object]]:
    found: list[tuple[_Place, object]] = []
    for section, entries in content.items():
        if section not in SECTIONS:
            raise ConfigError(f"{path}: unknown section [{section}].{_hint(section, list(SECTIONS))}")
        if not isinstance(entries, dict):
            raise ConfigError(f"{path}: {section} must be a section. Write [{section}] above its keys.")
        for key, value in entries.items():
            found.append((_find_place(str(path), section, key, path.resolve().parent), value))
    return found


def _list_environment(environment: Mapping[str, str]) -> list[tuple[_Place, object]]:
    found: list[tuple[_Place, object]] = []
    for variable, text in environment.items():
        section = next((name for name in SECTIONS if variable.startswith(f"TEXTQ_{name}_".upper())), None)
        if section and variable not in _COMMAND_OPTIONS:
            key = variable.removeprefix(f"TEXTQ_{section}_".upper()).lower()
            found.append((_find_place(variable, section, key, Path.cwd()), _parse_value(text)))
    return found


def _list_settings(settings: Sequence[str]) -> list[tuple[_Place, object]]:
    found: list[tuple[_Place, object]] = []
    for setting in settings:
        name, equals, value = setting.partition("=")
        section, dot, key = name.strip().partition(".")
        if not (equals and dot) or section not in SECTIONS:
            hint = _hint(section, list(SECTIONS))
            raise ConfigError(f"--set {setting}: write section.key=value, e.g. treatment.timing=next_full_year.{hint}")
        found.append((_find_place(f"--set {setting}", section, key, Path.cwd()), _parse_value(value.strip())))
    return found


def _find_place(source: str, section: str, key: str, folder: Path) -> _Place:
    known = [one.name for one in fields(SECTIONS[section])]
    if key not in known:
        raise ConfigError(f"{source}: unknown key {key!r} in [{section}].{_hint(key, known)}")
    return _Place(source, section, key, folder)


def _parse_value(text: str) -> object:
    """Return a TOML value; what is none is taken for a bare text."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _build_section(name: str, given: Mapping[str, tuple[object, _Place]], path: Path) -> Any:
    """Return a section from the keys that are given, with defaults for the others."""
    kind = SECTIONS[name]
    missing = [one.name for one in fields(kind) if _is_required(one) and one.name not in given]
    if missing:
        raise ConfigError(f"{path}: [{name}] lacks {', '.join(missing)}. Add it.")
    readers = _find_readers(kind)
    return kind(**{key: readers[key](value, place) for key, (value, place) in given.items()})


def _is_required(setting: Field[Any]) -> bool:
    return setting.default is MISSING and setting.default_factory is MISSING


def _find_readers(kind: type[Any]) -> dict[str, Any]:
    """Return by key the function that stands in the annotation of its type."""
    readers = {}
    for key, hint in get_type_hints(kind, include_extras=True).items():
        annotated = next((one for one in (hint, *get_args(hint)) if hasattr(one, "__metadata__")), None)
        readers[key] = annotated.__metadata__[0] if annotated else None
    return readers


def _hint(word: str, known: Sequence[str]) -> str:
    close = get_close_matches(word, known, n=1)
    return f" Did you mean {close[0]!r}?" if close else f" It knows: {', '.join(known)}."
