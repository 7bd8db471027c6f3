"""The page of a facet: every value is a link into the results; it can be looked through and put in order."""

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from small_collection import FORUM, QUAY, Look, read, words

from web.address import Address, Values
from web.arguments import read_values


def values(page: BeautifulSoup) -> list[tuple[str, int]]:
    return [(words(a.bdi), int(words(a.select_one(".count")))) for a in page.select(".values a.pick")]


def link(page: BeautifulSoup, text: str) -> str:
    return next(a["href"] for a in page.select("a") if words(a) == text)


def test_all_values_stand_by_count(look: Look) -> None:
    page = look("/facet/tag?q=lamp")
    assert words(page.h1) == "Tags of pages for lamp"
    assert values(page) == [("lamps", 4), ("books", 1), ("farewells", 1), ("oil", 1), ("no tag", 1)]


def test_or_from_a_to_z(look: Look) -> None:
    page = look(link(look("/facet/tag?q=lamp"), "A to Z"))
    assert [name for name, _ in values(page)] == ["books", "farewells", "lamps", "oil", "no tag"]
    assert values(look(link(page, "By count")))[0] == ("lamps", 4)


@pytest.mark.parametrize(
    ("within", "found"), [("HOLT", ["Ben Holt"]), ("a", ["Ada Pike", "Jan Ohm"]), ("öh", ["Jan Ohm"]), ("Öhm", ["Jan Ohm"]), ("zz", [])]
)
def test_values_are_looked_through_whatever_case_and_accents(look: Look, within: str, found: list[str]) -> None:
    page = look(f"/facet/author?within={within}")
    assert [name for name, _ in values(page)] == found
    assert page.select_one("input[name=within]")["value"] == within
    assert "of 3" in words(page.select_one("main .quiet:not(h1 *)"))


def test_a_value_leads_to_its_results_and_keeps_what_was_chosen(look: Look) -> None:
    page = look(f"/facet/author?q=lamp&site={QUAY}&order=name&within=ada")
    (pick,) = page.select(".values a.pick")
    assert pick["href"] == f"/search?q=lamp&site={QUAY}&author=Ada+Pike#author"
    assert page.select_one(".values .exclude")["href"] == f"/search?q=lamp&site={QUAY}&-author=Ada+Pike#author"
    assert link(page, "Back to the results") == f"/search?q=lamp&site={QUAY}"
    assert [words(chip) for chip in page.select(".chips li")] == [f"Site {QUAY} ×"]


def test_counts_leave_the_own_choice_aside_and_chosen_values_come_first(look: Look) -> None:
    page = look(f"/facet/site?q=lamp&site={FORUM}&order=name")
    assert values(page)[0] == (FORUM, 1)
    assert dict(values(page))[QUAY] == 3
    assert page.select(".values .chosen a.pick")[0]["href"] == "/search?q=lamp#site"


def test_many_values_have_pages(many: FlaskClient) -> None:
    first = read(many, "/search?size=10")
    section = next(tag for tag in first.select(".facet") if words(tag.h2) == "Tag")
    assert words(section.select_one(".all a")) == "All 45, also from A to Z"
    page = read(many, section.select_one(".all a")["href"])
    assert len(values(page)) == 45


@pytest.mark.parametrize("name", ["published", "nothing", "title", "%00"])
def test_what_is_no_list_of_values_has_no_page(look: Look, client: FlaskClient, name: str) -> None:
    assert words(read(client, f"/facet/{name}", status=404).h1) == "There is no such filter"


@pytest.mark.parametrize("query", ["", "q=lamp&page=3&within=a+b&order=name", "site=x&within=%26", "order=name"])
def test_an_address_is_written_as_it_is_read(query: str) -> None:
    assert read_values(query).query == query


def test_anything_is_read() -> None:
    assert read_values("q=a&order=up&within=%20&page=0&x=y&within") == Values(Address("a"))
