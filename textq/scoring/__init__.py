"""Codings → score table: unit × period × instrument."""
