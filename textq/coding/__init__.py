"""Clauses → codings."""
