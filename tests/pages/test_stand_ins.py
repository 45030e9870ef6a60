"""What stands in an article's place and is told by its make, by its siblings, or by what the store has of the page."""

from __future__ import annotations

import pytest

from crawler.pages import model as models
from crawler.pages.learning import Learner
from crawler.pages.model import Model
from crawler.pages.reading import Answer, Fingerprint, Reading, fingerprint, read
from crawler.pages.signs import DATED, OPEN, OWN_ADDRESS, common_signs
from crawler.sites import SITES
from storage.records import Outcome
from tests.pages.pages import DATE, FIRST, FOOT, HEADING, SECOND, TITLE, html, reading, texts

SITE = SITES["csto-en"]
PLACES = ("Arvel", "Borsk", "Cedar", "Dorno", "Elmet", "Fauna", "Gdova", "Helm")
NOTICE = "The hall is being painted, and opens again on Monday."
BOX = "<div><p>The organization unites six states that help one another.</p></div>"


def url_of(place: str) -> str:
    return f"https://en.odkb-csto.org/news/news_odkb/the_ministers_met_in_{place.lower()}/"


def page(place: str, text: str, *, date: str = DATE, title: str = "", head: str = "") -> bytes:
    name = title or f"The ministers met in {place}"
    canonical = f'<link rel="canonical" href="{url_of(place)}">'
    body = f'<div class="n"><h1>{name}</h1>{date}<div>{text}</div></div>{BOX}{FOOT}'
    return html(body, f"{name} - Example Site", canonical + head).encode()


def article(place: str) -> str:
    return f"<p>The talks in {place} went on for two hours.</p><p>In {place} they agreed to meet again.</p>"


def answer(place: str, body: bytes, probe: Fingerprint | None = None) -> Answer:
    return Answer(url_of(place), 200, body, "text/html; charset=utf-8", probe=probe)


def learned(date: str = DATE) -> Model:
    learner = Learner(SITE)
    for place in PLACES:
        assert learner.read(answer(place, page(place, article(place), date=date))).outcome is Outcome.OK
    found = learner.conclude().model
    assert found is not None
    return found


DATED_SITE, UNDATED_SITE = learned(), learned("")


def later(body: bytes, model: Model, known: str | None = None, probe: Fingerprint | None = None) -> Reading:
    """One page of a later crawl, as it stands at the crawl's end. ``known``: what the store has of it."""
    learner = Learner(SITE, model, lambda _: frozenset({known}) if known else None)
    first = learner.read(answer("Arvel", body, probe))
    for place in PLACES[1:3]:
        learner.read(answer(place, page(place, article(place)), probe))
    return learner.conclude().revised.get(url_of("Arvel"), first)


def test_a_template_knows_what_its_pages_show_and_keeps_it() -> None:
    assert {DATED, OWN_ADDRESS, OPEN} <= DATED_SITE.templates[0].signs
    assert DATED not in UNDATED_SITE.templates[0].signs
    assert models.decode(models.encode(DATED_SITE)) == DATED_SITE


def test_a_sign_is_a_templates_if_four_pages_in_five_show_it() -> None:
    shown, bare = frozenset({DATED}), frozenset[str]()
    assert common_signs([shown] * 4 + [bare]) == {DATED}
    assert common_signs([shown] * 3 + [bare]) == frozenset()


@pytest.mark.parametrize(
    ("body", "lacks"),
    [
        (page("Arvel", f"<p>{NOTICE}</p>", date=""), DATED),
        (page("Arvel", f"<p>{NOTICE}</p>").replace(b"canonical", b"other"), OWN_ADDRESS),
        (page("Arvel", f"<p>{NOTICE}</p>", head='<meta name="robots" content="noindex, follow">'), OPEN),
    ],
)
def test_a_page_without_what_its_siblings_show_is_held(body: bytes, lacks: str) -> None:
    found = later(body, DATED_SITE)
    assert (found.outcome, found.reason) == (Outcome.SUSPECT, f"without what the site's other articles show: {lacks}")
    assert texts(found) == [NOTICE], "it goes along, so that a second crawl can agree"


def test_a_long_text_needs_no_date_and_a_short_one_has_none_where_none_has() -> None:
    assert later(page("Arvel", f"<p>{FIRST * 12}</p>", date=""), DATED_SITE).outcome is Outcome.OK
    assert later(page("Arvel", f"<p>{NOTICE}</p>", date=""), UNDATED_SITE).outcome is Outcome.OK


def test_what_the_store_has_of_a_page_decides_where_no_date_does() -> None:
    undated = page("Arvel", f"<p>{NOTICE}</p>", date="")
    known = NOTICE.replace("Monday", "Tuesday")
    assert later(undated, DATED_SITE, known).outcome is Outcome.OK
    assert later(undated, UNDATED_SITE, known).outcome is Outcome.OK
    assert later(undated, UNDATED_SITE, FIRST).outcome is Outcome.SUSPECT
    assert later(page("Arvel", f"<p>{NOTICE}</p>"), DATED_SITE, FIRST).outcome is Outcome.OK


FIELDS = '<form><div><label>Name</label><input type="text"></div><div><label>Town</label><input></div></form>'


