"""Web pages, saved as HTML or MHTML, → Extract: the only door to selectolax."""

from textq.ingest.html.mhtml import read_mhtml
from textq.ingest.html.page import read_html

__all__ = ["read_html", "read_mhtml"]
