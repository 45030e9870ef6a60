"""Hostile answers without the site's frame: walls, forms, foreign formats, broken bytes."""

import gzip
import json
from dataclasses import replace

from benchmarks.corpus.answers import HTML, Answer, Shape, bare, shape, unnamed
from benchmarks.corpus.markup import El, h, script
from benchmarks.corpus.site import Site
from benchmarks.corpus.truth import ORIGIN, Block, Truth

_DOTS = script("var a=document.createElement('form');a.method='POST';setTimeout(function(){a.submit()},4000);")
_SPIN = script(
    "(function(){var k=[];for(var i=0;i<4096;i++){k.push((i*48271)%2147483647)}document.cookie='__ddg='+k[9]})();"
)


def _cut(site: Site, truth: Truth, fetch: int) -> Answer:
    """The page up to the middle of its text, as a broken connection leaves it."""
    return Answer(200, _first_part(site, truth, fetch), site.content_type)


def _first_part(site: Site, truth: Truth, fetch: int) -> bytes:
    whole = site.render(truth, fetch=fetch)
    half = len(truth.blocks) // 2
    other = replace(truth, blocks=(*truth.blocks[:half], Block("paragraph", "\u0416")), links=(), media=())
    changed = site.render(other, fetch=fetch)
    shared = next(at for at, (one, two) in enumerate(zip(whole, changed, strict=False)) if one != two)
    return whole[:shared]


def _partial(site: Site, truth: Truth, fetch: int) -> Answer:
    return Answer(206, _first_part(site, truth, fetch), site.content_type)


def _transformed(site: Site, truth: Truth, fetch: int) -> Answer:
    """The whole page, passed on by a proxy that says it may have changed it."""
    return Answer(203, site.render(truth, fetch=fetch).replace(b"<body", b"<body data-proxy='1'"), site.content_type)


def _mojibake(site: Site, truth: Truth, fetch: int) -> Answer:
    """The page's UTF-8 read as windows-1251 and written as UTF-8 again; an article in plain ASCII comes through unharmed."""
    text = site.render(truth, fetch=fetch).decode(site.markup.charset)
    return Answer(200, text.encode().decode("cp1251", errors="replace").encode(), HTML)


def _mislabelled(site: Site, truth: Truth, fetch: int) -> Answer:
    """Windows-1251 sent as UTF-8."""
    text = (
        site.render(truth, fetch=fetch).decode(site.markup.charset).replace('charset="windows-1251"', 'charset="utf-8"')
    )
    return Answer(200, text.encode("cp1251", errors="xmlcharrefreplace"), HTML)


def _gzipped(site: Site, truth: Truth, fetch: int) -> Answer:
    return Answer(200, gzip.compress(site.render(truth, fetch=fetch), mtime=0), site.content_type)


def _json(_: Site, truth: Truth, fetch: int) -> Answer:
    body = json.dumps(
        {"status": "ok", "id": fetch, "title": truth.title, "items": [], "url": f"/{truth.section}/{truth.slug}/"}
    )
    return Answer(200, body.encode(), "application/json")


def _json_as_html(site: Site, truth: Truth, fetch: int) -> Answer:
    return replace(_json(site, truth, fetch), content_type=HTML)


def _sitemap(site: Site, _: Truth, __: int) -> Answer:
    rows = "".join(f"<url><loc>{site.url(truth)}</loc></url>" for truth in site.articles)
    body = f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'
    return Answer(200, body.encode(), "application/xml")


def _rss(site: Site, _: Truth, __: int) -> Answer:
    rows = "".join(
        f"<item><link>{site.url(truth)}</link><description>news</description></item>" for truth in site.articles
    )
    return Answer(200, f'<?xml version="1.0"?><rss version="2.0"><channel>{rows}</channel></rss>'.encode(), "text/html")


def _foreign_host(site: Site, truth: Truth, fetch: int) -> Answer:
    answer = _PARKED(site, truth, fetch)
    return Answer(200, answer.body, HTML, "https://landing.example.net/?from=odkb")


def _print_dialog(site: Site, truth: Truth, _: int) -> Answer:
    page = bare(
        200, "Print", h("p", "The printed page opens in a new window."), h("button", "Print"), script("window.print()")
    )
    return page(site, truth, 0)


def _other_home(site: Site, truth: Truth, fetch: int) -> Answer:
    links = [
        h("p", h("a", words, href="/")) for words in ("Новости", "Документы", "Структура", "Фото", "Видео", "Контакты")
    ]
    page = bare(200, "Организация: главная страница", h("h1", "Добро пожаловать"), links, h("p", "Выберите раздел"))
    return page(site, truth, fetch)


