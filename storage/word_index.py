"""The index that search looks into: for each content the words of its article, as storage/words.py gives them.

SQLite: a contentless FTS5 table, PostgreSQL: a tsvector with GIN. Both are given words that are parted and folded already and
keep no places of words, so that both find the same; what a page says exactly is read from its articles. The row of a content is
written in the transaction that stores the content.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from sqlalchemy import Connection, TextClause, select, text

from storage.articles import decode_texts
from storage.bodies import decompress
from storage.models import ContentRow, table_of
from storage.phrases import Match, Query
from storage.pieces import chunks
from storage.words import vocabulary

OVERFULL: Final = "\u2026"
"""Stands for all words of an article that has more of them than a row may hold: it is a candidate of every search."""
MOST_BYTES: Final = 400_000
"""A tsvector takes less than 1 MiB."""
LONGEST: Final = 64
"""Of a longer word so many letters are kept; a lexeme takes less than 2 KiB."""
_ASKED: Final = 24
"""So many of a query's words pick the candidates: the longest, which few pages have."""
_PIECE: Final = 200
_LARGEST_PIECE: Final = 20_000
_BEHIND_ALL: Final = 2**62
_ENTRIES_AT_ONCE: Final = 10_000

_content = table_of(ContentRow)

_CREATE: Final[Mapping[str, tuple[str, ...]]] = {
    # "ascii" parts nothing but at spaces here: no folded word holds another ASCII character than letters and digits.
    "sqlite": ("CREATE VIRTUAL TABLE content_words USING fts5(words, content='', detail=none, tokenize='ascii')",),
    "postgresql": (
        "CREATE TABLE content_words (content_id BIGINT PRIMARY KEY REFERENCES content (id), words TSVECTOR NOT NULL)",
        "CREATE INDEX ix_content_words_words ON content_words USING gin (words)",
    ),
}
_INSERT: Final = {
    "sqlite": text("INSERT INTO content_words (rowid, words) VALUES (:id, :words)"),
    "postgresql": text("INSERT INTO content_words (content_id, words) VALUES (:id, array_to_tsvector(:words))"),
}
_CANDIDATES: Final = {
    "sqlite": text("SELECT rowid AS content_id FROM content_words WHERE content_words MATCH :query"),
    "postgresql": text("SELECT content_id FROM content_words WHERE words @@ CAST(:query AS tsquery)"),
}
_NEWEST: Final = {
    "sqlite": text(
        "SELECT rowid FROM content_words WHERE content_words MATCH :query AND rowid < :before ORDER BY rowid DESC LIMIT :most"
    ),
    "postgresql": text(
        "SELECT content_id FROM content_words WHERE words @@ CAST(:query AS tsquery) AND content_id < :before"
        " ORDER BY content_id DESC LIMIT :most"
    ),
}
_ENTRIES: Final = {
    "sqlite": text("SELECT term, doc FROM temp.content_words_entries"),
    "postgresql": text("SELECT lexeme, content_id FROM content_words, unnest(words)"),
}


def create(connection: Connection) -> None:
    for statement in _CREATE[connection.dialect.name]:
        connection.execute(text(statement))


def add_words(connection: Connection, contents: Iterable[tuple[int, Iterable[str]]]) -> None:
    """Index the texts of these contents, each named by its id; none of them may be indexed yet."""
    write = _spaced if connection.dialect.name == "sqlite" else indexed_words
    rows = [{"id": id_, "words": write(texts)} for id_, texts in contents]
    if rows:
        connection.execute(_INSERT[connection.dialect.name], rows)


def indexed_words(texts: Iterable[str]) -> list[str]:
    """The words that stand in the index for the texts of an article."""
    words = {word[:LONGEST] for word in vocabulary(texts)}
    return sorted(words) if sum(len(word.encode()) for word in words) <= MOST_BYTES else [OVERFULL]


def _spaced(texts: Iterable[str]) -> str:
    return " ".join(indexed_words(texts))


def fill(connection: Connection) -> None:
    """Index every content, a few in memory at a time; the index must be empty. ``verify`` names what can't be read."""
    for some in chunks(readable_texts(connection), _PIECE):
        add_words(connection, some)


def candidates(query: Query, dialect: str) -> TextClause:
    """Selects the ids of the contents that hold every word of the query, and perhaps some that don't say it."""
    return _CANDIDATES[dialect].bindparams(query=_asked(query, dialect))


def newest_candidates(connection: Connection, query: Query) -> Iterator[Sequence[int]]:
    """The same ids, those recorded last first: a few, then ever more, as long as somebody asks for them.

    SQLite gathers all words with one beginning anew for each piece, so these must not stay small.
    """
    dialect = connection.dialect.name
    asked, before, most = _asked(query, dialect), _BEHIND_ALL, _PIECE
    while found := connection.scalars(_NEWEST[dialect], {"query": asked, "before": before, "most": most}).all():
        yield found
        before, most = found[-1], min(4 * most, _LARGEST_PIECE)


def _asked(query: Query, dialect: str) -> str:
    asked = sorted({(word[:LONGEST], is_start) for word, is_start in _words(query)}, key=lambda each: -len(each[0]))
    write = _match if dialect == "sqlite" else _tsquery
    return write(asked[:_ASKED])


def entries(connection: Connection) -> Iterator[tuple[str, int]]:
    """Everything in the index: a word, and a content that has it."""
    if connection.dialect.name == "sqlite":
        _show_entries(connection)
    streamed = connection.execution_options(stream_results=True)
    for some in streamed.execute(_ENTRIES[connection.dialect.name]).partitions(_ENTRIES_AT_ONCE):
        yield from ((word, content_id) for word, content_id in some)


def _show_entries(connection: Connection) -> None:
    """A view of the connection's own: in the file it would be a table that every copy of rows takes for data."""
    is_reader = connection.exec_driver_sql("PRAGMA query_only").scalar_one()
    connection.exec_driver_sql("PRAGMA query_only=OFF")
    connection.exec_driver_sql(
        "CREATE VIRTUAL TABLE IF NOT EXISTS temp.content_words_entries USING fts5vocab(main, content_words, instance)"
    )
    connection.exec_driver_sql(f"PRAGMA query_only={is_reader}")


def _words(query: Query) -> Iterator[tuple[str, bool]]:
    """Each word that the query asks for, and whether it is only how a word begins."""
    for term in query.terms:
        if term.match is Match.EXACT:
            yield from ((word, False) for word in term.words)
        else:
            yield term.start, True


def _match(words: Sequence[tuple[str, bool]]) -> str:
    all_of_them = " AND ".join(f'"{word}"{" *" if is_start else ""}' for word, is_start in words)
    return f'({all_of_them}) OR "{OVERFULL}"'


def _tsquery(words: Sequence[tuple[str, bool]]) -> str:
    all_of_them = " & ".join(f"'{word}'{':*' if is_start else ''}" for word, is_start in words)
    return f"({all_of_them}) | '{OVERFULL}'"


def readable_texts(connection: Connection) -> Iterator[tuple[int, list[str]]]:
    """The id and the texts of every content, a few in memory at a time; those that can't be read are left out."""
    after = 0
    columns = (_content.c.id, _content.c.codec, _content.c.article)
    while rows := connection.execute(
        select(*columns).where(_content.c.id > after).order_by(_content.c.id).limit(_PIECE)
    ).all():
        for row in rows:
            try:
                yield row.id, decode_texts(decompress(row.codec, row.article))
            except (ValueError, KeyError, TypeError):
                continue
        after = rows[-1].id
