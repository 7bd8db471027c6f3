"""A site's template: what it takes for furniture, what it leaves, and that it can be undone."""

import json
import random
import re

import pytest

from indexer.blocks import Block, Outline, outline
from indexer.filters import label as page_labels
from indexer.filters import template as filter_
from indexer.furniture import Template, from_record, learn, mark

MENU = ("Home", "News", "Tide tables", "Letters to the harbour master")
FOOT = ("Contact", "Terms of use", "© 2019 Harbour Office. All rights of the quay reserved.")
SUFFIXES = ("r", "st", "mble", "d", "nk", "sh", "rt")
WORDS = [
    "lamp",
    *(
        a + b + c
        for a in ("sa", "po", "gli", "tre", "va", "mu", "fro")
        for b in ("ma", "lu", "ne", "ki", "do", "bi")
        for c in SUFFIXES
    ),
]


def sentence(chance: random.Random, length: int = 14) -> str:
    return " ".join(chance.choices(WORDS, k=length)).capitalize() + "."


def article(number: int, *extra: str) -> list[str]:
    chance = random.Random(number)
    return [sentence(chance, 5), *extra, *(sentence(chance) for _ in range(6))]


def page(*lines: str, flat: bool = True) -> Outline:
    return page_labels(
        Outline(blocks=tuple(Block(line, ("body", "p"), index=i) for i, line in enumerate(lines)), flat=flat)
    )


def site(count: int = 12, *extra: str) -> list[Outline]:
    return [page(*MENU, *article(number, *extra), *FOOT) for number in range(count)]


def removed(labelled: Outline) -> list[str]:
    return [block.text for block in labelled.blocks if any(each.name == "template" for each in block.labels)]


def test_what_every_page_repeats_is_furniture_and_says_on_how_many() -> None:
    pages = site()
    labelled = filter_.label(pages[3], learn(pages))
    assert removed(labelled) == [*MENU, *FOOT]
    assert labelled.blocks[0].labels[-1].reason == "template: on 100% of 12 pages"


def test_a_page_that_was_never_seen_is_cleaned_too() -> None:
    fresh = page(*MENU, *article(99), *FOOT)
    assert removed(filter_.label(fresh, learn(site()))) == [*MENU, *FOOT]


def test_a_list_between_furniture_stays_where_it_is_much_of_the_page() -> None:
    learnt = learn(site())

    def left_of_a_list(length: int) -> list[str]:
        listed = [f"{word}, {number}" for number, word in enumerate(WORDS[:length])]
        texts = [*MENU[:-1], *listed, MENU[-1], *article(99), *FOOT]
        blocks = tuple(Block(text, ("body", "p"), index=index) for index, text in enumerate(texts))
        labelled = filter_.label(Outline(blocks=blocks), learnt)
        return [line for line in listed if line not in removed(labelled)]

    assert left_of_a_list(1) == [], "a line among a menu's is of the menu"
    assert len(left_of_a_list(60)) == 60


@pytest.mark.parametrize("count", [1, 2, 5])
def test_too_few_pages_give_no_verdict(count: int) -> None:
    pages = site(count)
    assert learn(pages) == Template(count)
    assert filter_.label(pages[0], learn(pages)) == pages[0]


def test_pages_captured_twice_count_once() -> None:
    twice = [page(*MENU, f"Visitor {n}", *article(n % 4), *FOOT) for n in range(40)]
    assert learn(twice) == Template(4)
    more = [*site(), *(page(*MENU, f"Visitor {n}", *article(3), *FOOT) for n in range(50))]
    assert learn(more).pages == 12
    assert article(3)[2] not in removed(filter_.label(more[-1], learn(more)))


@pytest.mark.parametrize(
    "line",
    [
        "Letters from the Mill, part 4",  # a series' title
        "PORT ELLERY, 4 October 2019",  # a dateline
        "“We shall light the lamp ourselves,” the harbour master said again on Tuesday.",  # a quotation
        "See also",
    ],
)
def test_what_is_rightly_repeated_on_some_pages_stays(line: str) -> None:
    pages = [page(*MENU, *(article(n, line) if n % 6 == 0 else article(n)), *FOOT) for n in range(60)]
    labelled = filter_.label(pages[0], learn(pages))
    assert removed(labelled) == [*MENU, *FOOT]


