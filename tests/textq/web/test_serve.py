import socket
import sys

import pytest

from textq.errors import ReviewError
from textq.web.serve import bind_socket, find_url, is_local, open_browser


def test_a_port_that_is_taken_is_named() -> None:
    with bind_socket("127.0.0.1", None) as taken:
        port = taken.getsockname()[1]
        assert find_url(taken, "127.0.0.1") == f"http://127.0.0.1:{port}"
        with pytest.raises(ReviewError, match=rf"port {port} of 127\.0\.0\.1 is taken.*another --port"):
            bind_socket("127.0.0.1", port)


def test_what_listens_takes_connections_before_it_is_served() -> None:
    with bind_socket("127.0.0.1", 0) as listening, socket.create_connection(listening.getsockname(), timeout=5):
        pass


@pytest.mark.parametrize("host", ["203.0.113.7", "no.such.name.invalid"])
def test_an_address_of_another_machine_is_refused(host: str) -> None:
    with pytest.raises(ReviewError, match=host):
        bind_socket(host, None)


def test_addresses() -> None:
    assert is_local("localhost")
    assert is_local("[::1]")
    assert not is_local("0.0.0.0")
    with bind_socket("0.0.0.0", None) as listening:
        assert find_url(listening, "0.0.0.0").startswith("http://127.0.0.1:")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems always have a desktop")
def test_without_a_desktop_no_browser_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert not open_browser("http://127.0.0.1:1/")
