"""Edits of one article: pure functions from article to article."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final, Literal

from replica.model import Anchor, Article, Image, Part, Run, Text, with_part

Need = Literal["link", "image", "file", "digit", "date", "paragraphs", "no_date"]
_WORD: Final = re.compile(r"[^\W\d_]{4,}")
FILES: Final = "/upload/"
"""The folder of all images and documents."""
_OTHER_TITLES: Final = {"en": "A corrected headline on the matter of", "ru": "Уточнённый заголовок по вопросу"}
_OTHER_WORDS: Final = {"en": "otherwise", "ru": "иначе"}
_INSERTED: Final = {
    "en": "An inserted paragraph says what the first report left out (addendum 77).",
    "ru": "Вставленный абзац говорит о том, чего не было в первом сообщении (дополнение 77).",
}


def is_plain(part: Part) -> bool:
    """A paragraph of text alone, with words in it: ``* * *`` and phone numbers don't count."""
    return part.kind == "paragraph" and len(part.runs) == 1 and isinstance(part.runs[0], Text) and len(part.text) > 60


def plain_indices(article: Article) -> list[int]:
    return [index for index, part in enumerate(article.parts) if is_plain(part)]


def has_all(article: Article, needs: tuple[Need, ...]) -> bool:
    runs = [run for part in article.parts for run in part.runs]
    has: dict[Need, bool] = {
        "link": any(isinstance(run, Anchor) and not run.href.startswith("mailto:") for run in runs),
        "image": any(isinstance(run, Image) for run in runs),
        "file": bool(files_of(article)),
        "digit": any(re.search(r"\d", article.parts[index].text) for index in plain_indices(article)),
        "date": article.published is not None,
        "no_date": article.published is None,
        "paragraphs": len(plain_indices(article)) >= 3,
    }
    return all(has[need] for need in needs)


def other_title(article: Article) -> str:
    return f"{_OTHER_TITLES[article.language]} {article.title[:1].lower()}{article.title[1:]}"


def other_address(address: str) -> str:
    """Another address in the same folder."""
    if "?" in address:
        return f"{address}77"
    return address.rstrip("/") + "-novyy-adres" + ("/" if address.endswith("/") else "")


def replace_word(article: Article, old: str | None, new: str | None) -> Article:
    """The first ``old`` of the body becomes ``new``. Without ``old``: the third long word of the body's longest text."""
    if old is None:
        longest = max((run.text for part in article.parts for run in part.runs if isinstance(run, Text)), key=len)
        old = _WORD.findall(longest)[2]
    word, other = re.compile(rf"\b{re.escape(old)}\b"), new or _OTHER_WORDS[article.language]
    return _in_text(article, lambda text: word.sub(lambda _: other, text, count=1), f"the word {old!r}")


def change_digit(article: Article) -> Article:
    """The last digit of the first number in the body becomes the next one."""

    def next_digit(found: re.Match[str]) -> str:
        return found[0][:-1] + str((int(found[0][-1]) + 1) % 10)

    return _in_text(article, lambda text: re.sub(r"\d+", next_digit, text, count=1), "a digit")


def _in_text(article: Article, change: Callable[[str], str], what: str) -> Article:
    """The first plain text that ``change`` changes, changed."""
    for index, part in enumerate(article.parts):
        for place, run in enumerate(part.runs):
            if isinstance(run, Text) and change(run.text) != run.text:
                return with_part(article, index, _with_run(part, place, replace(run, text=change(run.text))))
    raise ValueError(f"{article.address} has not {what}: pick another article")


def _with_run(part: Part, place: int, run: Run) -> Part:
    return replace(part, runs=(*part.runs[:place], run, *part.runs[place + 1 :]))


def remove_paragraph(article: Article, index: int | None) -> Article:
    indices = plain_indices(article)
    if index is None and len(indices) < 2:
        raise ValueError(f"{article.address} has no paragraph to spare: pick another article")
    return with_part(article, indices[-1] if index is None else index)


def insert_paragraph(article: Article, text: str | None, index: int) -> Article:
    part = Part("paragraph", (Text(text or _INSERTED[article.language]),))
    return replace(article, parts=(*article.parts[:index], part, *article.parts[index:]))


def set_link_target(article: Article, href: str | None) -> Article:
    """The first link leads elsewhere; its text stays."""
    for index, part in enumerate(article.parts):
        for place, run in enumerate(part.runs):
            if isinstance(run, Anchor) and not run.href.startswith("mailto:"):
                anchor = Anchor(href or "/documents/documents/", run.text)
                return with_part(article, index, _with_run(part, place, anchor))
    raise ValueError(f"{article.address} has no link: pick another article")


def files_of(article: Article) -> list[str]:
    """The paths of the site's own images and documents that the article shows or links, in its order."""
    runs = [run for part in article.parts for run in part.runs]
    shown = ([article.lead] if article.lead else []) + [run for run in runs if isinstance(run, Image)]
    linked = [run.href for run in runs if isinstance(run, Anchor)]
    return list(dict.fromkeys(path for path in (*(i.src for i in shown), *linked) if path.startswith(FILES)))


def file_to_swap(article: Article, path: str | None) -> str:
    """``path``, or else the article's first file. ValueError for one that the article doesn't name."""
    files = files_of(article)
    if path is not None and path not in files:
        raise ValueError(f"{article.address} names no file {path}: it has {', '.join(files) or 'none'}")
    if not files:
        raise ValueError(f"{article.address} has no file: pick another article")
    return path or files[0]


def swap_image(article: Article, src: str | None) -> Article:
    """The first image, the lead one if there is one, gets another source; its text stays."""
    new = src or "/upload/iblock/fff/swapped.jpg"
    if article.lead:
        return replace(article, lead=replace(article.lead, src=new))
    for index, part in enumerate(article.parts):
        for place, run in enumerate(part.runs):
            if isinstance(run, Image):
                return with_part(article, index, _with_run(part, place, replace(run, src=new)))
    raise ValueError(f"{article.address} has no image: pick another article")
