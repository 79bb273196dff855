"""Encrypted connections: certificates are checked, and the key goes only where they hold."""

import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from textq.coding.llm import LlmError

from ...ingest.fetch.test_client import make_certificate
from .conftest import Server, make_units

Make = Callable[..., Any]


def encrypt(server: Server, pem: Path) -> str:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    return server.base_url.replace("http://127.0.0.1", "https://localhost")


def test_a_certificate_that_is_trusted(
    server: Server, make_coder: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pem = make_certificate(tmp_path, "localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    monkeypatch.setenv("TEXTQ_LLM_KEY", "sk-secret-1234")
    made = make_coder(base_url=encrypt(server, pem), threads=2)
    assert len(made.coder.code(make_units("A grant.", "A ban.", "A loan."))) == 3
    assert {asked.headers["authorization"] for asked in server.asked} == {"Bearer sk-secret-1234"}


@pytest.mark.parametrize(("name", "trusted"), [("localhost", False), ("other.test", True)])
def test_a_certificate_that_is_not(
    server: Server, make_coder: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, trusted: bool
) -> None:
    pem = make_certificate(tmp_path, name)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    made = make_coder(base_url=encrypt(server, pem))
    with pytest.raises(LlmError, match=r"certificate of localhost:.* cannot be trusted") as refused:
        made.coder.code(make_units("A grant."))
    assert "SSL_CERT_FILE" in str(refused.value)
    assert server.asked == []
    assert server.clock.slept == []
