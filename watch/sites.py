"""A site that the command line names."""

from __future__ import annotations

from watch.errors import WrongArgumentError


def refuse_unknown_site(name: str | None) -> None:
    """A wrong argument where no site has this name."""
    from crawler.sites import UnknownSite, site_named  # noqa: PLC0415

    try:
        _ = name is None or site_named(name)
    except UnknownSite as error:
        raise WrongArgumentError(f"--site: {error}") from None
