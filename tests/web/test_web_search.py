"""The search page: what is found, the filters beside it, and that every step is a link."""

import datetime as dt
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from small_collection import DIKE, DOCUMENTS, FORUM, QUAY, Look, filled, read, words

from search import Document
from search.document import document_id
from search.ledger import Ledger
from search.records import Capture, Entry

ALL_LAMPS = 6  # visible pages of the small collection with the word


def titles(page: BeautifulSoup) -> list[str]:
    return [words(tag) for tag in page.select("main > .results h2")]


def wider_titles(page: BeautifulSoup) -> list[str]:
    return [words(tag) for tag in page.select(".wider .results h2")]


def facet(page: BeautifulSoup, title: str) -> Tag:
    """The section of the filters with this heading."""
    return next(tag for tag in page.select(".facet") if words(tag.h2) == title)


def counts(page: BeautifulSoup, title: str) -> dict[str, int]:
    return {words(a.bdi): int(words(a.select_one(".count"))) for a in facet(page, title).select("a.pick")}


def bars(page: BeautifulSoup) -> dict[str, int]:
    """Label and count of every bar drawn."""
    labels = (words(a.title).rsplit(": ", 1) for a in page.select(".bars a"))
    return {label: int(count.split()[0]) for label, count in labels}


def chips(page: BeautifulSoup) -> list[str]:
    return [words(tag) for tag in page.select(".chips li")]


def follow(look: Look, link: Tag | None) -> BeautifulSoup:
    assert link is not None
    return look(link["href"])


def pick(page: BeautifulSoup, title: str, value: str) -> Tag:
    return next(a for a in facet(page, title).select("a.pick") if words(a.bdi) == value)


def link(page: BeautifulSoup, text: str) -> Tag:
    return next(a for a in page.select("a") if words(a) == text)


# -- what is found


@pytest.mark.parametrize("path", ["/", "/search", "/search?q=", "/?q=+"])
def test_without_words_every_page_is_shown_newest_first(look: Look, path: str) -> None:
    page = look(path)
    assert words(page.h1) == "7 pages"
    assert titles(page)[0] == "Which oil for an old lamp?"
    assert titles(page)[-1] == "Notes on a lamp"
    assert words(page.title) == "Pagesift"


def test_a_search_says_how_many_pages_it_found_and_for_what(look: Look) -> None:
    page = look("/search?q=lamp+keeper")
    assert words(page.h1) == "3 pages for lamp keeper"
    strict = {words(tag) for tag in page.select(".results h2") if not tag.find_parent(class_="wider")}
    assert strict == {
        "The lamp of Marrow Head goes dark",
        "A keeper writes everything down",
        "Which oil for an old lamp?",
    }
    assert words(page.title) == "lamp keeper – Pagesift"
    assert page.select_one("input[name=q]")["value"] == "lamp keeper"


def test_what_was_found_is_marked_in_title_and_snippet(look: Look) -> None:
    page = look("/search?q=lamp+thursday")
    result = page.select_one(".results > li")
    assert [words(mark) for mark in result.select("h2 mark")] == ["lamp"]
    assert [words(mark) for mark in result.select(".snippet mark")] == ["lamp", "Thursday"]
    assert words(result.select_one(".snippet")).startswith("The keeper lit the lamp for the last time on Thursday.")


def test_a_result_tells_site_section_day_authors_and_language(look: Look) -> None:
    (result,) = look("/search?q=%22forty+years%22").select(".results > li")
    assert words(result.select_one(".place")) == "quay.example Coast"
    assert [words(fact) for fact in result.select(".facts > *")] == [
        "5 March 2018",
        "Ada Pike, Ben Holt",
        "English",
        "1 min",
        "Cleaned text",
    ]
    assert result.time["datetime"] == "2018-03-05"
    assert result.h2["lang"] == result.select_one(".snippet")["lang"] == "en"


def test_a_hit_leads_to_its_page_and_to_its_cleaned_text(look: Look) -> None:
    (result,) = look("/search?q=hemp").select(".results > li")
    url = f"https://{QUAY}/business/rope"
    assert result.h2.a["href"] == url
    assert link(result, "Cleaned text")["href"] == f"/page/{document_id(url)}?q=hemp"


