"""A small collection that one can see whole, and what a reader would see of it."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient

from search import Document, open_engine
from web import create_app

QUAY, DIKE, FORUM = "quay.example", "deich.example", "forum.example"

DOCUMENTS = (
    Document(
        f"https://{QUAY}/coast/dark", "The lamp of Marrow Head goes dark",
        "The keeper lit the lamp for the last time on Thursday. He gave the key to nobody.",
        QUAY, "Coast", ("Ada Pike",), "en", ("lamps", "farewells"), published=dt.date(2018, 2, 22),
    ),
    Document(
        f"https://{QUAY}/coast/book", "A keeper writes everything down",
        "Forty years of oil, weather and visitors stand in the book of the lamp.",
        QUAY, "Coast", ("Ada Pike", "Ben Holt"), "en", ("lamps", "books"), published=dt.date(2018, 3, 5),
    ),
    Document(
        f"https://{QUAY}/council/bill", "Council pays for one lamp on the quay",
        "The bill for the lamp came to eleven pounds, and the council paid it.",
        QUAY, "Council", ("Ben Holt",), "en", ("lamps",), published=dt.date(2019, 7, 1),
    ),
    Document(
        f"https://{QUAY}/business/rope", "The last rope is walked",
        "The rope works close after two hundred years, and the hemp is sold by weight.",
        QUAY, "Business", (), "en", (), published=dt.date(2019, 11, 30),
    ),
    Document(
        f"https://{DIKE}/lichter", "Die Lampe am Siel",
        "Die Lampe brennt noch, und niemand weiß, wer sie füllt. Jemand muss nachts kommen.",
        DIKE, "", ("Jan Ohm",), "de", ("lamps",), published=dt.date(2019, 10, 4),
    ),
    Document(
        f"https://{FORUM}/topic/7", "Which oil for an old lamp?",
        "Mine smokes. The keeper of the museum says rape oil, my neighbour says lamp oil.",
        FORUM, "", (), "en", ("oil",), kind="forum", published=dt.date(2020, 1, 9),
    ),
    Document("file:///heap/notes.txt", "Notes on a lamp", "Found behind the lamp in the cellar, without a date."),
    Document(f"https://{QUAY}/gone", "Not found", "This page on the lamp is not here.", QUAY, kind="error"),
    Document(f"https://{QUAY}/robot", "Are you a robot?", "Pick every picture with a lamp.", QUAY, kind="captcha"),
)  # fmt: skip

Look = Callable[[str], BeautifulSoup]


def filled(data: Path, documents: tuple[Document, ...]) -> FlaskClient:
    """A client of the pages over an index of these documents, without a ledger."""
    engine = open_engine(f"whoosh:{data / 'index'}")
    with engine.rebuild() as writer:
        for each in documents:
            writer.put(each)
    engine.close()
    return create_app(data).test_client()


def read(client: FlaskClient, path: str, status: int = 200) -> BeautifulSoup:
    answer = client.get(path)
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "text/html"
    return BeautifulSoup(answer.text, "lxml")


def words(tag: Tag | None) -> str:
    """The text of a tag as it reads on the screen."""
    assert tag is not None
    return " ".join(tag.get_text().split())
