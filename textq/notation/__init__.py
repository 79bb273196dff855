"""How official Chinese is written: numerals, dates, numbering marks, issuing bodies, the blocks of a document.

The notation that ingest and segment both read; it knows no lexicon and no document.
"""
