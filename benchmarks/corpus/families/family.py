"""What a markup is: a layout and the habits that its sites draw from."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.corpus import boxes
from benchmarks.corpus.arrange import DATE_PLACES
from benchmarks.corpus.draw import chance, dice
from benchmarks.corpus.markup import El
from benchmarks.corpus.page import SITE_NAME, Page, Style

_SUFFIXES = ("", f" - {SITE_NAME}", f" | {SITE_NAME}", f" :: News of the {SITE_NAME}")


@dataclass(frozen=True, slots=True)
class Family:
    """A markup; each of its sites settles one of the date places and formats."""

    name: str
    layout: Callable[[Page], El]
    charset: str = "utf-8"
    date_places: tuple[str, ...] = DATE_PLACES
    date_formats: tuple[str, ...] = ("dots", "en", "dots", "en_us", "ru", "iso")

    def style(self, seed: int) -> Style:
        """The habits of one site of this family."""
        return draw_style(dice("style", self.name, seed), self.date_places, self.date_formats)


def draw_style(rng: random.Random, places: tuple[str, ...], formats: tuple[str, ...]) -> Style:
    """Habits drawn at random."""
    back = tuple(words for words in boxes.BACK if chance(rng, 0.8))
    return Style(
        date_place=rng.choice(places),
        date_format=rng.choice(formats),
        strip_has_dates=chance(rng, 0.6),
        strip_size=rng.randint(0, 5),
        title_suffix=rng.choice(_SUFFIXES),
        has_meta=chance(rng, 0.6),
        absolute_links=chance(rng, 0.3),
        double_breaks=chance(rng, 0.6),
        back_links=back,
        has_bare_glue=chance(rng, 0.4),
    )
