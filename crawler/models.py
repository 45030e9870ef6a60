"""Models of templates on their way between the store and the reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.pages import model as models
from crawler.pages.model import Model
from crawler.pages.reading import READER_VERSION, reader_mark
from storage.learned import latest_model
from storage.records import SiteModel

if TYPE_CHECKING:
    from sqlalchemy import Engine


def model_of(engine: Engine, site: str | None) -> Model | None:
    """What the store knows of the site's templates."""
    kept = latest_model(engine, site) if site is not None else None
    return models.decode(kept.data) if kept is not None else None


def site_model(site: str, model: Model, run_id: int | None) -> SiteModel:
    """A model as the store keeps it."""
    return SiteModel(
        site=site,
        version=model.version,
        era=model.era,
        pages=sum(template.pages for template in model.templates),
        data=models.encode(model),
        run_id=run_id,
        reader_version=READER_VERSION,
    )


class Models:
    """The models of a store's sites, each looked up once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._known: dict[str | None, Model | None] = {}

    def of(self, site: str | None) -> Model | None:
        if site not in self._known:
            self._known[site] = model_of(self._engine, site)
        return self._known[site]

    def mark(self, site: str | None) -> str:
        """The reader's version with the rules learned of the site."""
        return reader_mark(self.of(site))
