"""Documents from the addresses of a manifest, fetched politely; the only door to urllib3."""

from textq.ingest.fetch.run import fetch_manifest
from textq.ingest.fetch.spec import Fetched, FetchSpec

__all__ = ["FetchSpec", "Fetched", "fetch_manifest"]
