"""``study.toml``: what is read, what wins over what, and what is refused."""

from pathlib import Path

import pytest

from textq.config import BY_MEASURE, Study, read_study
from textq.errors import ConfigError

NEEDED = """
[scores]
run = "textq-out"
[series]
file = "outcomes/series.csv"
[designations]
file = "outcomes/designations.csv"
"""


def write_study(folder: Path, text: str = "") -> Path:
    path = folder / "study.toml"
    path.write_text(NEEDED + text, encoding="utf-8")
    return path


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return read_study(write_study(tmp_path))


def test_defaults_are_the_recipe_of_the_anchor_study(study: Study) -> None:
    assert (study.pairs.roles, study.pairs.gravity, study.pairs.keep) == (("one", "neither"), "anchor", "upper_half")
    assert (study.outcome.measure, study.outcome.transform, study.outcome.clip) == (
        "cerqueira_martins",
        BY_MEASURE,
        1e-6,
    )
    assert study.treatment.timing == "approval_year"
    assert study.estimate.regressors == ("did", "did:*")
    assert study.units is None


def test_paths_are_relative_to_the_file(study: Study, tmp_path: Path) -> None:
    assert study.series.file == tmp_path / "outcomes/series.csv"
    assert study.scores.run == tmp_path / "textq-out"


def test_a_byte_order_mark_is_no_obstacle(tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    path.write_text(NEEDED, encoding="utf-8-sig")
    assert read_study(path).scores.measure == "stock"


def test_flag_wins_over_environment_over_file_over_default(tmp_path: Path) -> None:
    path = write_study(tmp_path, '[treatment]\ntiming = "from_file"\n')
    environment = {"TEXTQ_TREATMENT_TIMING": "from_environment", "TEXTQ_SCORES_MEASURE": "count"}
    assert read_study(write_study(tmp_path)).treatment.timing == "approval_year"
    assert read_study(write_study(tmp_path, '[treatment]\ntiming = "from_file"\n')).treatment.timing == "from_file"
    assert read_study(path, environment=environment).treatment.timing == "from_environment"
    assert read_study(path, ["treatment.timing=from_flag"], environment).treatment.timing == "from_flag"
    assert read_study(path, environment=environment).scores.measure == "count"


def test_settings_take_toml_values(tmp_path: Path) -> None:
    settings = ["outcome.window=[2010, 2019]", "outcome.clip=1e-3", "pairs.keep={strongest = 5}", "pairs.gravity=none"]
    study = read_study(write_study(tmp_path), settings)
    assert study.outcome.window == (2010, 2019)
    assert study.outcome.clip == 1e-3
    assert study.pairs.keep == {"strongest": 5}
    assert study.pairs.gravity is None


def test_lists_within_tables_become_tuples(tmp_path: Path) -> None:
    study = read_study(write_study(tmp_path, '[estimate]\nvcov = {dyadic = ["unit_i", "unit_j"]}\n'))
    assert study.estimate.vcov == {"dyadic": ("unit_i", "unit_j")}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[treatmnt]\n", r"unknown section \[treatmnt\]\. Did you mean 'treatment'\?"),
        ("[pairs]\ngravty = 1\n", r"unknown key 'gravty' in \[pairs\]\. Did you mean 'gravity'\?"),
        ("[pairs]\nzzz = 1\n", "It knows: roles, gravity, keep, gravity_years"),
        ("[outcome]\nwindow = [2019, 2010]\n", r"\[outcome\] window must be \[first, last\]"),
        ("[outcome]\nclip = true\n", "clip must be a number"),
        ("[pairs]\nroles = 'one'\n", "roles must be a list of texts"),
        ("[units]\nunit = 'code'\n", r"\[units\] lacks file"),
        ("[outcome]\noptions = 5\n", "options must be a table"),
        ("[scores\n", "no valid TOML"),
    ],
)
def test_what_cannot_be_read_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        read_study(write_study(tmp_path, text))


def test_missing_sections_are_named(tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    path.write_text("", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"\[series\] lacks file"):
        read_study(path)


@pytest.mark.parametrize("setting", ["timing=x", "treatment.timing", "nowhere.timing=x"])
def test_settings_without_section_key_and_value_are_refused(tmp_path: Path, setting: str) -> None:
    with pytest.raises(ConfigError, match=r"write section\.key=value"):
        read_study(write_study(tmp_path), [setting])


def test_an_unknown_key_of_a_setting_says_where_it_stands(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"--set treatment\.timming=x: unknown key 'timming'"):
        read_study(write_study(tmp_path), ["treatment.timming=x"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[series]\nindex_to_growth = 1\n", "must be true or false"),
        ('[series]\ndoubtful = "maybe"\n', '"refuse" or "keep"'),
        ('[labels]\nlang = "cn"\n', '"zh" or "en"'),
        ("[labels.zh]\ndid = 1\n", r"\[labels\] zh must be a table of texts"),
        ('[labels.zh]\ndid = ""\n', r"\[labels\] zh must be a table of texts"),
        ("[series]\nbase_year = 2020.5\n", "must be a year"),
    ],
)
def test_settings_with_few_values_are_checked_at_once(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "study.toml"
    path.write_text(NEEDED.replace("[series]\n", text) if "[series]" in text else NEEDED + text, encoding="utf-8")
    with pytest.raises(ConfigError, match=message):
        read_study(path)


def test_labels_are_tables_of_each_language(tmp_path: Path) -> None:
    text = '[labels]\nstyle = "aer"\nbelow = "t"\n[labels.zh]\ndid = "政策"\n"did:supply" = "政策×供给"\n'
    labels = read_study(write_study(tmp_path, text)).labels
    assert (labels.style, labels.below) == ("aer", "t")
    assert (labels.zh, labels.en) == ({"did": "政策", "did:supply": "政策×供给"}, {})
    plain = read_study(write_study(tmp_path)).labels
    assert (plain.style, plain.below, plain.zh) == ("cn", None, {})


def test_unknown_keys_of_labels_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"unknown key 'sytle' in \[labels\]\. Did you mean 'style'"):
        read_study(write_study(tmp_path, '[labels]\nsytle = "aer"\n'))


def test_unknown_variables_of_a_section_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"TEXTQ_TREATMENT_TIMMING.*Did you mean 'timing'"):
        read_study(write_study(tmp_path), environment={"TEXTQ_TREATMENT_TIMMING": "next_full_year"})


def test_options_of_the_command_are_no_settings(tmp_path: Path) -> None:
    environment = {"TEXTQ_ESTIMATE_OUT": "elsewhere", "TEXTQ_SCORE_JOBS": "2", "TEXTQ_VERBOSE": "1", "PATH": "/bin"}
    assert read_study(write_study(tmp_path), environment=environment) == read_study(write_study(tmp_path))
