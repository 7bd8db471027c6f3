"""A page's text as blocks: nothing visible lost, no markup left, any nesting."""

import time
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.blocks import MAX_TAGS, outline, outline_by_soup
from indexer.errors import RefusedPage


def texts(markup: str) -> list[str]:
    return [block.text for block in outline(markup).blocks]


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p>One <b>bold</b> and <i>two</i></p><p>Three", ["One bold and two", "Three"]),
        ("a<br>b<br><br>c", ["a\nb", "c"]),
        ("<ul><li>a<li>b<ul><li>c</ul></ul>", ["a", "b", "c"]),
        ("<dl><dt>term<dd>meaning</dl>", ["term", "meaning"]),
        ("<table><tr><th>h<td>1</tr><tr><td>a</td> <td>b</td></tr></table>", ["h | 1", "a | b"]),
        ("<table><tr><td><p>left</p></td><td><p>right</p></td></tr></table>", ["left", "right"]),
        ("<pre>if x:\n    y\n</pre>", ["if x:\n    y"]),
        ("<h1>Head</h1>text<blockquote>said</blockquote>", ["Head", "text", "said"]),
        ("<figure><img><figcaption>shown</figcaption></figure>", ["shown"]),
        ("a<script>alert(1)</script><style>p{}</style><!-- no --><template>t</template><textarea>x</textarea>b", ["ab"]),
        ("<select><option>one</select><button>press</button>text", ["text"]),
        ("<svg><text>drawn</text></svg><p>text", ["text"]),
        ("&lt;b&gt; &amp; &#0;&nbsp;x", ["<b> & \ufffd x"]),
        ("soft\xadhyphen zero\u200bwidth", ["softhyphen zerowidth"]),
        ("<p> | </p><p>·</p><p>word</p>", ["word"]),
        ("", []),
    ],
)
def test_texts(markup: str, expected: list[str]) -> None:
    assert texts(markup) == expected


def test_blocks_know_where_they_stand() -> None:
    (link, para) = outline(
        '<body class="Home wide"><nav id="top"><a href="/x">All news</a></nav><main><p itemprop=articleBody>Text</p></main>'
    ).blocks
    assert link.path == ("body", "nav")
    assert link.classes == ("home", "wide", "top")
    assert link.link_density == 1.0
    assert (para.tag, para.classes[-1], para.link_density, para.index) == ("p", "articlebody", 0.0, 1)


@pytest.mark.parametrize(
    "markup", ["<p hidden>x", '<div style="Display : none"><p>x', '<p aria-hidden="true">x', "<noscript>x</noscript>"]
)
def test_what_a_browser_hides_is_marked(markup: str) -> None:
    assert [(block.text, block.hidden) for block in outline(markup + "</p></div><p>y").blocks] == [("x", True), ("y", False)]


def test_the_head() -> None:
    head = outline(
        """<html lang="de-CH"><head><title> The
        title </title><base href="https://a.example/b/"><meta name="Author" content="A. B."><meta property="og:title"
        content="OG"><link rel="Canonical" href="/c"><script type="application/ld+json">{"@type": "Article"}</script>
        </head><body><span itemprop="datePublished" content="2018-02-22">x</span><time datetime="2018-02-23">y</time>
        <abbr title="2018-02-25" class="Published published">a</abbr><abbr title="2018-02-26">b</abbr>
        <time>24 February 2018</time><svg><title>icon</title></svg>"""
    ).head
    assert (head.title, head.lang, head.base) == ("The title", "de-CH", "https://a.example/b/")
    assert head.meta == (("author", "A. B."), ("og:title", "OG"))
    assert head.links == (("canonical", "/c"),)
    assert head.json_ld == ('{"@type": "Article"}',)
    assert head.microdata == (("datepublished", "2018-02-22"),)
    assert head.times == ("2018-02-23", "24 February 2018", "2018-02-25")


def test_scripts_say_when_a_page_was_published() -> None:
    head = outline(
        """<script>const page = {"publishedAt":"2018-02-22T10:00", publishDate: '2018-02-23', "publisher": "Quay",
        "text": "{\\"publication_date\\":\\"22 Feb 2018\\"}"}</script>
        <script type="application/ld+json">{"datePublished": "2018-02-25", "published": "2018-02-26"}</script>"""
    ).head
    assert head.published == ("2018-02-22T10:00", "2018-02-23", "22 Feb 2018")


def test_links_to_pages_of_authors() -> None:
    head = outline(
        """<a href="/authors/jane-doe?x">Jane <b>Doe</b></a><a href="/authors/">All authors</a><a href="/oil">Oil</a>
        <a rel="Author nofollow" href="/me">John Roe</a><a href="https://a.example/author/jane-doe/">Jane Doe</a>"""
    ).head
    assert head.authors == ("Jane Doe", "John Roe")


@pytest.mark.parametrize("levels", [255, 300, 2_100, 70_000])
def test_no_nesting_loses_text(levels: int) -> None:
    assert texts("<p>before" + "<div>" * levels + "deep" + "</div>" * levels + "<p>after") == ["before", "deep", "after"]


def test_a_hundred_thousand_levels_lose_no_text_or_are_refused_by_name() -> None:
    assert texts("<div>" * 100_000 + "deep")[-1:] == ["deep"]
    with pytest.raises(RefusedPage, match="more than 150,000 tags"):
        texts("<div>" * 100_000 + "deep" + "</div>" * 100_000)


