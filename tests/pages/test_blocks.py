"""crawler.pages.blocks: HTML to lines."""

from __future__ import annotations

import pytest

from crawler.pages.blocks import Line, TooDeep, lines_of
from crawler.pages.dates import parse_date
from crawler.pages.document import parse


def lines(html: str, *, everything: bool = False) -> list[Line]:
    document = parse(f"<html><body>{html}</body></html>".encode())
    assert document is not None
    return lines_of(document.body, lambda text: parse_date(text) is not None, everything=everything)


def shown(html: str) -> list[tuple[str, str]]:
    return [(line.kind.value, line.text) for line in lines(html)]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>a <b>b</b>c</p>", [("paragraph", "a bc")]),
        ("text<p>a</p>tail", [("paragraph", "text"), ("paragraph", "a"), ("paragraph", "tail")]),
        ("<h2>a</h2><blockquote>b</blockquote>", [("heading", "a"), ("quote", "b")]),
        ("<ul><li>a<ul><li>b</ul></li></ul>", [("list_item", "a"), ("list_item", "b")]),
        ("<ul><li>- a</li></ul>", [("list_item", "a")]),
        ("<p>- a;</p><p>• b</p>", [("list_item", "a;"), ("list_item", "b")]),
        ("<p>— a turn</p><p>* * *</p>", [("paragraph", "— a turn"), ("paragraph", "* * *")]),
        ("a<br>b<br><br>c<br/> \n<br>d", [("paragraph", "a b"), ("paragraph", "c"), ("paragraph", "d")]),
        ("a:<br>- b;<br>- c", [("paragraph", "a:"), ("list_item", "b;"), ("list_item", "c")]),
        ("a<br>26.07.2024<br>b", [("paragraph", "a"), ("paragraph", "26.07.2024"), ("paragraph", "b")]),
        ("<table><tr><td>a<td>b<tr><td>c<td></table>", [("table_row", "a | b"), ("table_row", "c |")]),
        ("<table><tr><td>a<p>b<p>c</table>", [("paragraph", "a"), ("paragraph", "b"), ("paragraph", "c")]),
        ("<table><tr><td>a<tr><td>b</table>", [("paragraph", "a"), ("paragraph", "b")]),
        ("<p>a</p><script>b</script><style>c</style><noscript>d</noscript><button>e</button>", [("paragraph", "a")]),
        ("<p>a</p><p hidden>b</p><div style='x:y; DISPLAY : none'>c</div>", [("paragraph", "a")]),
        ("<nav>a</nav><aside>b</aside><footer>c</footer><form>d</form><p>e</p>", [("paragraph", "e")]),
        ("<dl><dt>a<dd>b</dl><pre>c\n d</pre>", [("paragraph", "a"), ("paragraph", "b"), ("paragraph", "c d")]),
        ("<p> \u00a0 </p><p></p>", []),
        ("<custom-tag>a</custom-tag>", [("paragraph", "a")]),
    ],
)
def test_html_becomes_blocks_in_order(html: str, expected: list[tuple[str, str]]) -> None:
    assert shown(html) == expected


def test_everything_shows_the_sites_own_parts_and_says_which() -> None:
    found = lines("<nav>a</nav><p>b</p><footer><p>c</p></footer>", everything=True)
    assert [(line.text, line.site_tag) for line in found] == [("a", "nav"), ("b", None), ("c", "footer")]


def test_a_link_knows_how_much_of_its_line_it_is() -> None:
    whole, part = lines('<p><a href="/x">all of it</a></p><p>Some words and <a href="/y">a link</a></p>')
    assert whole.is_link
    assert (whole.linked, whole.own) == (9, 0)
    assert not part.is_link
    assert part.own == 15


def test_a_link_around_blocks_counts_in_each_and_is_named_once() -> None:
    first, second, after = lines('<a href="/x"><div>one</div><div>two</div></a><p>three</p>')
    assert [anchor.is_rest for anchor in first.anchors + second.anchors] == [False, True]
    assert first.is_link
    assert second.is_link
    assert not after.anchors


def test_links_and_images_fall_to_their_side_of_two_breaks() -> None:
    first, second = lines('a <a href="/1">b</a><img src="/1.png"><br><br><img src="/2.png"><a href="/2">c</a> d')
    assert [anchor.href for anchor in first.anchors] == ["/1"]
    assert [picture.src for picture in first.pictures] == ["/1.png"]
    assert [anchor.href for anchor in second.anchors] == ["/2"]
    assert [picture.src for picture in second.pictures] == ["/2.png"]


@pytest.mark.parametrize(
    ("html", "sources"),
    [
        ('<img src="/a.jpg" alt="x">', ["/a.jpg"]),
        ('<img data-src="/lazy.jpg">', ["/lazy.jpg"]),
        ('<img src="data:image/gif;base64,R0" data-src="/lazy.jpg">', ["/lazy.jpg"]),
        ('<img src="/dot.gif" width="1" height="1">', []),
        ('<picture><source srcset="/b.webp"><img src="/b.jpg"></picture>', ["/b.jpg"]),
        ('<video><source src="/c.mp4"></video>', ["/c.mp4"]),
        ('<iframe src="https://video.example.org/1"></iframe>', ["https://video.example.org/1"]),
        ("<img alt=x>", []),
    ],
)
def test_media_are_found_where_their_source_really_is(html: str, sources: list[str]) -> None:
    assert [picture.src for line in lines(html) for picture in line.pictures] == sources


def test_a_region_that_is_nested_too_deep_is_refused_not_cut() -> None:
    with pytest.raises(TooDeep):
        lines("<div>" * 250 + "words" + "</div>" * 250)