def test_words_that_structure_every_page_of_a_manual_stay() -> None:
    pages = [
        page(*MENU, *article(n), "Example", *article(n + 500), "Example", *article(n + 900), *FOOT) for n in range(20)
    ]
    assert "Example" not in removed(filter_.label(pages[0], learn(pages)))


def test_a_short_page_keeps_what_it_says() -> None:
    short = page(*MENU, "Closed on Mondays", *FOOT)
    assert "Closed on Mondays" not in removed(filter_.label(short, learn(site())))
    bare = page(*MENU, *FOOT)
    assert removed(filter_.label(bare, learn(site()))) == []


def test_a_table_of_contents_between_lines_of_the_foot_goes_with_them() -> None:
    def manual(number: int) -> Outline:
        chance = random.Random(-number)
        topics = [" ".join(chance.choices(WORDS, k=3)) for _ in range(5)]
        return page(*MENU, *article(number), "Table of contents", *topics, "Next topic", topics[0], *FOOT)

    pages = [manual(number) for number in range(20)]
    labelled = filter_.label(pages[0], learn(pages))
    assert [block.text for block in labelled.blocks if block.text not in removed(labelled)] == article(0)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("3 comments", "12 comments"),
        ("Visitor no. 020418", "VISITOR  no. 17"),
        ("Monday, 3 March 2019", "Tuesday, 14 July 2020"),
        ("High water 06:12 and 18:41", "High water 11:59 and 23:40"),
        ("Updated March 3, 2019", "Updated April 30, 2020"),
    ],
)
def test_numbers_dates_counts_case_and_space_make_no_other_line(one: str, other: str) -> None:
    assert mark(one) == mark(other)


def test_other_words_make_another_line() -> None:
    assert mark("Terms of use") != mark("Terms of trade")
    assert mark("2019") == mark("– 7 –") == 0


HEAD_LINE = "Skip to content Harbour Post Coast Council Business Culture Sport Community Search"
FOOT_LINE = "Most read today About us Contact Advertise Privacy Terms of use Harbour Post Newspapers Ltd"


def one_line(number: int) -> Outline:
    return page(f"{HEAD_LINE} {' '.join(article(number))} {FOOT_LINE}")


def test_texts_of_one_line_are_cut_where_the_article_begins_and_ends() -> None:
    pages = [one_line(number) for number in range(12)]
    labelled = filter_.label(pages[5], learn(pages))
    assert removed(labelled) == [HEAD_LINE, FOOT_LINE]
    assert [b.text for b in labelled.blocks if b.text not in (HEAD_LINE, FOOT_LINE)] == [" ".join(article(5))]


def test_glued_words_are_parted() -> None:
    pages = [page(f"PrevUpHome Next{' '.join(article(number))}") for number in range(12)]
    assert removed(filter_.label(pages[5], learn(pages))) == ["PrevUpHome Next"]


def cut(text_of, number: int, count: int = 12) -> list[str]:
    """What the template of so many pages removes from the page of that number."""
    pages = [page(text_of(each)) for each in range(count)]
    return removed(filter_.label(pages[number], learn(pages)))


def names(number: int, count: int) -> str:
    return " ".join(word.capitalize() for word in random.Random(number).choices(WORDS, k=count))


def test_a_chapter_between_glued_words_is_furniture_and_so_is_a_long_list_of_contents() -> None:
    def text(number: int) -> str:
        contents = f"{names(number, 4)}Prev UpChapter {number}. {names(number + 50, 9)}Home Next"
        return f"{contents}{' '.join(article(number))} Table of contents {names(number + 90, 40)} Previous topic"

    first, last = cut(text, 7)
    assert (first[-9:], last[:17], last[-14:]) == ("Home Next", "Table of contents", "Previous topic")
    assert len(last.split()) == 45


def test_sentences_between_furniture_stay() -> None:
    def text(number: int) -> str:
        told = article(number)
        return f"{HEAD_LINE} {' '.join(told[:3])} Continue reading below {' '.join(told[3:])} {FOOT_LINE}"

    assert cut(text, 7) == [HEAD_LINE, FOOT_LINE]


def test_a_list_longer_than_what_is_left_stays() -> None:
    def text(number: int) -> str:
        listed = names(number, 30 if number else 300)
        return f"{HEAD_LINE} {listed} Add to the basket {' '.join(article(number))} {FOOT_LINE}"

    assert cut(text, 7)[0].endswith("Add to the basket")
    assert cut(text, 0) == [HEAD_LINE, FOOT_LINE]


