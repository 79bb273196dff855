"""Archives that do not tell when they were written (:mod:`econ.fixed_zip`), for all that writes office files."""

from econ.fixed_zip import EPOCH, repack_zip

__all__ = ["EPOCH", "repack_zip"]
