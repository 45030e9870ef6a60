"""A feed held against RFC 4287: by its grammar (atom.rng), and by what it says in prose."""

from __future__ import annotations

from pathlib import Path

from lxml import etree

ATOM = "{http://www.w3.org/2005/Atom}"
GRAMMAR = etree.RelaxNG(file=str(Path(__file__).with_name("atom.rng")))


def faults(feed: bytes) -> list[str]:
    """What is wrong with it; empty for a valid feed."""
    root = etree.fromstring(feed)
    if not GRAMMAR.validate(root):
        return [str(error) for error in GRAMMAR.error_log]
    return [*_of_ids(root), *_of_authors(root), *_of_links(root), *_of_entries(root)]


def _of_ids(root: etree._Element) -> list[str]:
    ids = [element.text or "" for element in root.iter(f"{ATOM}id")]
    return [f"two elements with the id {each}" for each in set(ids) if ids.count(each) > 1]


def _of_authors(root: etree._Element) -> list[str]:
    names = [name.text or "" for author in root.iter(f"{ATOM}author") for name in author.iter(f"{ATOM}name")]
    return [] if all(name.strip() for name in names) else ["an author without a name"]


def _of_links(root: etree._Element) -> list[str]:
    """No two alternates of one kind (4.1.1, 4.1.2)."""
    found = []
    for element in (root, *root.iter(f"{ATOM}entry")):
        links = element.findall(f"{ATOM}link")
        kinds = [(e.get("type"), e.get("hreflang")) for e in links if e.get("rel", "alternate") == "alternate"]
        found += [f"{len(kinds)} alternates"] * (len(kinds) > len(set(kinds)))
    return found


def _of_entries(root: etree._Element) -> list[str]:
    """One without content has an alternate (4.1.2); no text of one is empty; none is younger than its feed."""
    found = []
    newest = root.findtext(f"{ATOM}updated") or ""
    for entry in root.iter(f"{ATOM}entry"):
        rels = [link.get("rel") for link in entry.findall(f"{ATOM}link")]
        if entry.find(f"{ATOM}content") is None and "alternate" not in rels:
            found.append("neither content nor an alternate")
        found += [f"an empty {name}" for name in ("title", "summary", "content") if not entry.findtext(f"{ATOM}{name}")]
        if (entry.findtext(f"{ATOM}updated") or "") > newest:
            found.append("an entry younger than its feed")
    return found
