"""Composes the stages: from files to scores, and from scores and series to estimates. No algorithm of its own."""
