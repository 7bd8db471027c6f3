"""The verdict: what is kept, what is removed and why, and what sort of page it is."""

import datetime as dt

import pytest

import indexer
from indexer.errors import RefusedPage

PROSE = "The keeper carried two cans of oil up the stairs every evening, filled the lamp and wrote the hour into a book."
FLAT = f"""Error message

Missing or incomplete installation of the jReject library! Please follow the instructions from README.txt to get it.
7 March 2016

{PROSE} He did so for thirty years.

{PROSE} Then the light was made electric.
"""


def page(body: str, title: str = "The lamp") -> bytes:
    return f"<!doctype html><html lang=en><head><title>{title}</title></head><body>{body}</body></html>".encode()


@pytest.mark.parametrize("text", [FLAT, FLAT.replace("\n\n", "\n"), FLAT.replace("\n", "\r\n")])
def test_a_flattened_page(text: str) -> None:
    found = indexer.clean(text.encode(), "")
    assert found.text.startswith("The keeper carried")
    assert found.text.endswith("made electric.")
    assert (found.published, found.published_by) == (dt.date(2016, 3, 7), "dateline")
    assert "7 March 2016" not in found.text
    assert (found.title, found.title_by) == (PROSE.rstrip("."), "derived")
    assert [(part.reason, part.text[:20]) for part in found.removed] == [
        ("banner: cms status heading", "Error message"),
        ("banner: cms status message", "Missing or incomplet"),
        ("dateline: the date of publication", "7 March 2016"),
    ]


def test_a_flattened_page_in_one_line() -> None:
    found = indexer.clean(" ".join(FLAT.split()).encode())
    assert "jReject" not in found.text
    assert found.text == " ".join(FLAT[FLAT.index(PROSE) :].split())
    assert (found.published, found.published_by) == (dt.date(2016, 3, 7), "dateline")
    assert found.title == PROSE.rstrip(".")
    assert any("jReject" in part.text for part in found.removed)


def test_every_block_is_kept_or_removed_with_a_reason() -> None:
    found = indexer.clean(
        page(f"<nav><a href=/>Home</a></nav><h1>The lamp</h1><p>{PROSE}<p>{PROSE}<div class=share>Share</div>"), "https://a.example/"
    )
    assert found.text == f"The lamp\n\n{PROSE}\n\n{PROSE}"
    assert [(part.reason, part.text) for part in found.removed] == [("in navigation", "Home"), ("class share", "Share")] or [
        part.text for part in found.removed
    ] == ["Home", "Share"]
    assert all(part.reason for part in found.removed)
    assert len(found.kept) + len(found.removed) == len(found.blocks)


def test_a_page_that_no_filter_likes_keeps_what_nothing_claims() -> None:
    assert indexer.clean(page("<p>Short one<p>Short two")).text == "Short one\n\nShort two"


@pytest.mark.parametrize(
    ("body", "title", "kind"),
    [
        (f"<p>{PROSE}<p>{PROSE}", "The lamp", "article"),
        ("<p>Sorry, the page you are looking for could not be found.", "The Quay", "error"),
        ("<p>Go back.", "404 Not Found", "error"),
        ("<p>Sorry, the page you are looking for could not be found.<p>Please enable JavaScript to search.", "The Quay", "error"),
        ("<p>Checking your browser before accessing the quay.", "Just a moment", "captcha"),
        ("<p>You need to enable JavaScript to run this app.", "The Quay", "shell"),
        ("<p>We use cookies and need your consent.<p>Accept all", "The Quay", "consent"),
        ("".join(f"<li><a href=/{n}>The story of lamp number {n} and its keeper</a>" for n in range(40)), "News", "listing"),
        ("".join(f"<div id=post-{n}><p>keeper{n} wrote on 4 March 2019:<p>{PROSE}</div>" for n in range(4)), "A thread", "forum"),
        (f"<p>{PROSE}<pre>{'light(lamp)  # again' * 9}</pre>", "API", "documentation"),
    ],
)
def test_kinds(body: str, title: str, kind: str) -> None:
    found = indexer.clean(page(body, title))
    assert found.kind == kind
    assert kind == "article" or found.kind_reason


def test_an_empty_page_is_refused() -> None:
    for body in (b"", b"   ", b"<html></html>", b"<script>x</script>"):
        with pytest.raises(RefusedPage, match="no text"):
            indexer.clean(body)


def test_the_language_is_detected_or_as_declared() -> None:
    assert indexer.clean(page(f"<p>{PROSE}")).language == "en"
    german = "Der Wärter trug jeden Abend zwei Kannen Öl die Treppe hinauf, füllte die Lampe und schrieb die Stunde in ein Buch. " * 2
    assert indexer.clean(page(f"<p>{german}")).language == "de"
    assert indexer.clean(b"<html lang=fr><p>Bonjour").language == "fr"
    assert indexer.clean(b"<p>Hm").language == ""
