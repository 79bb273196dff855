"""Which hosts may be connected to: a name → its IP addresses, all of them public."""

import ipaddress
import socket
from collections.abc import Callable, Sequence

from textq.ingest.fetch.failure import FetchError

Resolver = Callable[[str, int], Sequence[str]]
"""(host, port) → IP addresses; raises FetchError if there are none."""

_NOT_PUBLIC_V4 = tuple(map(ipaddress.IPv4Network, (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
    "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
    "224.0.0.0/4", "240.0.0.0/4",
)))  # fmt: skip
"""Special-purpose IPv4 (IANA): private, shared (CGNAT), loopback, link-local, examples, tests, multicast, reserved."""

_PUBLIC_V6 = ipaddress.IPv6Network("2000::/3")
"""All that is assigned to hosts of the IPv6 internet. Outside: loopback, local, multicast, mapped IPv4, NAT64 …"""

_NOT_PUBLIC_V6 = tuple(map(ipaddress.IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
"""Within it: protocol assignments with Teredo, examples, 6to4 (which carries an IPv4 address of any kind)."""


def resolve_host(host: str, port: int) -> tuple[str, ...]:
    """Return the IP addresses of a host by the system's resolver, each once.

    Raises
    ------
    FetchError
        If the name has none, or the resolver does not answer.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        later = isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN
        raise FetchError(
            f"the host {host} is not found: {error}. Check the url and the network.", retry=later
        ) from error
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


def check_public(host: str, addresses: Sequence[str]) -> None:
    """Refuse a host of which any address is not public.

    Raises
    ------
    FetchError
        If one of them is private, local, multicast, reserved, or an IPv4 address in the clothes of IPv6.
    """
    for address in addresses:
        if not is_public(address):
            raise FetchError(
                f"{host} has the address {address}, which is not public. "
                "Use --allow-private if you mean to fetch from your own network."
            )


def is_public(address: str) -> bool:
    """Return whether an IP address is one of the public internet."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv4Address):
        return not any(ip in network for network in _NOT_PUBLIC_V4)
    return ip in _PUBLIC_V6 and not any(ip in network for network in _NOT_PUBLIC_V6)
