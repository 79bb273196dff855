"""The errors a user can meet: one family, one branch a stage.

Every message says what was wrong, where, why, and what to do next. The command
line turns a :class:`TextqError` into a message and exit code 1 in one place.
"""


class TextqError(Exception):
    """Root of every error that textq raises on purpose."""


class ConfigError(TextqError):
    """A setting or an argument is unknown or outside its range."""


class LexiconError(TextqError):
    """A lexicon, codebook or place list breaks its own rules."""


class ManifestError(TextqError):
    """``manifest.csv``, ``coverage.csv`` or a file of confirmed values cannot be used as it stands."""


class ReadError(TextqError):
    """One file cannot be read; the run goes on and lists it as failed."""


class ScannedError(ReadError):
    """A file holds page images but no text layer."""


class ClauseFileError(TextqError):
    """A file of clauses to be coded lacks a field or has a broken row."""


class TrainingError(TextqError):
    """A coder cannot be trained: a setting, a code, or too few coded clauses."""


class ModelFileError(TextqError):
    """The files of a trained model are absent, damaged, changed, or of another codebook, lexicon or version."""


class SeriesFileError(TextqError):
    """A file of series, units or designations cannot be used as it stands."""


class TableError(TextqError):
    """A table breaks its contract: columns, types or key."""


class RunError(TextqError):
    """A run folder is absent, unfinished or of another version."""


class StudyError(TextqError):
    """A study cannot be estimated: a setting does not fit its data, or the sample does not allow it."""


class ReviewError(TextqError):
    """A review cannot go on: its store, an event, a sample or an imported file does not fit."""
