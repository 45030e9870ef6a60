"""Names are looked up once, and an answer inside somebody's own network is refused (a site's name must not lead there)."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Any

from scrapy.resolver import CachingThreadedResolver
from twisted.internet.error import DNSLookupError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twisted.internet.defer import Deferred

# Python's is_global says True of these (NAT64, 6to4, multicast), and each can hide a private address.
_DISGUISES = tuple(ip_network(net) for net in ("64:ff9b::/96", "2002::/16", "224.0.0.0/4"))


def is_public(address: str) -> bool:
    """Whether ``address`` (dotted or IPv6) belongs to the public internet. False for anything that is no address."""
    try:
        named = ip_address(address)
    except ValueError:
        return False
    ip = getattr(named, "ipv4_mapped", None) or named
    return bool(ip.is_global) and not any(ip in net for net in _DISGUISES)


_EXEMPT: set[str] = set()


def exempt(host: str) -> None:
    """Let one host be private: that of ``--base-url``, which the operator named, and nothing else."""
    _EXEMPT.add(host)


class PublicResolver(CachingThreadedResolver):
    """Refuses private answers, whoever asked for the name."""

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> Deferred[str]:  # noqa: N802
        found: Deferred[str] = super().getHostByName(name, timeout)
        if name not in _EXEMPT:
            found.addCallback(self._refuse_private, name)
        return found

    def _refuse_private(self, address: str, name: str) -> Any:
        if not is_public(address):
            raise DNSLookupError(f"{name} leads to {address}, which is no public address: refused")
        return address