@pytest.mark.parametrize("date", ["", DATE])
def test_a_form_is_no_article_unless_it_has_a_date(date: str) -> None:
    found = reading(f"{HEADING}{date}<p>Tell us where you live.</p>{FIELDS}{FOOT}")
    assert found.outcome is (Outcome.OK if date else Outcome.EXTRACT_FAILED)
    hidden = FIELDS.replace('type="text"', 'type="hidden"').replace("<input>", "")
    assert reading(f"{HEADING}{date}<p>{FIRST}</p>{hidden}{FOOT}").outcome is Outcome.OK


def test_titles_with_their_first_words_are_a_list() -> None:
    card = '<p><a href="/news/news_odkb/a_long_slug_no_{0}/">Title no. {0} of the day</a></p><p>{1}</p>'
    cards = "".join(card.format(number, FIRST) for number in range(3))
    assert reading(f"{HEADING}<div>{cards}</div>{FOOT}").reason == "a list of other pages"


def test_a_page_that_is_called_as_the_site_is_no_article() -> None:
    probe = fingerprint(html("<p>Nothing.</p>", "Nothing here - Example Site").encode())
    found = reading(f"<h1>Example Site</h1><p>{FIRST}</p>{FOOT}", "Example Site", probe=probe)
    assert found.outcome is Outcome.EXTRACT_FAILED


RUSSIAN = "<p>Министры говорили два часа.</p><p>Они — «за».</p>"


@pytest.mark.parametrize("encoding", ["cp1251", "cp1252", "latin-1"])
def test_letters_encoded_twice_are_held_unless_those_around_them_are_sound(encoding: str) -> None:
    rights = "<div>© Example Site</div>"
    for text in (RUSSIAN, "<p>They said “yes” in two hours.</p>"):
        whole = f"<div>{HEADING}{DATE}{text}{FOOT}</div>"
        broken = whole.encode().decode(encoding, "replace")
        foot = rights.encode().decode(encoding, "replace")
        if "\x80" not in broken or encoding != "latin-1":
            assert reading(whole + rights).outcome is Outcome.OK
            assert reading(broken + foot).outcome is not Outcome.OK, broken
            assert reading(broken + rights).outcome is not Outcome.SUSPECT


def test_what_stands_on_articles_too_is_no_message_of_the_probe_page() -> None:
    gone = html(f"<h1>Nothing here</h1><p>It isn't here.</p>{BOX}", "Nothing here - Example Site")
    probe = fingerprint(gone.encode())
    other = html(f"<h1>Vote</h1>{BOX}", "Vote - Example Site").encode()
    assert later(other, DATED_SITE, probe=probe).outcome is not Outcome.SOFT_404
    assert later(gone.encode(), DATED_SITE, probe=probe).outcome is Outcome.SOFT_404


def test_a_name_that_all_pages_have_is_no_likeness_to_the_probe_page() -> None:
    probe = Fingerprint(f"{TITLE} - Example Site", frozenset({"It isn't here."}))
    assert reading(f"<p>{SECOND}</p>", probe=probe).outcome is Outcome.SOFT_404
    named = probe.without(frozenset({f"{TITLE} - Example Site"}))
    assert reading(f"<p>{SECOND}</p>", probe=named).outcome is Outcome.EXTRACT_FAILED


def test_reading_alone_asks_no_siblings() -> None:
    assert read(answer("Arvel", page("Arvel", f"<p>{NOTICE}</p>", date="")), site=SITE).outcome is Outcome.OK


def test_days_on_lines_of_their_own_before_links_to_articles_are_a_list() -> None:
    row = '<p>1{0}.07.2024</p><p><a href="/news/news_odkb/a_long_slug_no_{0}/">Title no. {0}</a>, {1}</p>'
    rows = "".join(row.format(number, FIRST) for number in range(3))
    assert reading(f"{HEADING}{DATE}<div>{rows}</div>{FOOT}").reason == "a list of other pages"
    days = "".join(f"<p>1{number}.07.2024</p><p>{FIRST}</p>" for number in range(3))
    assert reading(f"{HEADING}{DATE}<div>{days}</div>{FOOT}").outcome is Outcome.OK


def test_where_several_signs_are_lacking_a_teaser_of_the_article_is_not_enough() -> None:
    bare = page("Arvel", f"<p>{NOTICE}</p>", date="").replace(b"canonical", b"other")
    assert later(bare, DATED_SITE, f"{NOTICE} {FIRST} {SECOND}").outcome is Outcome.SUSPECT
    assert later(bare, DATED_SITE, NOTICE).outcome is Outcome.OK


def test_lines_are_likeness_only_where_the_message_is_known_apart() -> None:
    gone = html(f"<h1>Nothing here</h1><p>It isn't here.</p>{BOX}", "Nothing here - Example Site")
    probe, other = fingerprint(gone.encode()), html(f"<h1>Vote</h1><p>It isn't here.</p>{BOX}", "Vote").encode()
    assert read(answer("Arvel", other, probe), site=SITE).outcome is not Outcome.SOFT_404
    assert read(answer("Arvel", gone.encode(), probe), site=SITE).outcome is Outcome.SOFT_404
