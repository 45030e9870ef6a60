"""Odd but true articles: each looks like something else and is an article all the same."""

from dataclasses import dataclass
from datetime import date

from benchmarks.corpus.content import interview_turns, slug_of, table_rows
from benchmarks.corpus.draw import dice
from benchmarks.corpus.grammar import Speaker
from benchmarks.corpus.truth import ORIGIN, Block, Media, Truth


@dataclass(frozen=True, slots=True)
class OddArticle:
    """An odd article and what is odd about it."""

    name: str
    truth: Truth


def _article(title: str, blocks: list[Block], *, language: str = "en", media: tuple[Media, ...] = ()) -> Truth:
    published = date(2024, 4, 17)
    return Truth(slug_of(title), "news/news_odkb", title, published, language, tuple(blocks), (), media)


def _said(*texts: str) -> list[Block]:
    return [Block("paragraph", text) for text in texts]


def _one_line() -> Truth:
    return _article("On the working hours of the reception", _said("On April 19 the reception is open until 14:00."))


def _about_404() -> Truth:
    return _article(
        "Error 404: why pages of the archive could not be found",
        _said(
            "From April 12 to 14 visitors of the archive saw the words “Error 404: page not found” in place of some two hundred "
            "documents.",
            "The element not found was in each case a scanned treaty whose address had been changed by mistake.",
            "All the addresses work again, Leonid Pashkevich, head of the archive, said.",
        ),
    )


def _list_only() -> Truth:
    items = (
        "Opening of the session;",
        "Report of the working group;",
        "Debate on the draft budget;",
        "Election of the chairman.",
    )
    return _article("Agenda of the April session", [Block("list_item", item) for item in items])


def _table_only() -> Truth:
    return _article("Distribution of units by training ground", table_rows(Speaker(dice("odd table"), "en")))


def _russian() -> Truth:
    speaker = Speaker(dice("odd russian"), "ru")
    texts = list(dict.fromkeys(speaker.say("sentence") for _ in range(4)))
    return _article("О ходе подготовки к весенней сессии", _said(*texts), language="ru")


def _letter() -> Truth:
    return _article(
        "Greeting to the graduates",
        _said(
            "Dear graduates!",
            "You leave the academy in a year that was hard for your teachers and for you.",
            "I wish you steady hands, faithful friends and short duty watches.",
            "Sincerely,",
            "Rustam Norov",
        ),
    )


def _maintenance() -> Truth:
    return _article(
        "Maintenance works and a new captcha on the site",
        _said(
            "On April 20 the site is under maintenance from 02:00 to 05:00: technical works are carried out on the servers.",
            "Forms will get a captcha. To confirm that you are not a robot, you will have to choose three pictures of bridges.",
            "Please try again later if a form doesn't answer during the works.",
        ),
    )


def _interview() -> Truth:
    speaker = Speaker(dice("odd interview"), "en")
    turns = list(dict.fromkeys(interview_turns(speaker, 12)))
    return _article("Twelve questions to the chief of the Joint Staff", turns)


def _image() -> Truth:
    media = (Media(f"{ORIGIN}/upload/iblock/5d1/flag_2024.jpg", "The flag over the camp"),)
    return _article(
        "Photo of the day: the flag over the camp", _said("The flag over the camp near Osh, April 16."), media=media
    )


def _very_long() -> Truth:
    speaker = Speaker(dice("odd long"), "en")
    texts = list(dict.fromkeys(speaker.paragraph() + f" Item {number} of the report." for number in range(1, 121)))
    return _article("Full report on the activities for the past year", _said(*texts))


ODD: tuple[OddArticle, ...] = (
    OddArticle("one line", _one_line()),
    OddArticle("about error 404", _about_404()),
    OddArticle("list only", _list_only()),
    OddArticle("table only", _table_only()),
    OddArticle("russian", _russian()),
    OddArticle("letter", _letter()),
    OddArticle("about maintenance and captcha", _maintenance()),
    OddArticle("interview", _interview()),
    OddArticle("image and caption", _image()),
    OddArticle("very long", _very_long()),
)
