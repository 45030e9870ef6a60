"""What is known of the files that an article shows or links: the SHA-256 of their bytes, address by address. Pure.

A hash that isn't known (a crawl without ``--media``, a file that didn't answer, an import) is compared with nothing, as an
unknown field is. That is why files are no field: of one article some may be known and others not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from storage.records import Article, FileHash


def changed_files(known: Article, seen: Article) -> list[tuple[str, str, str]]:
    """(address, old hash, new hash) of the files that both know and that have other bytes now, by address."""
    if not known.files or not seen.files:
        return []
    before = {file.href: file.sha256 for file in known.files}
    return [
        (file.href, before[file.href], file.sha256)
        for file in seen.files
        if before.get(file.href, file.sha256) != file.sha256
    ]


def with_files(article: Article, hashes: Mapping[str, str]) -> Article:
    """``article`` with the hashes of the files that it names; itself where it has them already. Its own stand first."""
    if not hashes:
        return article
    named = {media.src for media in article.media} | {link.href for link in article.links}
    found = {href: hashes[href] for href in named if href in hashes} | {f.href: f.sha256 for f in article.files}
    files = tuple(FileHash(href, found[href]) for href in sorted(found))
    return article if files == article.files else replace(article, files=files)


def without_files(article: Article) -> Article:
    return replace(article, files=()) if article.files else article
