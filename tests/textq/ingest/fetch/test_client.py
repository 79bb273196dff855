"""TLS and proxies: the two ways to a host that the plain site of the other tests does not show."""

import http.server
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from textq.errors import ConfigError
from textq.ingest.fetch.addresses import parse_address
from textq.ingest.fetch.client import _describe_tls, parse_proxy

from .conftest import PAGE, Answer, Site

Fetch = Callable[..., Any]


def make_certificate(folder: Path, name: str, *, days: int = 1) -> Path:
    """Write a key and a certificate for ``name`` and 127.0.0.1 that signs itself."""
    x509 = pytest.importorskip("cryptography.x509", reason="needs the package cryptography")
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    names = x509.SubjectAlternativeName([x509.DNSName(name), x509.IPAddress(ipaddress.ip_address("127.0.0.9"))])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now - timedelta(days=9)).not_valid_after(now + timedelta(days))
    basic = x509.BasicConstraints(ca=True, path_length=None)
    certificate = builder.add_extension(names, False).add_extension(basic, True).sign(key, hashes.SHA256())
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ) + certificate.public_bytes(serialization.Encoding.PEM)
    path = folder / f"{name}.pem"
    path.write_bytes(pem)
    return path


def encrypt(site: Site, pem: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    site.socket = context.wrap_socket(site.socket, server_side=True, do_handshake_on_connect=False)


def resolve(host: str, port: int) -> list[str]:
    return ["127.0.0.1"]


def test_a_certificate_that_is_trusted(
    fetch: Fetch, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pem = make_certificate(tmp_path, "good.test")
    encrypt(site, pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    site.say("/a.html", Answer())
    (row,) = fetch([{"url": f"https://good.test:{site.server_port}/a.html"}], resolve=resolve)
    assert (row.status, row.reason) == ("fetched", "")
    assert {request.headers["host"] for request in site.requests} == {f"good.test:{site.server_port}"}


@pytest.mark.parametrize(
    ("name", "days", "trusted", "words"),
    [
        ("good.test", 1, False, "self-signed"),
        ("good.test", -1, True, "expired"),
        ("other.test", 1, True, "Hostname mismatch"),
    ],
)
def test_a_certificate_that_is_not(
    fetch: Fetch, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    name: str, days: int, trusted: bool, words: str,
) -> None:  # fmt: skip
    pem = make_certificate(tmp_path, name, days=days)
    encrypt(site, pem)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    site.say("/a.html", Answer())
    (row,) = fetch([{"url": f"https://good.test:{site.server_port}/a.html"}], resolve=resolve)
    assert row.status == "failed"
    assert "its certificate cannot be trusted" in row.reason
    assert words in row.reason
    assert "SSL_CERT_FILE" in row.reason
    assert site.requests == []


def test_a_port_without_tls(fetch: Fetch, site: Site) -> None:
    (row,) = fetch([{"url": f"https://good.test:{site.server_port}/a.html"}], resolve=resolve)
    assert "outdated TLS, or none at this port" in row.reason
    assert "in a browser" in row.reason


def test_an_outdated_tls(fetch: Fetch, site: Site, tmp_path: Path) -> None:
    encrypt(site, make_certificate(tmp_path, "good.test"))
    assert isinstance(site.socket, ssl.SSLSocket)
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        site.socket.context.maximum_version = ssl.TLSVersion.TLSv1_1
    (row,) = fetch([{"url": f"https://good.test:{site.server_port}/a.html"}], resolve=resolve, retries=0)
    assert row.status == "failed"
    assert "outdated TLS" in row.reason


def test_what_legacy_renegotiation_means() -> None:
    error = ssl.SSLError(1, "[SSL: UNSAFE_LEGACY_RENEGOTIATION_DISABLED] unsafe legacy renegotiation disabled")
    failure = _describe_tls(error, parse_address("https://old.gov.cn/"))
    assert "outdated TLS (renegotiation without protection)" in str(failure)
    assert "Download the file in a browser" in str(failure)
    assert not failure.retry


@contextmanager
def run_proxy(site: Site) -> Iterator[tuple[str, list[str]]]:
    """A proxy that takes every host for the site; yields its address, and the first lines that it was sent."""
    lines: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            lines.append(self.requestline)
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n" + PAGE)

        def do_CONNECT(self) -> None:
            lines.append(self.requestline)
            self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
            with socket.create_connection(("127.0.0.1", site.server_port)) as peer:
                there = threading.Thread(target=pump, args=(self.connection, peer), daemon=True)
                there.start()
                pump(peer, self.connection)
                there.join()

        def log_message(self, *_: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", lines
    server.shutdown()
    server.server_close()


def pump(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def refuse(host: str, port: int) -> list[str]:
    raise AssertionError("behind a proxy, names are not looked up here")


def test_plain_requests_through_a_proxy(fetch: Fetch, site: Site) -> None:
    with run_proxy(site) as (proxy, lines):
        (row,) = fetch([{"url": "http://far.test/政.html"}], proxy=proxy, resolve=refuse)
    assert row.status == "fetched"
    assert lines == ["GET http://far.test/robots.txt HTTP/1.1", "GET http://far.test/%E6%94%BF.html HTTP/1.1"]


def test_encrypted_requests_through_a_proxy(
    fetch: Fetch, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pem = make_certificate(tmp_path, "far.test")
    encrypt(site, pem)
    site.say("/a.html", Answer())
    with run_proxy(site) as (proxy, lines):
        (row,) = fetch([{"url": "https://far.test/a.html"}], proxy=proxy, resolve=refuse, retries=0)
        assert "its certificate cannot be trusted" in row.reason
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
        (row,) = fetch([{"url": "https://far.test/a.html"}], proxy=proxy, resolve=refuse)
    assert (row.status, row.reason) == ("fetched", "")
    assert set(lines) == {"CONNECT far.test:443 HTTP/1.1"} or set(lines) == {"CONNECT far.test:443 HTTP/1.0"}


@pytest.mark.parametrize("proxy", ["http://proxy.test:3128", "proxy.test:3128", "HTTP://proxy.test:3128/"])
def test_proxies(proxy: str) -> None:
    assert parse_proxy(proxy) == ("proxy.test", 3128)


@pytest.mark.parametrize(
    "proxy", ["socks5://p:1", "https://p:1", "http://p", "http://u:p@p:1", "http://p:x", "http://"]
)
def test_other_proxies_are_refused_at_once(fetch: Fetch, site: Site, proxy: str) -> None:
    with pytest.raises(ConfigError, match="http://host:port"):
        fetch([{"url": site.url("/a")}], proxy=proxy)
    assert site.requests == []


def test_proxies_of_the_environment_are_not_used(fetch: Fetch, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert fetch([{"url": site.say("/a.html", Answer())}])[0].status == "fetched"
