"""PDF → Extract. Two engines give glyphs; one layout makes lines, tables, footnotes and paragraphs of them."""

from textq.ingest.pdf.read import read_pdf

__all__ = ["read_pdf"]
