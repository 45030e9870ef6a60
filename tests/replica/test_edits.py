"""Each edit shows in the page, and says what a tracker should tell of it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from replica.edits import Need, files_of
from replica.markups import MARKUPS
from replica.site import Edit, ReplicaSite
from replica.stand_ins import STAND_INS
from tests.replica.reader import read

Change = Callable[[ReplicaSite, str], Edit]
PLANTED: dict[str, tuple[tuple[Need, ...], Change, tuple[str, ...]]] = {
    "title": ((), lambda site, at: site.retitle(at), ("title",)),
    "date": (("date",), lambda site, at: site.set_date(at, date(2023, 1, 31)), ("published",)),
    "date out": (("date",), lambda site, at: site.set_date(at, None), ("published",)),
    "word": ((), lambda site, at: site.replace_word(at), ("body",)),
    "digit": (("digit",), lambda site, at: site.change_digit(at), ("body",)),
    "paragraph out": (("paragraphs",), lambda site, at: site.remove_paragraph(at), ("body",)),
    "paragraph in": ((), lambda site, at: site.insert_paragraph(at), ("body",)),
    "link target": (("link",), lambda site, at: site.set_link_target(at), ("links",)),
    "image": (("image",), lambda site, at: site.swap_image(at), ("media",)),
}


@pytest.fixture
def site() -> ReplicaSite:
    return ReplicaSite(60, "divs")


def status(site: ReplicaSite, address: str) -> int:
    return site.respond(address).status


def names(site: ReplicaSite, address: str) -> bool:
    """Whether a list, the home page or any of many strips and sidebars names ``address``."""
    section = site.article(address).section
    targets = [section, f"{section}?PAGEN_1=2", "/", "/?c-tab=2", "/news/", *["/structure/"] * 40]
    marks = (f'"{address}"'.encode(), f"'{address}'".encode())
    return any(mark in site.respond(target).body for target in targets for mark in marks)


@pytest.mark.parametrize("markup", MARKUPS)
@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_edit_changes_its_fields_and_no_others(name: str, markup: str) -> None:
    needs, change, fields = PLANTED[name]
    site = ReplicaSite(60, markup)
    address = site.pick(*needs)
    before = site.truth(address)
    site.respond(address)
    edit = change(site, address)
    assert (edit.kind, edit.fields, edit.url) == ("edited", fields, before.url)
    assert (edit.before, edit.after) == (before, site.truth(address))
    assert read(site.respond(address), markup, before) == edit.after != before
    assert site.expected == [edit]


def test_one_digit_and_one_word_are_all_that_changes(site: ReplicaSite) -> None:
    for change in (site.change_digit, site.replace_word):
        edit = change(site.pick("digit"))
        assert edit.before
        assert edit.after
        old, new = " ".join(edit.before.texts).split(), " ".join(edit.after.texts).split()
        assert sum(one != other for one, other in zip(old, new, strict=True)) == 1


def test_a_b_a_by_plain_edits_ends_where_it_began(site: ReplicaSite) -> None:
    address = site.pick()
    first = site.article(address)
    changed = site.replace_word(address)
    back = site.set_article(address, first)
    assert changed.before == back.after != changed.after
    assert [edit.kind for edit in site.expected] == ["edited", "edited"]


def test_an_edit_that_changes_nothing_expects_no_event(site: ReplicaSite) -> None:
    address = site.pick("date")
    assert site.set_date(address, site.article(address).published).kind is None


@pytest.mark.parametrize("code", [404, 410])
def test_a_deleted_article_answers_its_status_until_it_is_restored(site: ReplicaSite, code: int) -> None:
    address = site.pick()
    whole = site.truth(address)
    assert site.delete(address, code).kind == "deleted"
    assert status(site, address) == code
    assert not names(site, address)
    assert address not in site.truths
    assert site.restore(address).kind == "restored"
    assert read(site.respond(address), "divs", whole) == whole
    assert names(site, address)


@pytest.mark.parametrize("code", [301, 308])
def test_a_moved_article_answers_at_its_new_address_and_the_old_one_leads_there(site: ReplicaSite, code: int) -> None:
    address = site.pick()
    edit = site.move(address, status=code)
    assert edit.kind == "moved"
    new = edit.moved_to.removeprefix("https://en.odkb-csto.org") if edit.moved_to else ""
    answer = site.respond(address)
    assert (answer.status, answer.headers) == (code, [("Location", new)])
    assert status(site, new) == 200
    assert names(site, new)
    assert edit.before
    assert edit.after
    assert edit.before.blocks == edit.after.blocks


def test_a_move_without_a_redirect_leaves_404_and_expects_no_event(site: ReplicaSite) -> None:
    address = site.pick()
    edit = site.move(address, "/news/smi/elsewhere/", status=None)
    assert (edit.kind, edit.note, edit.moved_to) == (
        None,
        "possible_move",
        "https://en.odkb-csto.org/news/smi/elsewhere/",
    )
    assert status(site, address) == 404
    assert status(site, "/news/smi/elsewhere/") == 200


def test_an_unlisted_article_answers_but_nothing_names_it(site: ReplicaSite) -> None:
    address = site.listed[0]
    assert names(site, address)
    assert site.unlist(address).kind == "unlisted"
    assert status(site, address) == 200
    assert not names(site, address)
    assert site.relist(address).kind == "relisted"
    assert names(site, address)


def test_restoring_an_unlisted_article_relists_it(site: ReplicaSite) -> None:
    address = site.pick()
    site.unlist(address)
    assert site.restore(address).kind == "relisted"


def test_a_new_article_stands_first_in_its_list(site: ReplicaSite) -> None:
    edit = site.add_article()
    assert edit.kind == "new"
    assert site.listed[0] == edit.address
    assert names(site, edit.address)
    assert read(site.respond(edit.address), "divs", site.truth(edit.address)) == edit.after
    second = site.add_article(section="/news/smi/")
    assert second.address.startswith("/news/smi/")


def test_an_article_of_ones_own_may_be_added_once(site: ReplicaSite) -> None:
    copy = replace(site.article(site.addresses[0]), address="/presscenter/kopiya/")
    site.add_article(copy)
    assert site.truth("/presscenter/kopiya/").blocks == site.truth(site.addresses[1]).blocks
    with pytest.raises(ValueError, match="is taken"):
        site.add_article(copy)


@pytest.mark.parametrize("kind", STAND_INS)
@pytest.mark.parametrize("markup", MARKUPS)
def test_what_stands_in_for_an_article_does_not_hold_it_whole_and_goes_away(markup: str, kind: str) -> None:
    site = ReplicaSite(60, markup, noise=False)
    address = next(one for one in reversed(site.listed) if len(site.truth(one).blocks) > 8)
    whole, truth = site.respond(address), site.truth(address)
    edit = site.replace_by(address, kind)
    answer = site.respond(address)
    assert (edit.kind, edit.note) == (None, kind)
    assert edit.outcomes == STAND_INS[kind].outcomes
    assert "ok" not in edit.outcomes
    assert answer.status == STAND_INS[kind].status
    assert truth.texts[-1].encode("utf-8" if markup != "table" else "cp1251") not in answer.body
    assert address not in site.truths
    site.restore(address)
    assert site.respond(address).body == whole.body


def test_a_cut_page_is_half_of_it(site: ReplicaSite) -> None:
    site = ReplicaSite(20, noise=False)
    whole = site.respond(site.addresses[0]).body
    site.replace_by(site.addresses[0], "cut")
    assert site.respond(site.addresses[0]).body == whole[: len(whole) // 2]


def test_a_redesign_changes_the_markup_of_the_whole_site_and_no_article() -> None:
    site = ReplicaSite(60, "bitrix")
    truths = dict(site.truths)
    for address in truths:
        site.respond(address)
    assert site.redesign("semantic").kind is None
    assert site.truths == truths
    for address, truth in truths.items():
        assert read(site.respond(address), "semantic", truth) == truth


def test_a_pick_is_never_given_twice_and_never_an_edited_article(site: ReplicaSite) -> None:
    edited = site.listed[0]
    site.retitle(edited)
    picked = [site.pick() for _ in range(len(site.listed) - 1)]
    assert len(set(picked)) == len(picked)
    assert edited not in picked
    with pytest.raises(LookupError, match="no untouched article"):
        site.pick()


def test_wrong_names_are_refused_in_plain_words(site: ReplicaSite) -> None:
    with pytest.raises(KeyError, match="no article at /nowhere/"):
        site.retitle("/nowhere/")
    with pytest.raises(ValueError, match="no stand-in 'joke'"):
        site.replace_by(site.addresses[0], "joke")
    with pytest.raises(ValueError, match="no markup 'frames'"):
        ReplicaSite(1, "frames")
    with pytest.raises(ValueError, match="has not the word"):
        site.replace_word(site.addresses[0], "unheard-of")


def test_edits_and_answers_from_many_threads_lose_nothing(site: ReplicaSite) -> None:
    address = site.pick()
    before = len(site.article(address).parts)

    def work() -> None:
        for _ in range(20):
            site.insert_paragraph(address)
            site.respond(address)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(site.article(address).parts) == before + 160
    assert len(site.expected) == 160
    assert read(site.respond(address), "divs", site.truth(address)) == site.truth(address)


def test_an_image_in_the_body_is_swapped_where_no_lead_image_stands(site: ReplicaSite) -> None:
    address = next(one for one in site.addresses if site.truth(one).media and not site.article(one).lead)
    edit = site.swap_image(address)
    assert edit.fields == ("media",)
    assert edit.after
    assert edit.after.media[0][0] == "https://en.odkb-csto.org/upload/iblock/fff/swapped.jpg"


def test_an_article_that_lacks_what_is_to_be_edited_is_refused(site: ReplicaSite) -> None:
    bare = replace(
        site.article(site.addresses[0]),
        address="/news/smi/bare/",
        lead=None,
        parts=site.article("/institute").parts[:1],
    )
    site.add_article(bare)
    for change, what in (
        (site.swap_image, "no image"),
        (site.set_link_target, "no link"),
        (site.remove_paragraph, "no paragraph"),
    ):
        with pytest.raises(ValueError, match=what):
            change("/news/smi/bare/")


def test_an_address_with_element_id_moves_to_another_one(site: ReplicaSite) -> None:
    address = next(one for one in site.addresses if "ELEMENT_ID" in one)
    assert status(site, address) == 200
    edit = site.move(address)
    assert edit.moved_to == f"https://en.odkb-csto.org{address}77"
    assert (status(site, address), status(site, f"{address}77")) == (301, 200)


def test_files_differ_by_their_address_so_that_a_swapped_one_is_seen(site: ReplicaSite) -> None:
    image, other, document = (site.respond(f"/upload/iblock/{name}") for name in ("a.jpg", "b.jpg", "c.docx"))
    assert image.body != other.body
    assert (image.content_type, document.body[:2]) == ("image/png", b"PK")


def test_every_file_that_an_article_names_is_served_and_is_no_page(site: ReplicaSite) -> None:
    paths = [path for address in site.addresses for path in files_of(site.article(address))]
    assert len(paths) > 5
    assert {path.rpartition(".")[2] for path in paths} == {"jpg", "docx"}
    answers = [site.respond(path) for path in paths]
    assert {answer.status for answer in answers} == {200}
    assert {answer.body[:4] for answer in answers} == {b"\x89PNG", b"PK\x03\x04"}
    assert [answer.body for answer in answers] == [site.respond(path).body for path in paths]


def test_a_swapped_file_has_other_bytes_at_its_address_and_no_page_shows_it(site: ReplicaSite) -> None:
    address = site.pick("file")
    path = files_of(site.article(address))[0]
    page, bytes_before = site.truth(address), site.respond(path).body
    edit = site.swap_file(address)
    assert (edit.kind, edit.fields, edit.before) == ("edited", ("media",), edit.after)
    assert site.truth(address) == page
    first = site.respond(path).body
    site.swap_file(address, path)
    assert len({bytes_before, first, site.respond(path).body}) == 3


def test_a_file_that_an_article_does_not_name_is_not_swapped(site: ReplicaSite) -> None:
    address = site.pick("file")
    with pytest.raises(ValueError, match="names no file /upload/other"):
        site.swap_file(address, "/upload/other.jpg")
    bare = next(at for at in site.addresses if not files_of(site.article(at)))
    with pytest.raises(ValueError, match="has no file"):
        site.swap_file(bare)