def test_too_many_tags_are_refused_by_name() -> None:
    with pytest.raises(RefusedPage, match="more than 150,000 tags"):
        outline("<p>a" * (MAX_TAGS + 1))


def test_a_deep_page_takes_little_memory() -> None:
    """Each block remembers the end of its way; what leads there is kept once."""
    page = "".join(f"<x{n} class='a{n} b{n}' id=c{n}><div>word{n}" for n in range(4_000))
    tracemalloc.start()
    assert len(outline(page).blocks) == 4_000
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 30_000_000


@pytest.mark.parametrize("unit", ["<p>a", "<a ", "<b><p>", "<td>", "<b itemprop=x>", "<!--", "<li><ul>", "<br>"])
def test_hostile_markup_takes_bounded_time(unit: str) -> None:
    before = time.process_time()
    outline(unit * 5_000)
    assert time.process_time() - before < 5


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One.\n\nTwo\n \nThree", ["One.", "Two", "Three"]),
        ("Line one\nLine two", ["Line one", "Line two"]),
        ("all in one line", ["all in one line"]),
        ("  \n\n ", []),
    ],
)  # fmt: skip
def test_pages_saved_as_text(text: str, expected: list[str]) -> None:
    found = outline(text, flat=True)
    assert found.flat
    assert [block.text for block in found.blocks] == expected


def test_blocks_of_one_element_share_its_place() -> None:
    (a, b, c) = outline("<div><p>a</p><p>b</p></div><div><p>c</p></div>").blocks
    assert a.path == b.path == c.path == ("body", "div", "p")
    assert a.places[:-1] == b.places[:-1] != c.places[:-1]
    assert len({a.places[-1], b.places[-1], c.places[-1]}) == 3


#: Markup that the two parsers might see differently.
ODD = [
    "<p>a<table><p>b<td>c</p>d</table>e", "<b><p>x</b>y</p>z", "<html lang=de><body class=a><html lang=fr><body class=b>x",
    "</p>x</div></body></html>after", "x</html>a<p itemprop=b>c<time>d</time></html>e<meta name=f content=g>", "<?xml version='1.0' encoding='utf-8'?><html><p>x</html>", "a<!-- b -->c<!DOCTYPE d>e",
    "<![CDATA[ x ]]>y<?php z ?>w", "<p class='a\tb  c' CLASS=d id=>x", "<svg><title>t</title><a href=x>y</a></svg>z",
    "<o:p>x</o:p><O:P y:z=w>u", "<frameset><frame><noframes>x</noframes></frameset>y", "<head><p>x</head>y<title>z</title>",
    "<pre>\n a\n  b </pre> <p> c\n d", "<td>a<td>b<tr>c", "<li>a<ul>b<li>c<dl><dd>d<dt>e", "<a href=x>a<a href=y>b<div>c</a>d",
    "<textarea><p>x</textarea>y<script>'<p>z'</script>w", "x\x00y&#0;&#xD800;&nosuch;&amp z", "<p itemprop='name'>a<!-- -->b<i>c</i></p>",
    "<template><p>x</template><noscript><p>y</noscript>", "<nobr>a<nobr>b", "<select><option>a<p>b</select>c", "<p/>x<br/>y<div/>z",
]  # fmt: skip


@pytest.mark.parametrize("markup", ODD)
def test_the_fast_way_sees_odd_markup_as_the_plain_way_does(markup: str) -> None:
    assert outline(markup) == outline_by_soup(markup)


SITES = Path(__file__).parent.parent / "pages" / "sites"


@pytest.mark.parametrize("folder", sorted(each.name for each in SITES.iterdir() if each.is_dir()))
def test_the_fast_way_sees_the_sample_pages_as_the_plain_way_does(folder: str) -> None:
    for file in sorted((SITES / folder).rglob("*.htm*")):
        text = file.read_bytes().decode("utf-8", "replace")
        assert outline(text) == outline_by_soup(text), file


@given(st.lists(st.sampled_from(
    ["<p>", "</p>", "<div class='a b'>", "</div>", "<a href=x>", "</a>", "<br>", "<table>", "<tr>", "<td>", "</table>", "<pre>",
     "</pre>", "<script>", "</script>", "<!--", "-->", "<ul>", "<li>", "text ", "&amp;", "&#x202e;", "<", ">", "\x00", "é", "\n",
     "<svg>", "<title>", "<![CDATA[", "]]>", "<?xml?>", "<noscript>", "<h1>", "</h1>", "<span itemprop=x hidden>", "<time>",
     "</body>", "<html lang=a>", "<body id=b>", "<link rel=a href=b>", "</a"]), max_size=60))  # fmt: skip
def test_any_markup_gives_the_same_blocks_both_ways(pieces: list[str]) -> None:
    found = outline("".join(pieces))
    assert found == outline_by_soup("".join(pieces))
    assert [block.index for block in found.blocks] == list(range(len(found.blocks)))
    for block in found.blocks:
        assert block.text == block.text.strip("\n")
        assert "<p>" not in block.text
        assert "\x00" not in block.text


@given(st.text())
def test_any_text_gives_blocks(text: str) -> None:
    flat = outline(text, flat=True)
    assert "".join("".join(b.text for b in flat.blocks).split()) == "".join(text.split())
    outline(text)
