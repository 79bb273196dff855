"""A second server on this machine, of somebody else: its pages try to write into a review, and to read it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


@dataclass
class ForeignSite:
    """Its address, the pages it shows by path, and the cookies that browsers sent to it."""

    site: str = ""
    pages: dict[str, str] = field(default_factory=dict)
    cookies: list[str] = field(default_factory=list)


@contextmanager
def serve_foreign_site() -> Iterator[ForeignSite]:
    """Serve the pages of a foreign site until the block is left."""
    foreign = ForeignSite()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            foreign.cookies += self.headers.get_all("Cookie") or []
            page = foreign.pages.get(urlsplit(self.path).path)
            self.send_response(200 if page is not None else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write((page or "").encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    foreign.site = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield foreign
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
