"""What was learned of the sites' templates, version by version, and captures decided by it at their run's end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, select, update

from storage import bodies
from storage.engine import reading
from storage.histories import article_of
from storage.models import AnswerRow, CaptureRow, ModelRow, PageRow, RunRow, Standing, VersionRow, table_of
from storage.pieces import chunks
from storage.recording import insert_one, keep_article
from storage.records import Article, KeptBody, Outcome, Revision, SiteModel
from storage.rereading import kept_of
from storage.spans import unsettled
from storage.texts import storable

_answer, _run = table_of(AnswerRow), table_of(RunRow)
_capture, _model, _page, _version = table_of(CaptureRow), table_of(ModelRow), table_of(PageRow), table_of(VersionRow)


def latest_model(engine: Engine, site: str) -> SiteModel | None:
    """The site's newest model."""
    models = models_of(engine, site, newest_only=True)
    return models[0] if models else None


def sites_with_models(engine: Engine) -> list[str]:
    """The sites of which something was learned, by name."""
    with reading(engine) as connection:
        return list(connection.scalars(select(_model.c.site).distinct().order_by(_model.c.site)))


def models_of(engine: Engine, site: str, *, newest_only: bool = False) -> list[SiteModel]:
    """The site's models, the newest first."""
    statement = select(_model).where(_model.c.site == site).order_by(_model.c.version.desc())
    with reading(engine) as connection:
        return [_site_model(row) for row in connection.execute(statement.limit(1 if newest_only else None))]


def keep_model(connection: Connection, model: SiteModel, made_at: datetime, reads_by: str) -> None:
    """Store a version of a site's model; the same version again is left as it is. ``reads_by``: how its run reads now."""
    connection.execute(update(_run).where(_run.c.id == model.run_id).values(reader_version=reads_by))
    known = select(_model.c.id).where(_model.c.site == model.site, _model.c.version == model.version)
    if connection.scalar(known) is not None:
        return
    codec, data = bodies.compress(model.data)
    row = {
        "site": model.site,
        "version": model.version,
        "era": model.era,
        "run_id": model.run_id,
        "made_at": made_at,
        "reader_version": model.reader_version,
        "pages": model.pages,
        "codec": codec,
        "data": data,
    }
    insert_one(connection, _model, row)


def revise(connection: Connection, run_id: int, revisions: Sequence[Revision]) -> int:
    """Write under captures of the run that aren't settled what they turned out to be; how many were."""
    captures = _open_captures(connection, run_id, {revision.url for revision in revisions})
    count = 0
    for revision in revisions:
        looks = captures.get(revision.url, [])
        capture_id = revision.capture_id or (looks[revision.look] if revision.look < len(looks) else None)
        if capture_id is None:
            continue
        values = {
            "outcome": revision.outcome.value,
            "reason": storable(revision.reason) or None,
            "reader_version": revision.reader_version,
            "content_id": _content_of(connection, capture_id, revision.article),
        }
        is_ours = (_capture.c.run_id == run_id) & _capture.c.standing.in_([Standing.OPEN, Standing.WAITING])
        count += connection.execute(
            update(_capture).where(_capture.c.id == capture_id, is_ours).values(values)
        ).rowcount
    return count


def waiting_edits(engine: Engine, run_id: int, *, limit: int | None = None) -> list[tuple[KeptBody, KeptBody]]:
    """Pages that the run's captures show otherwise than before, not settled yet: what was read last, and what is read now."""
    shown, answered = _capture.alias("shown"), _answer.alias("answered")
    statement = (
        select(_capture.c.id, shown.c.id.label("before"))
        .join(_page, _page.c.id == _capture.c.page_id)
        .join(shown, shown.c.id == _page.c.latest_capture_id)
        .join(_answer, (_answer.c.capture_id == _capture.c.id) & _answer.c.is_whole)
        .join(answered, (answered.c.capture_id == shown.c.id) & answered.c.is_whole)
        .where(unsettled([run_id]), _capture.c.outcome == Outcome.OK.value, _capture.c.content_id != shown.c.content_id)
        .order_by(_capture.c.id)
        .limit(limit)
    )
    with reading(engine) as connection:
        pairs = connection.execute(statement).all()
        bodies_of = {kept.capture_id: kept for kept in kept_of(connection, [id_ for pair in pairs for id_ in pair])}
    return [(bodies_of[before], bodies_of[now]) for now, before in pairs]


def close_open(connection: Connection, run_ids: Collection[int]) -> None:
    """Open captures of runs that end here wait to be settled like any other."""
    is_open = unsettled(run_ids) & (_capture.c.standing == Standing.OPEN)
    connection.execute(update(_capture).where(is_open).values(standing=int(Standing.WAITING)))


def texts_of(engine: Engine, url: str) -> frozenset[str] | None:
    """The block texts of the page's current version; None for a page without one."""
    statement = (
        select(_version.c.content_id)
        .join(_page, _page.c.current_version_id == _version.c.id)
        .where((_page.c.url == url) | (_page.c.shown_url == url))
    )
    with reading(engine) as connection:
        content_id = connection.scalar(statement.limit(1))
        if content_id is None:
            return None
        return frozenset(block.text for block in article_of(connection, content_id).blocks)


def _open_captures(connection: Connection, run_id: int, urls: Collection[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for some in chunks(sorted(urls)):
        statement = (
            select(_page.c.url, _capture.c.id)
            .join(_page, _page.c.id == _capture.c.page_id)
            .where(_page.c.url.in_(some), unsettled([run_id]), _capture.c.standing == Standing.OPEN)
        )
        for url, capture_id in connection.execute(statement.order_by(_capture.c.id)):
            found[url].append(capture_id)
    return found


def _content_of(connection: Connection, capture_id: int, article: Article | None) -> int | None:
    """The content row of what was read; hashes of files that were recorded with the capture stay with it."""
    if article is None:
        return None
    recorded = connection.scalar(select(_capture.c.content_id).where(_capture.c.id == capture_id))
    files = article_of(connection, recorded).files if recorded is not None else ()
    return keep_article(connection, replace(article, files=files) if files else article)


def _site_model(row: Row[Any]) -> SiteModel:
    return SiteModel(
        site=row.site,
        version=row.version,
        era=row.era,
        pages=row.pages,
        data=bodies.decompress(row.codec, row.data),
        run_id=row.run_id,
        made_at=row.made_at,
        reader_version=row.reader_version,
    )