def test_a_hit_without_a_web_address_leads_to_its_entry_page(look: Look) -> None:
    (result,) = look("/search?q=cellar").select(".results > li")
    entry = f"/page/{document_id('file:///heap/notes.txt')}"
    assert [a["href"] for a in result.select("a")] == [f"{entry}?q=cellar"]
    assert words(result.select_one(".facts")) == "undated 1 min"
    assert words(look(entry).h1) == "Notes on a lamp"


def test_a_kind_is_told_where_it_is_no_article(look: Look) -> None:
    (result,) = look("/search?q=museum").select(".results > li")
    assert words(result.select_one(".kind")) == "forum"


def test_the_reading_is_told_with_the_filters_in_words(look: Look) -> None:
    path = f"/search?q=lamp+keeper&site={QUAY}&site={DIKE}&-tag=oil&-author=&language=en&from=2018-01-01&published=2018-02"
    assert words(look(path).select_one("header .quiet")) == (
        f"Read as all of: lamp, keeper; from {QUAY} or {DIKE}; not without author; in English; not tagged oil; "
        "published in February 2018; from 1 January 2018"
    )
    assert words(look("/search?published=").select_one("header .quiet")) == "Read as all pages; undated"
    assert words(look("/search?q=lamp+-oil&match=any").select_one("header .quiet")) == "Read as lamp; not: oil"
    assert not look("/search?q=lamp+keeper").select("header .quiet")


def test_other_words_are_offered_and_keep_the_filters(look: Look) -> None:
    page = look(f"/search?q=keepr&site={QUAY}&page=2")
    assert words(page.select_one(".meant")) == "Did you mean keeper?"
    assert page.select_one(".meant a")["href"] == f"/search?q=keeper&site={QUAY}"
    assert not look("/search?q=keeper").select(".meant")


def test_each_result_says_why_it_stands_there(look: Look) -> None:
    result = look("/search?q=lamp+thursday").select_one(".results > li")
    assert words(result.select_one(".why summary")) == "Why this?"
    reasons = [words(li) for li in result.select(".why li")]
    assert any(re.fullmatch(r"“thursday” once in the text; 1 of 9 pages hold it \(\d+% of the score\)", r) for r in reasons)
    assert any(r.startswith("“lamp” once in the title and once in the text; common here: 8 of 9 pages hold it") for r in reasons)
    assert not look("/search?q=lamp&sort=newest").select(".why")


# -- facets


def test_facets_count_the_hits(look: Look) -> None:
    page = look("/search?q=lamp")
    assert counts(page, "Site") == {QUAY: 3, DIKE: 1, FORUM: 1}
    assert counts(page, "Section") == {"Coast": 2, "Council": 1}
    assert counts(page, "Author") == {"Ada Pike": 2, "Ben Holt": 2, "Jan Ohm": 1}
    assert counts(page, "Language") == {"English": 4, "German": 1}
    assert counts(page, "Tag") == {"lamps": 4, "books": 1, "farewells": 1, "oil": 1}
    assert counts(page, "Kind") == {"article": 5, "forum": 1}
    assert bars(page) == {"2018": 2, "2019": 2, "2020": 1}


def test_a_chosen_value_narrows_the_hits_and_can_be_let_go(look: Look) -> None:
    before = look("/search?q=lamp")
    page = follow(look, pick(before, "Site", QUAY))
    assert words(page.h1) == "3 pages for lamp"
    assert chips(page) == [f"Site {QUAY} ×"]
    assert pick(page, "Site", QUAY)["aria-current"] == "true"
    assert titles(follow(look, page.select_one(".chips a"))) == titles(before)
    assert titles(follow(look, pick(page, "Site", QUAY))) == titles(before)


