"""Articles: what is written in them, drawn from a seed and independent of any markup."""

import random
from dataclasses import dataclass, replace
from datetime import date, timedelta

from benchmarks.corpus.draw import chance, dice, words
from benchmarks.corpus.grammar import Speaker
from benchmarks.corpus.linking import with_links
from benchmarks.corpus.truth import ORIGIN, SECTIONS, Block, Media, Truth, canonical

_LATIN = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        words("a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh shch . y . e yu ya"),
        strict=True,
    )
)
_BODY_KINDS = ("news",) * 9 + ("listed",) * 3 + ("letter",) * 2 + ("interview",) * 2 + ("quoted",) * 2 + ("table",)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is settled of an article before its text: where it stands, its kind and whether a press block ends it."""

    slug: str
    section: str
    title: str
    language: str
    kind: str
    has_press: bool


def make_articles(seed: int, pages: int) -> tuple[Truth, ...]:
    """Articles of one site, newest first; three of them may share a title."""
    plans = _plans(dice(seed, "plans"), pages)
    addresses = [f"{ORIGIN}/{plan.section}/{plan.slug}/" for plan in plans]
    days = _days(dice(seed, "days"), pages)
    return tuple(
        _article(dice(seed, "article", number), plan, day, [a for a in addresses if plan.slug not in a])
        for number, (plan, day) in enumerate(zip(plans, days, strict=True))
    )


def _plans(rng: random.Random, pages: int) -> list[_Plan]:
    languages = ["ru" if chance(rng, 0.25) else "en" for _ in range(pages)]
    titles = [make_title(Speaker(rng, language)) for language in languages]
    if pages >= 6 and chance(rng, 0.2):
        same = rng.sample(range(pages), 3)
        for number in same:
            titles[number], languages[number] = titles[same[0]], languages[same[0]]
    press = [number % 2 == 0 for number in range(pages)]
    rng.shuffle(press)
    slugs: list[str] = []
    for title in titles:
        slugs.append(_free_slug(title, slugs))
    sections = [rng.choices(SECTIONS, (6, 2, 1))[0] for _ in range(pages)]
    kinds = [rng.choice(_BODY_KINDS) for _ in range(pages)]
    return [_Plan(*row) for row in zip(slugs, sections, titles, languages, kinds, press, strict=True)]


def make_title(speaker: Speaker) -> str:
    """A title of 15 to 255 letters, with the quotation marks of several hands."""
    title = speaker.say("title")
    if chance(speaker.rng, 0.08):
        while len(longer := f"{title}. {speaker.say('title')}") <= 255:
            title = longer
    title = title.rstrip(".")[:255].strip()
    return title[0].upper() + title[1:]


def _free_slug(title: str, taken: list[str]) -> str:
    base = slug_of(title)
    slug, number = base, 2
    while slug in taken:
        slug, number = f"{base}-{number}", number + 1
    return slug


def slug_of(title: str) -> str:
    """The title in Latin letters with hyphens, cut at 96 letters."""
    letters = "".join(_LATIN.get(letter, letter) for letter in title.lower()).replace(".", "")
    words = "".join(letter if letter.isascii() and letter.isalnum() else " " for letter in letters).split()
    return "-".join(words)[:96].strip("-") or "untitled"


def _days(rng: random.Random, pages: int) -> list[date | None]:
    day = date(2026, 6, 30) - timedelta(days=rng.randint(0, 2400))
    days: list[date | None] = []
    for _ in range(pages):
        days.append(None if chance(rng, 0.03) else day)
        day -= timedelta(days=rng.randint(0, 25))
    return days


def _article(rng: random.Random, plan: _Plan, day: date | None, others: list[str]) -> Truth:
    speaker = Speaker(rng, plan.language)
    blocks = distinct(_body(speaker, plan.kind))[: 9 if plan.has_press else 13]
    if plan.language == "en" and len(blocks) >= 6 and chance(rng, 0.1):
        _leave_one_in_russian(rng, blocks)
    truth = Truth(plan.slug, plan.section, plan.title, day, plan.language, tuple(blocks), media=make_media(speaker))
    truth = with_links(rng, truth, others)
    return with_press(rng, truth) if plan.has_press else truth


def _body(speaker: Speaker, kind: str) -> list[Block]:
    rng = speaker.rng
    plain = [
        Block("paragraph", speaker.paragraph())
        for _ in range(rng.choices((1, 2, 3, 4, 5, 7, 9), (2, 3, 4, 4, 3, 2, 1))[0])
    ]
    if kind == "news" and len(plain) >= 4 and chance(rng, 0.4):
        plain.insert(rng.randint(1, 3), Block("heading", speaker.say("heading")))
    if kind == "listed":
        items = [Block("list_item", speaker.say("item")) for _ in range(rng.randint(2, 6))]
        return [*plain[:3], *items, *plain[3:6]]
    if kind == "letter":
        return [Block("paragraph", speaker.say("greeting")), *plain]
    if kind == "interview":
        return [plain[0], *interview_turns(speaker, rng.randint(2, 5))]
    if kind == "quoted":
        plain.insert(rng.randint(1, len(plain)), Block("quote", speaker.say("quote")))
    if kind == "table":
        return [*plain[:4], *table_rows(speaker), *plain[4:]]
    return plain


def interview_turns(speaker: Speaker, count: int) -> list[Block]:
    """Questions and answers, each a paragraph that begins with a dash; the dash is part of the text."""
    rules = ("question", "answer") * count
    return [Block("paragraph", f"— {speaker.say(rule)}") for rule in rules]


def table_rows(speaker: Speaker) -> list[Block]:
    """Three to six rows of three cells, the first row being the headings."""
    heads = {"en": ("Site", "Unit", "Number"), "ru": ("Место", "Подразделение", "Число")}[speaker.language]
    rows = [heads]
    for _ in range(speaker.rng.randint(2, 5)):
        rows.append((speaker.fill("{city}"), speaker.say("unit"), speaker.fill("{big}")))
    return [Block("table_row", " | ".join(row)) for row in rows]


def distinct(blocks: list[Block]) -> list[Block]:
    """The blocks without any that repeats an earlier one."""
    return list(dict.fromkeys(blocks))


def _leave_one_in_russian(rng: random.Random, blocks: list[Block]) -> None:
    places = [n for n, block in enumerate(blocks) if block.kind == "paragraph" and n and len(block.text) > 40]
    text = Speaker(rng, "ru").say("sentence")
    if places and len(text) * 4 < sum(len(block.text) for block in blocks):
        blocks[rng.choice(places)] = Block("paragraph", text)


def make_media(speaker: Speaker) -> tuple[Media, ...]:
    """No image, one or two, each at its own address; a third have no alternative text."""
    rng = speaker.rng
    media = []
    for _ in range(rng.choices((0, 1, 2, 3), (5, 4, 2, 1))[0]):
        folder, name = (
            f"{rng.getrandbits(12):03x}",
            f"{rng.choice(('IMG', 'DSC', 'ZVF', 'photo'))}_{rng.randint(1000, 99999)}",
        )
        alt = "" if chance(rng, 0.35) else canonical(speaker.fill(rng.choice(speaker.words.CAPTIONS)))
        media.append(Media(f"{ORIGIN}/upload/iblock/{folder}/{name}.{rng.choice(('jpg', 'JPG', 'png'))}", alt))
    return tuple(media)


def with_press(rng: random.Random, truth: Truth) -> Truth:
    """The article with the press block that many articles end with, word for word the same."""
    lines = rng.choice(Speaker(rng, truth.language).words.PRESS)
    return replace(truth, blocks=(*truth.blocks, *(Block("paragraph", line) for line in lines)))
