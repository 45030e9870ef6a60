"""Hostile answers in the site's own frame, and those that are another page of the site."""

from benchmarks.corpus import boxes
from benchmarks.corpus.answers import Answer, Shape, framed, shape, stand_in, unnamed
from benchmarks.corpus.content import make_articles
from benchmarks.corpus.markup import El, Node, h
from benchmarks.corpus.site import Site
from benchmarks.corpus.truth import ORIGIN, Truth


def _form(*labels: str, button: str = "Send") -> El:
    rows = [h("div", h("label", label), h("input", type="text", name=f"f{n}")) for n, label in enumerate(labels)]
    return h("form", rows, h("button", button, type="submit"), method="post")


def _choices(*labels: str, kind: str = "radio", button: str = "Vote") -> El:
    rows = [h("div", h("input", type=kind, name="choice"), h("label", label)) for label in labels]
    return h("form", rows, h("button", button, type="submit"), method="post")


def _cards(site: Site, count: int) -> list[Node]:
    """Articles as a list shows them: title and first words, as links."""
    return [
        h("div", h("a", truth.title, href=site.url(truth)), h("p", truth.blocks[0].text[:160]))
        for truth in site.articles[:count]
    ]


def _soft_404(site: Site, truth: Truth, fetch: int) -> Answer:
    return Answer(200, site.render(site.not_found(truth.slug), fetch=fetch), site.content_type)


def _home(site: Site, truth: Truth, fetch: int) -> Answer:
    tiles: list[Node] = [h("div", h("a", word, href=boxes.path_of(word))) for word in boxes.MENU["Activities"]]
    return Answer(200, site.frame(stand_in(truth, "Welcome"), [*_cards(site, 6), *tiles], fetch), site.content_type)


def _redirected_home(site: Site, truth: Truth, fetch: int) -> Answer:
    answer = _home(site, truth, fetch)
    return Answer(200, answer.body, site.content_type, f"{ORIGIN}/")


def _list(site: Site, truth: Truth, fetch: int) -> Answer:
    pages = h("div", [h("a", str(n), href=f"/news/?PAGEN_1={n}") for n in range(1, 9)])
    return Answer(200, site.frame(stand_in(truth, "News"), [*_cards(site, 20), pages], fetch), site.content_type)


def _redirected_to_list(site: Site, truth: Truth, fetch: int) -> Answer:
    return Answer(200, _list(site, truth, fetch).body, site.content_type, f"{ORIGIN}/news/")


def _redirected_to_login(site: Site, truth: Truth, fetch: int) -> Answer:
    answer = _LOGIN(site, truth, fetch)
    return Answer(200, answer.body, answer.content_type, f"{ORIGIN}/auth/?back_url=/{truth.section}/{truth.slug}/")


def _other(site: Site, truth: Truth, fetch: int) -> Truth:
    """Another article of the site with another title; a new one where the site has none."""
    others = [other for other in (*site.articles, *make_articles(site.seed + 1, 4)) if other.title != truth.title]
    known = [other for other in others if other in site.articles] or others
    return known[fetch % len(known)]


def _other_article(site: Site, truth: Truth, fetch: int) -> Answer:
    """The page of another article, with that article's canonical address where the markup has one."""
    return Answer(200, site.render(_other(site, truth, fetch), fetch=fetch), site.content_type)


def _redirected_to_other(site: Site, truth: Truth, fetch: int) -> Answer:
    other = _other(site, truth, fetch)
    return Answer(200, site.render(other, fetch=fetch), site.content_type, site.url(other))


def _search(site: Site, truth: Truth, fetch: int) -> Answer:
    found = [h("p", f"Found: {len(site.articles)}. Sorted by relevance."), *_cards(site, 5)]
    return Answer(
        200, site.frame(stand_in(truth, "Search"), [_form("Words", button="Find"), *found], fetch), site.content_type
    )


def _calendar_rows() -> El:
    weeks = [
        h("tr", [h("td", str(day) if day < 31 else "") for day in range(week, week + 7)]) for week in (1, 8, 15, 22, 29)
    ]
    return h("table", h("tr", [h("th", day) for day in ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")]), weeks)


_TRACE = (
    "[Bitrix\\Main\\DB\\SqlQueryException]",
    "Mysql query error: (2006) MySQL server has gone away (400)",
    "/home/bitrix/www/bitrix/modules/main/lib/db/mysqliconnection.php:137",
    "#0: Bitrix\\Main\\DB\\MysqliConnection->queryInternal(string, array, NULL)",
    "#1: Bitrix\\Main\\DB\\Connection->query(string) connection.php:329",
    "#2: CIBlockElement::GetList(array, array, boolean, boolean, array)",
)
_LOGIN = framed("Authorization", h("p", "Please log in:"), _form("Login", "Password", button="Log in"))

IN_FRAME: tuple[Shape, ...] = (
    shape("soft_404", _soft_404),
    shape("element_not_found", framed("News", h("p", h("font", "Element not found!", color="red")))),
    shape("home_in_place", _home),
    shape("redirect_to_home", _redirected_home),
    shape("list_in_place", _list),
    shape("redirect_to_list", _redirected_to_list),
    shape("login_in_frame", _LOGIN),
    shape("redirect_to_login", _redirected_to_login),
    shape(
        "maintenance_in_frame",
        framed("Technical works", h("p", "The section is being updated. Please come back later.")),
    ),
    shape(
        "captcha_in_frame", framed("Confirm that you are not a robot", _form("Type the characters", button="Continue"))
    ),
    shape("server_error_in_frame", framed("Error", h("p", "An internal error occurred."), status=500)),
    shape(
        "access_denied_in_frame", framed("Access denied", h("p", "You have no right to view this section."), status=403)
    ),
    shape("redirect_to_other_article", _redirected_to_other),
    unnamed("other_article", _other_article),
    unnamed(
        "poll",
        framed("Your opinion", h("p", "Which section do you read most?"), _choices("News", "Photo", "Documents")),
    ),
    unnamed("calendar", framed("June 2026", _calendar_rows(), h("a", "July", href="?month=7"))),
    unnamed(
        "raffle",
        framed("Win a trip", h("p", "Leave your telephone and take part."), _form("Name", "Telephone")),
    ),
    unnamed("stack_trace", framed("", h("div", [[line, h("br")] for line in _TRACE]))),
    unnamed("search_results", _search),
    unnamed("teasers_only", framed("")),
    unnamed("empty_text", framed("", h("p", " "), h("p", " "))),
    unnamed("feedback_form", framed("Write to us", _form("Name", "E-mail", "Message"))),
    unnamed(
        "payment",
        framed("Payment for the subscription", _form("Card number", "Valid until", "CVC", button="Pay 490 ₽")),
    ),
    unnamed("choose_region", framed("Choose your region", _choices("Centre", "South", "Far East", button="Choose"))),
    unnamed("gallery", framed("Photo", h("div", [h("img", src=f"/upload/g/{n}.jpg", alt="") for n in range(24)]))),
    unnamed("player", framed("Broadcast", h("div", id="player"), h("p", "The broadcast hasn't begun."))),
)