def test_values_of_one_facet_are_alternatives_and_facets_add_up(look: Look) -> None:
    page = follow(look, pick(look("/search?q=lamp"), "Author", "Jan Ohm"))
    page = follow(look, pick(page, "Author", "Ada Pike"))
    assert words(page.h1) == "3 pages for lamp"
    page = follow(look, pick(page, "Language", "German"))
    assert titles(page) == ["Die Lampe am Siel"]
    assert chips(page) == ["Author Jan Ohm ×", "Author Ada Pike ×", "Language German ×", "Remove all"]
    assert words(follow(look, link(page, "Remove all")).h1) == f"{ALL_LAMPS} pages for lamp"


def test_the_counts_of_a_facet_ignore_its_own_choice_and_follow_all_others(look: Look) -> None:
    page = look(f"/search?q=lamp&site={DIKE}")
    assert counts(page, "Site") == {QUAY: 3, DIKE: 1, FORUM: 1}
    assert counts(page, "Author") == {"Jan Ohm": 1}
    assert bars(page)["October 2019"] == 1


def test_a_value_can_be_left_out(look: Look) -> None:
    before = look("/search?q=lamp")
    exclude = facet(before, "Site").select_one(f"[aria-label='Leave out {QUAY}']")
    page = follow(look, exclude)
    assert words(page.h1) == "3 pages for lamp"
    assert chips(page) == [f"not Site {QUAY} ×"]
    assert not facet(page, "Site").select(f"[aria-label='Leave out {QUAY}']")
    assert titles(follow(look, page.select_one(".chips a"))) == titles(before)


def test_a_chosen_value_that_finds_nothing_stays_to_be_let_go(look: Look) -> None:
    page = look("/search?q=lamp&tag=nowhere")
    assert counts(page, "Tag")["nowhere"] == 0
    assert chips(page) == ["Tag nowhere ×"]


def test_only_the_eight_commonest_values_stand_beside_the_results(many: FlaskClient) -> None:
    page = read(many, "/search?size=100")
    tags = facet(page, "Tag")
    assert len(tags.select("a.pick")) == 8
    assert words(tags.select_one(".all a")) == "All 45, also from A to Z"


# -- time


def bar(page: BeautifulSoup, span: str) -> Tag:
    return next(a for a in page.select(".bars a") if words(a.title).startswith(f"{span}:"))


def test_a_year_of_the_histogram_opens_its_months_and_closes_again(look: Look) -> None:
    start = look("/search?q=lamp")
    year = follow(look, bar(start, "2018"))
    assert words(year.h1) == "2 pages for lamp"
    assert chips(year) == ["Published 2018 ×"]
    assert bars(year) == {"2018": 2, "2019": 2, "2020": 1, "February 2018": 1, "March 2018": 1}
    month = follow(look, bar(year, "March 2018"))
    assert titles(month) == ["A keeper writes everything down"]
    assert chips(month) == ["Published March 2018 ×"]
    assert chips(follow(look, bar(month, "March 2018"))) == ["Published 2018 ×"]
    assert chips(follow(look, bar(year, "2018"))) == []


def test_pages_without_a_date_can_be_picked(look: Look) -> None:
    page = look("/search?q=lamp")
    assert counts(page, "Published") == {"undated": 1}
    assert titles(follow(look, pick(page, "Published", "undated"))) == ["Notes on a lamp"]


def test_a_range_of_days_is_a_form_that_keeps_what_was_asked(look: Look) -> None:
    form = look(f"/search?q=lamp&-site={DIKE}&page=1").select_one("form.dates")
    kept = {field["name"]: field["value"] for field in form.select("input[type=hidden]")}
    assert kept == {"q": "lamp", "-site": DIKE}
    page = look(f"/search?q=lamp&-site={DIKE}&from=2018-03-05&to=2019-07-01")
    assert set(titles(page)) == {"A keeper writes everything down", "Council pays for one lamp on the quay"}
    assert chips(page) == [f"not Site {DIKE} ×", "From 5 March 2018 ×", "To 1 July 2019 ×", "Remove all"]
    dates = {field["name"]: field["value"] for field in page.select("form.dates input[type=date]")}
    assert dates == {"from": "2018-03-05", "to": "2019-07-01"}


def test_one_end_of_a_range_will_do(look: Look) -> None:
    assert titles(look("/search?from=2019-11-30")) == ["Which oil for an old lamp?", "The last rope is walked"]
    assert titles(look("/search?to=2018-02-22")) == ["The lamp of Marrow Head goes dark"]


