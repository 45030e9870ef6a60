"""The made-up sites are what their labels say, and depend on their seeds alone."""

import ast
from pathlib import Path

import pytest

import benchmarks.corpus
from benchmarks.corpus import FAMILIES, NOISES, ORIGIN, Site, half, make_site, random_site
from benchmarks.corpus.__main__ import main
from benchmarks.corpus.boxes import BANNER
from benchmarks.corpus.dates import printed
from tests.corpus.seen import is_one_run, lines, missing, parsed, shown

ALL_NOISE = frozenset(NOISES)
SITES = [(family, seed) for family in (*FAMILIES, "random") for seed in (1, 2)]


def site_of(family: str, seed: int, pages: int = 4) -> Site:
    return random_site(seed, pages) if family == "random" else make_site(family, seed, pages)


@pytest.mark.parametrize(("family", "seed"), SITES)
def test_equal_arguments_give_equal_bytes(family: str, seed: int) -> None:
    one, two = site_of(family, seed), site_of(family, seed)
    for truth in one.articles:
        assert one.render(truth, fetch=3, noise=ALL_NOISE) == two.render(truth, fetch=3, noise=ALL_NOISE)
    assert one.probe() == two.probe()


@pytest.mark.parametrize("noise", [frozenset(), ALL_NOISE], ids=["still", "noisy"])
@pytest.mark.parametrize(("family", "seed"), SITES)
def test_a_page_shows_title_and_blocks_in_order(family: str, seed: int, noise: frozenset[str]) -> None:
    site = site_of(family, seed)
    for truth in site.articles:
        assert missing(truth, shown(site, site.render(truth, fetch=2, noise=noise))) == ""


@pytest.mark.parametrize(("family", "seed"), [*SITES, *(("random", seed) for seed in range(3, 25))])
def test_blocks_are_parted_and_nothing_but_a_banner_stands_among_them(family: str, seed: int) -> None:
    site = site_of(family, seed)
    for number, truth in enumerate(site.articles):
        html = site.render(truth, fetch=1, noise=ALL_NOISE if number % 2 else frozenset())
        assert is_one_run(truth, lines(site, html), {BANNER})


@pytest.mark.parametrize(("family", "seed"), SITES)
def test_a_page_holds_date_links_and_images(family: str, seed: int) -> None:
    site = site_of(family, seed)
    style = site.markup.style(site.seed)
    for truth in site.articles:
        html = site.render(truth)
        page = parsed(site, html)
        assert truth.published is None or printed(truth.published, style.date_format) in shown(site, html)
        for link in truth.links:
            assert {link.href, link.href.removeprefix(ORIGIN)} & set(page.links)
        for media in truth.media:
            assert {media.src, media.src.removeprefix(ORIGIN)} & set(page.images)


@pytest.mark.parametrize(("family", "seed"), SITES)
def test_noise_makes_every_answer_differ(family: str, seed: int) -> None:
    site = site_of(family, seed)
    answers = [site.render(truth, fetch=fetch, noise=ALL_NOISE) for truth in site.articles for fetch in range(4)]
    assert len(set(answers)) == len(answers)


@pytest.mark.parametrize("noise", NOISES)
def test_each_kind_of_noise_changes_bytes_and_no_words(noise: str) -> None:
    site = make_site("bitrix", 5, 14)
    articles = [
        truth
        for truth in site.articles
        if any("en.odkb" in link.href and "upload" not in link.href for link in truth.links)
    ]
    for truth in articles[:2]:
        answers = {site.render(truth, fetch=fetch, noise=frozenset({noise})) for fetch in range(8)}
        assert len(answers) > 1
        for answer in answers:
            assert missing(truth, shown(site, answer)) == ""
    assert articles


def test_no_comment_stands_in_a_title_where_it_would_be_text() -> None:
    for seed in range(3):
        site = make_site("wordpress", seed, 4)
        pages = [site.render(truth, fetch=fetch, noise=ALL_NOISE) for truth in site.articles for fetch in range(8)]
        assert all(b"<!--" not in page.lower().partition(b"<title")[2].partition(b"</title")[0] for page in pages)


def test_without_noise_a_page_stays_the_same() -> None:
    site = make_site("semantic", 4, 5)
    assert site.render(site.articles[0], fetch=1) == site.render(site.articles[0], fetch=9)


def test_one_articles_seed_gives_the_same_articles_in_every_family() -> None:
    assert len({make_site(family, 7, 5, articles_seed=11).articles for family in FAMILIES}) == 1


def test_random_templates_differ_between_seeds() -> None:
    articles = make_site("bitrix", 1, 4, articles_seed=1).articles
    pages = {Site("random", seed, articles, random_site(seed).markup).render(articles[0]) for seed in range(30)}
    assert len(pages) == 30


def test_pages_have_the_size_of_real_ones() -> None:
    for family in FAMILIES:
        site = make_site(family, 3, 4)
        html = site.render(site.articles[0])
        assert 18_000 < len(html) < 80_000
        assert 580 < parsed(site, html).elements < 1300


def test_seeds_fall_into_two_halves() -> None:
    assert {half(seed) for seed in range(50)} == {"building", "held_out"}
    assert 350 < sum(half(seed) == "building" for seed in range(1000)) < 650


def test_articles_are_as_varied_as_the_labels_allow() -> None:
    articles = [truth for seed in range(60) for truth in make_site("bitrix", seed, 8).articles]
    assert {block.kind for truth in articles for block in truth.blocks} == {
        "paragraph",
        "heading",
        "list_item",
        "quote",
        "table_row",
    }
    assert {truth.language for truth in articles} == {"en", "ru"}
    assert 0.005 < sum(truth.published is None for truth in articles) / len(articles) < 0.08
    assert any(truth.links for truth in articles)
    assert any(media.alt == "" for truth in articles for media in truth.media)
    assert all(0 < len(truth.title) <= 255 for truth in articles)
    assert {truth.section for truth in articles} == {"news/news_odkb", "news/speech", "documents/statements"}


def test_a_site_is_written_into_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["corpus", "breaks", "3", "--pages", "2", "--noise", "--out", str(tmp_path)])
    main()
    assert {path.name for path in tmp_path.iterdir()} == {"404.html", "0.html", "0.txt", "1.html", "1.txt"}


def test_the_corpus_imports_nothing_of_the_project() -> None:
    folder = Path(benchmarks.corpus.__file__).parent
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                assert not name.startswith(("crawler", "storage", "reports", "watch", "replica", "lxml", "bs4")), (
                    path,
                    name,
                )
                assert not name.startswith("benchmarks") or name.startswith("benchmarks.corpus"), (path, name)
