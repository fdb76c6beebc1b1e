"""Where a webhook may go: not to this machine, its network or a cloud's metadata service.

The name is resolved once and the connection is made to the address that was checked, so that a
name server that answers differently the second time (DNS rebinding) gains nothing.
"""

import ipaddress
import socket
from urllib.parse import SplitResult, urlsplit

from .conf import load

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# Services of cloud providers that tell a machine its own credentials, at addresses that look public.
METADATA = {
    ipaddress.ip_address("168.63.129.16"),  # Azure
    ipaddress.ip_address("192.0.0.192"),  # Oracle
    ipaddress.ip_address("100.100.100.200"),  # Alibaba
    ipaddress.ip_address("fd00:ec2::254"),  # Amazon
    ipaddress.ip_address("fd20:ce::254"),  # Google
}
# Not the public internet, whatever the version of Python says (IANA's special-purpose address registries).
SPECIAL = [
    ipaddress.ip_network(network)
    for network in ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "3fff::/20", "5f00::/16")
]
NAT64 = ipaddress.ip_network("64:ff9b::/96")
IPV4_COMPATIBLE = ipaddress.ip_network("::/96")


class RefusedAddressError(OSError):
    """No webhook goes there; the message names the address and no more."""


def split(url: str) -> SplitResult:
    """The parts of an address that a webhook may have. Raises RefusedAddressError."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise RefusedAddressError("This is not an address.") from None
    schemes = ("https", "http") if load().allow_private else ("https",)
    if parts.scheme not in schemes or not parts.hostname or port == 0:
        raise RefusedAddressError("The address must begin with https:// and a host name.")
    if parts.username is not None or parts.password is not None:
        raise RefusedAddressError("The address must not hold a user name or password.")
    return parts


def port_of(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def resolve(host: str, port: int, *, numeric: bool = False) -> list[str]:
    """The IP addresses of this host, all of them checked.

    `numeric`: no name server is asked, and a host that is a name has no addresses. The system's
    resolver reads 2130706433, 0x7f.1 and other spellings of numbers as addresses, as it would
    when connecting. Raises RefusedAddressError where one of the addresses is refused, OSError
    where the name is not found.
    """
    flags = socket.AI_NUMERICHOST if numeric else 0
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
    except socket.gaierror:
        if numeric:
            return []
        raise
    except UnicodeError:
        raise RefusedAddressError(f"{host} is not a host name.") from None
    addresses = list(dict.fromkeys(str(item[4][0]) for item in found))
    for address in addresses:
        check(address)
    return addresses


def check(address: str) -> None:
    """Raises RefusedAddressError unless a webhook may go to this IP address."""
    ip = _unwrapped(ipaddress.ip_address(address))
    if _is_never_allowed(ip) or (_is_private(ip) and not load().allow_private):
        raise RefusedAddressError(f"{address} is not an address of the public internet.")


def _unwrapped(ip: Address) -> Address:
    """The IPv4 address that an IPv6 address stands for: mapped, translated or tunnelled."""
    if isinstance(ip, ipaddress.IPv4Address):
        return ip
    inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
    if inner is None and (ip in NAT64 or _is_isatap(ip) or (ip in IPV4_COMPATIBLE and int(ip) > 1)):
        inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return inner or ip


def _is_isatap(ip: ipaddress.IPv6Address) -> bool:
    """RFC 5214: the second half is 0:5efe, the u bit set or not, and an IPv4 address."""
    return int(ip) >> 32 & 0xFDFFFFFF == 0x5EFE


def _is_never_allowed(ip: Address) -> bool:
    return ip in METADATA or ip.is_link_local or ip.is_multicast or ip.is_unspecified


def _is_private(ip: Address) -> bool:
    site_local = isinstance(ip, ipaddress.IPv6Address) and ip.is_site_local
    is_special = any(ip in network for network in SPECIAL)
    return is_special or not ip.is_global or ip.is_reserved or site_local