def test_a_century_and_more_is_drawn_by_the_years_that_were_found(tmp_path: Path) -> None:
    years = [1850, *range(1930, 1990), 2020]
    documents = tuple(
        Document(f"https://{QUAY}/{y}", f"Tides of {y}", "Tides.", published=dt.date(y, 1, 1)) for y in years
    )
    client = filled(tmp_path, documents)
    page = read(client, "/")
    drawn = list(bars(page))
    assert (len(drawn), drawn[0], drawn[-1]) == (60, "1931", "2020")
    assert counts(page, "Published") == {"before 1931": 2}
    assert titles(read(client, pick(page, "Published", "before 1931")["href"])) == ["Tides of 1930", "Tides of 1850"]


# -- order and pages


def test_sorting_is_a_link_and_the_present_order_is_told(look: Look) -> None:
    page = look("/search?q=lamp")
    assert [words(a) for a in page.select(".order a")] == ["Relevance", "Fresh", "Newest", "Oldest"]
    assert words(page.select_one(".order [aria-current]")) == "Relevance"
    newest = follow(look, link(page, "Newest"))
    assert titles(newest)[0] == "Which oil for an old lamp?"
    assert words(newest.select_one(".order [aria-current]")) == "Newest"
    assert titles(follow(look, link(newest, "Oldest")))[0] == "The lamp of Marrow Head goes dark"


def test_the_pager_leads_through_all_pages_and_marks_the_present(many: FlaskClient) -> None:
    page = read(many, "/search?q=tide&size=2&page=10&sort=oldest")
    assert [words(each) for each in page.select(".pager > *")] == [
        "← Previous", "1", "…", "8", "9", "10", "11", "12", "…", "23", "Next →",
    ]  # fmt: skip
    assert words(page.select_one(".pager [aria-current=page]")) == "10"
    assert page.select_one(".results")["start"] == "19"
    assert titles(page) == ["Tide table 18", "Tide table 19"]
    assert titles(read(many, page.select_one("a[rel=next]")["href"])) == ["Tide table 20", "Tide table 21"]
    assert titles(read(many, page.select_one("a[rel=prev]")["href"])) == ["Tide table 16", "Tide table 17"]
    assert titles(read(many, link(page, "23")["href"])) == ["Tide table 44"]


@pytest.mark.parametrize(("page", "missing"), [(1, "prev"), (23, "next")])
def test_the_pager_ends_at_both_ends(many: FlaskClient, page: int, missing: str) -> None:
    shown = read(many, f"/search?size=2&page={page}")
    assert {a["rel"][0] for a in shown.select(".pager a[rel]")} == {"prev", "next"} - {missing}


def test_one_page_of_results_has_no_pager(look: Look) -> None:
    assert not look("/search?q=lamp").select(".pager")


def test_the_size_of_a_page_is_a_link(many: FlaskClient) -> None:
    page = read(many, "/search?q=tide&page=3")
    assert [words(a) for a in page.select(".sizes a")] == ["10", "20", "50", "100"]
    assert words(page.select_one(".sizes [aria-current]")) == "10"
    assert len(titles(read(many, link(page.select_one(".sizes"), "50")["href"]))) == 45


def test_another_search_keeps_filters_order_and_size_and_starts_at_the_first_page(many: FlaskClient) -> None:
    page = read(many, "/search?q=tide&tag=tag01&tag=tag02&sort=oldest&size=1&page=2")
    kept = [(field["name"], field["value"]) for field in page.select("form.box input[type=hidden]")]
    assert kept == [("tag", "tag01"), ("tag", "tag02"), ("sort", "oldest"), ("size", "1")]


