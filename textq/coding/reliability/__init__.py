"""Intercoder reliability: how far coders agree on the same clauses, with the uncertainty of each figure."""