def test_a_list_that_furniture_begins_is_furniture_to_its_end() -> None:
    def text(number: int) -> str:
        trail = " > ".join(names(number + each, 2) for each in range(number % 3))
        return f"{HEAD_LINE} > {trail} > Languages: {'en | fr | ja'[: 2 + number % 3 * 5]} {' '.join(article(number))}"

    for number in range(4):
        assert article(number)[0] not in " ".join(cut(text, number))
        assert cut(text, number)[0].endswith(("en", "fr", "ja"))


def test_pages_in_another_language_have_furniture_of_their_own() -> None:
    def text(number: int) -> str:
        begin, end = (
            (HEAD_LINE, FOOT_LINE) if number % 5 else ("Startseite Nachrichten Rathaus", "Impressum Kontakt Presse")
        )
        return f"{begin} {' '.join(article(number))} {end}"

    assert cut(text, 10, 40) == ["Startseite Nachrichten Rathaus", "Impressum Kontakt Presse"]
    assert cut(text, 11, 40) == [HEAD_LINE, FOOT_LINE]


def test_the_middle_of_a_long_page_is_not_looked_at() -> None:
    def text(number: int) -> str:
        return f"{HEAD_LINE} {' '.join(article(number)) * (1 if number else 100)} {FOOT_LINE}"

    assert len(text(0)) > 32_000
    assert cut(text, 0) == [HEAD_LINE, FOOT_LINE]


@pytest.mark.parametrize("make", [one_line, lambda n: page(*MENU, *article(n), *FOOT)])
def test_a_template_can_be_undone(make) -> None:
    pages = [make(number) for number in range(12)]
    labelled = filter_.label(pages[5], learn(pages))
    assert removed(labelled)
    assert filter_.undone(labelled) == pages[5]
    assert filter_.undone(filter_.label(labelled, Template())) == pages[5]


def test_an_index_of_a_block_is_found_again_after_a_cut() -> None:
    pages = [one_line(number) for number in range(12)]
    both = Outline(blocks=(*pages[0].blocks, Block("3 May 2019", index=1)), flat=True)
    labelled = filter_.label(both, learn(pages))
    assert labelled.blocks[filter_.place(labelled, 1)].text == "3 May 2019"


def test_a_template_is_read_back_equal_and_does_not_depend_on_the_order_of_pages() -> None:
    pages = [*site(), *(one_line(number) for number in range(30, 60))]
    template = learn(pages)
    assert template.lines
    assert template.ends.head
    assert from_record(json.loads(json.dumps(template.as_record()))) == template
    random.Random(1).shuffle(pages)
    assert learn(pages) == template


def test_html_and_its_text_learn_alike() -> None:
    def markup(number: int) -> str:
        return "".join(f"<p>{line}</p>" for line in (*MENU, *article(number), *FOOT))

    pages = [page_labels(outline(markup(number))) for number in range(12)]
    assert learn(pages).lines.keys() == learn(site()).lines.keys()


def test_at_most_the_first_thousand_pages_are_looked_at() -> None:
    def endless():
        number = 0
        while True:
            yield page(*MENU, *article(number), *FOOT)
            number += 1

    assert learn(endless()).pages == 1_000


#: As `furniture` has them, but for what makes these fast.
PLAIN_DATE = re.compile(
    r"(?:[^\W\d_]+[^\w\n]{1,3})?\b\d{1,4}(?:st|nd|rd|th)?\b(?:[^\w\n]{1,3}[^\W\d_]+){0,3}[^\w\n]{1,3}\d{2,4}\b"
)
PLAIN_NUMBERED = re.compile(r"\w*\d\w*")
SCRAPS = ("a", "May", "Mai", "5", "2019", "12", "th", "st", " ", "  ", ", ", ".", "-", "_", "\n", "é", "\u0663", "ß", "x1", "/")


def test_words_are_found_as_by_the_plain_patterns() -> None:
    chance = random.Random(4)
    named: dict[tuple[str, ...], int] = {}
    for _ in range(5_000):
        text = "".join(chance.choices(SCRAPS, k=chance.randrange(1, 14)))
        plain = PLAIN_NUMBERED.sub(" ", PLAIN_DATE.sub(" ", text.casefold()))
        words = tuple(re.findall(r"[^\W\d_]+", plain))
        assert named.setdefault(words, mark(text)) == mark(text), text
        assert bool(words) == bool(mark(text))
    assert len(set(named.values())) == len(named) > 500