# -- what was mended, and what was left out


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/search?q=%22lamp", "an open quote was closed at the end"),
        ("/search?q=(lamp", "an open parenthesis was closed at the end"),
        ("/search?q=lamp&size=1000", "size: “1000” is too high; 100 is used"),
        ("/search?q=lamp&page=two", "page: “two” is no number from 1; 1 is used"),
        ("/search?q=lamp&from=yesterday", "from: “yesterday” is no date"),
        ("/search?q=lamp&from=2020&to=2018", "from lay after to; they were exchanged"),
        ("/search?q=lamp&autor=x", "“autor” is no filter"),
    ],
)
def test_what_was_mended_is_said(look: Look, path: str, said: str) -> None:
    page = look(path)
    assert [note for note in map(words, page.select(".summary .note")) if said in note]
    assert titles(page)


def test_how_the_query_was_read_is_told_where_it_differs(look: Look) -> None:
    assert words(look("/search?q=(lamp").select_one(".summary .quiet")) == "Read as lamp"
    assert words(look("/search?q=lamp+-oil").select_one(".summary .quiet")) == "Read as lamp; not: oil"
    for plain in ("q=lamp", "q=Lamp++keeper", ""):
        assert not look(f"/search?{plain}").select(".summary .quiet")
    anything = look("/search?q=lamp+keeper+-oil&match=any")
    assert words(anything.select_one(".summary .quiet")) == "Read as any of: lamp, keeper; not: oil"


def test_hidden_kinds_are_one_click_away(look: Look) -> None:
    page = look("/search?q=lamp")
    assert words(page.select_one(".foot p")) == "2 pages hidden as errors, captchas and the like: show them too"
    shown = follow(look, link(page, "show them too"))
    assert words(shown.h1) == f"{ALL_LAMPS + 2} pages for lamp"
    assert counts(shown, "Kind") == {"article": 5, "captcha": 1, "error": 1, "forum": 1}
    assert chips(shown) == ["Shown too error pages and the like ×"]
    assert words(follow(look, shown.select_one(".chips a")).h1) == f"{ALL_LAMPS} pages for lamp"


# -- nothing found, or little


def test_few_hits_are_followed_by_pages_with_most_of_the_words(look: Look) -> None:
    page = look("/search?q=lamp+thursday")
    assert words(page.h1) == "1 page for lamp thursday"
    assert words(page.select_one(".note")).startswith("only one page holds all of these words")
    assert words(page.select_one(".wider > h2")) == "5 pages with most of these words"
    assert len(wider_titles(page)) == ALL_LAMPS - 1
    assert page.select_one(".wider .results")["start"] == "2"
    beyond = look("/search?q=lamp+thursday&size=20&page=2")
    assert titles(beyond) == wider_titles(beyond) == []


def test_another_spelling_is_one_click_away(look: Look) -> None:
    page = look(f"/search?q=lmap+keeper&site={QUAY}")
    assert words(follow(look, link(page, "lamp keeper")).h1) == "2 pages for lamp keeper"


def test_where_nothing_is_found_there_are_ways_out_and_they_lead_somewhere(look: Look) -> None:
    page = look(f"/search?q=lamp+hemp&site={DIKE}")
    assert words(page.h1) == "Nothing found for lamp hemp"
    ways = {words(a): a for a in page.select(".nothing ul a")}
    assert list(ways) == ["The same words without filters", "Pages with any of these words", "All pages, newest first"]
    assert titles(follow(look, ways["Pages with any of these words"])) == ["Die Lampe am Siel"]
    assert words(page.select_one(".wider h2:first-child")) == "1 page with most of these words"
    everything = follow(look, ways["All pages, newest first"])
    assert words(everything.h1) == "7 pages"
    assert words(everything.select_one(".order [aria-current]")) == "Newest"
    unfiltered = follow(look, ways["The same words without filters"])
    anything = follow(look, link(unfiltered, "Pages with any of these words"))
    assert words(anything.h1) == "7 pages for lamp hemp"
    assert chips(anything) == ["Match any of the words ×"]


def test_where_only_hidden_kinds_are_found_they_are_offered(look: Look) -> None:
    page = look("/search?q=robot")
    assert words(page.h1) == "Nothing found for robot"
    assert titles(follow(look, link(page, "Error pages, captchas and the like too"))) == ["Are you a robot?"]


