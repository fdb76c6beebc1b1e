"""Which machine a request comes from, for limits: what a visitor writes into a header is not believed."""

import ipaddress

from django.http import HttpRequest

UNKNOWN = "unknown"
IPV6_PREFIX = 64  # bits; a connection gets at least so many addresses of its own


def client_address(request: HttpRequest, trusted_proxies: int = 0) -> str:
    """The address of the client, of an IPv6 one its network: "192.0.2.7", "2001:db8:1:2::/64".

    `trusted_proxies` is how many proxies of one's own a request passes. Each adds the address that
    it was asked from to X-Forwarded-For, so the entry that the outermost one added is the client.
    Whatever stands before it, the client may have sent itself.
    """
    named = request.headers.get("X-Forwarded-For", "").split(",") if trusted_proxies else []
    chain = [address.strip() for address in named if address.strip()]
    if len(chain) >= trusted_proxies > 0:
        return network(chain[-trusted_proxies])
    return network(request.META.get("REMOTE_ADDR", ""))


def network(address: str) -> str:
    """What counts as one client. UNKNOWN for what is no address: all those share one limit."""
    try:
        parsed = ipaddress.ip_address(_without_port(address).partition("%")[0])
    except ValueError:
        return UNKNOWN
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, IPV6_PREFIX), strict=False))


def _without_port(address: str) -> str:
    """Some proxies write "192.0.2.7:4711" and "[2001:db8::1]:4711"."""
    if address.startswith("["):
        return address[1:].partition("]")[0]
    return address.partition(":")[0] if address.count(":") == 1 else address