def _listing(_: Site, truth: Truth, __: int) -> Answer:
    rows = "".join(f'<a href="{n:02d}.html">{n:02d}.html</a>   12-Jun-2026 10:{n:02d}   {n * 311}\n' for n in range(24))
    head = f"<html><head><title>Index of /{truth.section}/</title></head><body><h1>Index of /{truth.section}/</h1>"
    return Answer(200, f"{head}<hr><pre><a href='../'>../</a>\n{rows}</pre><hr></body></html>".encode())


def _box(*lines: str, button: str = "Continue") -> El:
    return h("div", [h("p", line) for line in lines], h("button", button))


_PARKED = bare(
    200,
    "Domain for sale",
    h("h1", "This domain may be for sale"),
    h("ul", [h("li", h("a", words, href="#")) for words in ("Insurance", "Cheap flights", "Loans", "Used cars")]),
)
_FRAMESET = b'<html><frameset cols="20%,80%"><frame src="/a"><frame src="/b"></frameset></html>'
_WALL = "Checking your browser before you access the site. This is automatic. Request {visit}"

WALLS: tuple[Shape, ...] = (
    shape("waf_javascript_200", bare(200, "Just a moment", h("noscript", "Enable cookies"), _SPIN, head=_DOTS)),
    shape("waf_javascript_403", bare(403, "Checking", h("h1", _WALL), _SPIN)),
    shape("waf_javascript_503", bare(503, "DDoS protection", h("h2", "Checking your browser"), h("p", _WALL), _DOTS)),
    shape("waf_blocked_403", bare(403, "Attention required", h("h1", "You have been blocked"), h("p", "Ray ID: {visit}"))),
    shape("waf_blocked_200", bare(200, "Request Rejected", "The requested URL was rejected. Your support ID is: {visit}")),
    shape("captcha", bare(200, "Robot?", h("form", h("img", src="/captcha?{visit}", alt=""), h("input", name="w")))),
    shape("too_many_requests", bare(429, "429", h("h1", "Too many requests"))),
    shape("login", bare(200, "Sign in", h("form", h("input", name="user"), h("input", type="password")))),
    shape("maintenance_200", bare(200, "Maintenance", h("h1", "Site under maintenance"), h("p", "We will be back soon."))),
    shape("maintenance_503", bare(503, "Технические работы", h("h1", "На сайте ведутся технические работы"))),
    shape("bare_500", bare(500, "500 Internal Server Error", h("h1", "500 Internal Server Error"), h("hr"), "nginx")),
    shape("bad_gateway", bare(502, "502 Bad Gateway", h("center", h("h1", "502 Bad Gateway")))),
    shape("bare_404_at_200", bare(200, "404 Not Found", h("h1", "Not Found"), h("p", "The URL was not found."))),
    shape("default_server_page", bare(200, "Welcome", h("h1", "Welcome to the web server!"), h("p", "It works."))),
    shape("meta_refresh", bare(200, "", "Wait", head=h("meta", http_equiv="refresh", content=f"3;url={ORIGIN}/"))),
    unnamed("cookie_consent", bare(200, "Cookies", _box("We value your privacy.", "Choose the cookies.", button="Accept"))),
    unnamed("javascript_shell", bare(200, "News", h("div", id="root"), script("window.__STATE__={}"), script("", src="/app.js"))),
    unnamed("advert", bare(200, "Special offer", h("a", h("img", src="/ad/{visit}.gif"), href="#"), h("p", "Skip in 5 s"))),
    unnamed("device_check", bare(200, "Checking the device", _box("The device is being checked.", button="OK"))),
    unnamed("age_check", bare(200, "18+", _box("Are you over 18?", button="Yes"))),
    unnamed("parked_domain", _PARKED),
    unnamed("print_dialog", _print_dialog),
    unnamed("other_language_home", _other_home),
    unnamed("directory_listing", _listing),
)  # fmt: skip

BYTES: tuple[Shape, ...] = (
    shape("empty", lambda _s, _t, _f: Answer(200, b"")),
    shape("white_space", lambda _s, _t, _f: Answer(200, b" \r\n\t\n")),
    shape("no_content", lambda _s, _t, _f: Answer(204, b"", None)),
    shape("partial_content", _partial),
    shape("transformed_by_proxy", _transformed),
    shape("cut_in_the_text", _cut),
    shape("mojibake", _mojibake),
    shape("mislabelled_charset", _mislabelled),
    shape("gzip_not_decoded", _gzipped),
    shape("pdf_as_html", lambda _s, _t, _f: Answer(200, b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\n")),
    shape("image_as_html", lambda _s, _t, _f: Answer(200, b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(64))),
    shape("json", _json),
    shape("json_as_html", _json_as_html),
    shape("sitemap", _sitemap),
    shape("rss_as_html", _rss),
    shape("plain_word", lambda _s, _t, _f: Answer(200, b"OK", "text/plain")),
    shape("frameset", lambda _s, _t, _f: Answer(200, _FRAMESET)),
    shape("page_of_another_host", _foreign_host),
)  # fmt: skip