def test_a_page_beyond_the_last_leads_back(many: FlaskClient) -> None:
    page = read(many, "/search?q=tide&page=700")
    assert words(page.h1) == "45 pages for tide"
    assert words(page.select_one(".nothing p")) == "There are no results on this page of the list."
    assert len(titles(read(many, link(page, "The last page of results, page 5")["href"]))) == 5


def test_an_empty_index_says_how_it_is_filled(tmp_path: Path) -> None:
    page = read(filled(tmp_path, ()), "/")
    assert "reindex FOLDER" in words(page.select_one(".nothing"))


def test_a_result_names_where_else_it_stands(tmp_path: Path) -> None:
    others = tuple(f"https://copies.example/{number}" for number in range(5))
    document = Document(f"https://{QUAY}/lamp", "The lamp", "It burns.", also_at=others)
    page = read(filled(tmp_path, (document,)), "/search?q=lamp")
    facts = page.select_one(".results .facts")
    assert "also at https://copies.example/0, https://copies.example/1, https://copies.example/2 and 2 more" in words(facts)
    assert facts is not None
    assert facts.find("a", string=others[1])["href"] == f"/page/{document_id(others[1])}"
    entry = read(filled(tmp_path, (document,)), f"/page/{document.id}")
    assert "Also at" in words(entry.select_one("aside"))
    assert others[4] in words(entry.select_one("aside"))


def test_a_result_tells_how_often_its_page_was_captured(tmp_path: Path) -> None:
    documents = DOCUMENTS[:2]
    client = filled(tmp_path, documents)
    with Ledger(tmp_path, create=True) as ledger:
        captures = [(each, number) for each, count in zip(documents, (3, 1), strict=True) for number in range(count)]
        ledger.write(1, [(Capture(each.url, f"heap/{number}", "0" * 32), Entry(each), None) for each, number in captures])
    told = {words(result.h2): words(result.select_one(".facts")) for result in read(client, "/search?q=keeper").select(".results > li")}
    assert "3 captures" in told[documents[0].title]
    assert "capture" not in told[documents[1].title]


def test_every_change_of_a_filter_begins_where_it_was_made(look: Look) -> None:
    """Without scripts, the place in the address keeps the reader, and the next Tab, at the same filter."""
    page = look(f"/search?q=lamp&site={QUAY}&-tag=oil&from=2018")
    changes = [a for a in page.select(".facet a, .chips a, .order a") if a.find_parent(class_="all") is None or a.find_parent(class_="chips")]
    assert len(changes) > 20
    for a in (*changes, *page.select(".dates")):
        before, _, place = (a.get("href") or a["action"]).partition("#")
        own = a.find_parent(class_="facet")
        assert place == (own["id"] if own else "main"), a
        assert page.select_one(f"#{place}")
        assert "page=" not in before


def test_a_page_of_results_weighs_less_than_60_kilobytes(tmp_path: Path) -> None:
    """With all that stands on a full one: long titles and snippets, 20 values of each facet, 60 years, copies, filters."""
    names = [f"Katarzyna Featherstonehaugh {n}" for n in range(25)]
    documents = tuple(
        Document(
            f"https://www.local-newspaper-{n % 25}.someregion.example/coast/2019/10/04/{n}-the-lamp-goes-dark.html",
            f"The lamp of Marrow Head goes dark after {n} years, and the keeper gives the key to nobody in particular",
            "The keeper of the lamp lit it for the last time on Thursday and went home. " * 20,
            f"local-newspaper-{n % 25}.someregion.example", f"Education and Young People {n % 25}",
            (names[n % 25], names[-n % 25]), ("en", "de", "fr", "ar", "zh")[n % 5], (f"health and safety {n % 25}", f"lamps {n % 25}"),
            published=dt.date(1960 + n % 60, 1 + n % 12, 1), also_at=tuple(f"https://copy{k}.example/{n}" for k in range(5)),
        )
        for n in range(300)
    )  # fmt: skip
    client = filled(tmp_path, documents)
    for path in ("/search?q=lamp", "/search?q=the+lamp+keeper&-tag=lamps+3&language=en&language=de&from=1990&to=2010"):
        answer = client.get(path)
        assert answer.text.count('<h2 dir="auto"') > 5
        assert len(answer.data) < 60_000, path
