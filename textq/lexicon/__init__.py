"""Lexicons as objects: codebooks, lists of terms, and where they match."""
