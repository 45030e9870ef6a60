"""templates"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from watch import output
from watch.context import called

if TYPE_CHECKING:
    from crawler.pages.model import Template
    from storage.records import SiteModel


def templates(
    context: typer.Context,
    site: Annotated[str | None, typer.Argument(help="A site's name; all sites where none is given.")] = None,
    all_versions: Annotated[bool, typer.Option("--all", help="Every version that was ever learned.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines, a version of a site's model each.")] = False,
) -> None:
    """What was learned of the sites' markup.

    Where articles stand, and what beside them is the site's own.

    \b
    Example:
      csto-watch templates csto-en
    """
    from storage.learned import models_of, sites_with_models  # noqa: PLC0415
    from watch.store import reading  # noqa: PLC0415

    with reading(called(context).db_url) as engine:
        sites = [site] if site else sites_with_models(engine)
        models = [model for name in sites for model in models_of(engine, name, newest_only=not all_versions)]
    if as_json:
        output.write_objects(map(_model_object, models))
    else:
        _print(models)


def _model_object(kept: SiteModel) -> dict[str, Any]:
    from crawler.pages.model import decode  # noqa: PLC0415
    from reports.instants import rfc3339_or_none  # noqa: PLC0415

    model = decode(kept.data)
    return {
        "site": kept.site,
        "version": kept.version,
        "era": kept.era,
        "learned_at": rfc3339_or_none(kept.made_at),
        "run_id": kept.run_id,
        "reader_version": kept.reader_version,
        "mark": model.mark if model else None,
        "templates": [_template_object(template) for template in model.templates] if model else [],
    }


def _template_object(template: Template) -> dict[str, Any]:
    return {
        "region": " > ".join(f"{step}[{place}]" if place else step for step, place in template.region),
        "pages": template.pages,
        "title": " > ".join(template.title) or None,
        "boxes_alike": template.row,
        "site_boxes": sorted(template.slots),
        "passed_over": sorted(template.passed),
        "site_lines": len(template.lines),
        "article_boxes": sorted(template.own),
        "days_before_text": template.glues_days,
    }


def _print(models: list[SiteModel]) -> None:
    if not models:
        output.note("Nothing has been learned yet: a crawl learns from its first pages.")
        return
    for found in map(_model_object, models):
        head = f"{found['site']}  version {found['version']}, era {found['era']}, learned {found['learned_at']} in run"
        output.write_line(f"{head} {found['run_id']}")
        for template in found["templates"]:
            output.write_line(f"  {template['pages']} pages: {template['region']}")
            if template["title"]:
                output.write_line(f"    the title: {template['title']}")
            if template["days_before_text"]:
                output.write_line("    the date: before the first word of the text")
            for name, what in (("site_boxes", "the site's"), ("article_boxes", "the article's")):
                for box in template[name]:
                    passed = ", passed over" if box in template["passed_over"] else ""
                    output.write_line(f"    {what}: {box.lstrip('>') or 'lines right in it'}{passed}")
            if template["site_lines"]:
                output.write_line(f"    the site's: {template['site_lines']} lines that stand on many pages")
