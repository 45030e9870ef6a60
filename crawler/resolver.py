"""Names are looked up once, and an answer inside somebody's own network is refused (a site's name must not lead there)."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Any

from scrapy.resolver import CachingThreadedResolver
from twisted.internet.error import DNSLookupError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scrapy.crawler import Crawler
    from twisted.internet.base import ReactorBase
    from twisted.internet.defer import Deferred

# Python's is_global says True of these (NAT64, 6to4, multicast), and each can hide a private address.
_DISGUISES = tuple(ip_network(net) for net in ("64:ff9b::/96", "2002::/16", "224.0.0.0/4"))


def is_public(address: str) -> bool:
    """Whether ``address`` (dotted or IPv6) belongs to the public internet. False for anything that is no address."""
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    if getattr(ip, "ipv4_mapped", None):
        ip = ip.ipv4_mapped  # type: ignore[union-attr]
    return ip.is_global and not any(ip in net for net in _DISGUISES)


class PublicResolver(CachingThreadedResolver):  # type: ignore[misc]
    """Refuses private answers, except for the one host of ``--base-url``."""

    exempt_host: str | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> PublicResolver:
        resolver: PublicResolver = super().from_crawler(crawler, reactor)
        resolver.exempt_host = crawler.settings.get("CSTO_BASE_HOST")
        return resolver

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> Deferred[str]:  # noqa: N802
        found: Deferred[str] = super().getHostByName(name, timeout)
        if name != self.exempt_host:
            found.addCallback(self._refuse_private, name)
        return found

    def _refuse_private(self, address: str, name: str) -> Any:
        if not is_public(address):
            raise DNSLookupError(f"{name} leads to {address}, which is no public address: refused")
        return address
