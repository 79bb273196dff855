import ipaddress
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textq.ingest.fetch.failure import FetchError
from textq.ingest.fetch.hosts import check_public, is_public, resolve_host

NOT_PUBLIC = [
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "100.127.255.255", "192.0.0.170", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1",
    "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1",
    "::ffff:8.8.8.8", "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1", "fe80::1", "fe80::1%eth0", "fc00::1",
    "fd12::1", "fec0::1", "ff02::1", "2001::1", "2001:db8::1", "2002:7f00:1::1", "3fff::1", "100::1", "5f00::1",
]  # fmt: skip


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "100.63.255.255", "100.128.0.1", "172.32.0.1", "223.255.255.255", "240e::1", "2400:3200::1"]
)
def test_addresses_that_are_public(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses())
def test_python_agrees_that_what_we_call_public_is(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    if is_public(str(address)):
        assert address.is_global
        assert not address.is_multicast
        assert not address.is_reserved


def test_one_address_that_is_not_public_is_enough() -> None:
    check_public("www.gov.cn", ["8.8.8.8", "240e::1"])
    with pytest.raises(FetchError, match=r"www\.gov\.cn has the address 10\.0\.0\.1.*--allow-private"):
        check_public("www.gov.cn", ["8.8.8.8", "10.0.0.1"])


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f.1", "127.1"])
def test_odd_spellings_of_loopback_are_found_out(host: str) -> None:
    try:
        found = resolve_host(host, 80)
    except FetchError:
        return  # this system's resolver does not take them
    with pytest.raises(FetchError, match="not public"):
        check_public(host, found)


@pytest.mark.parametrize(("code", "retry"), [(socket.EAI_NONAME, False), (socket.EAI_AGAIN, True)])
def test_a_name_without_addresses(monkeypatch: pytest.MonkeyPatch, code: int, retry: bool) -> None:
    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror(code, "no")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(FetchError, match="not found") as failed:
        resolve_host("nowhere.invalid", 80)
    assert failed.value.retry is retry
