"""A page's text as blocks: nothing visible lost, no markup left, any nesting."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.blocks import MAX_TAGS, outline
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
        <time>24 February 2018</time><svg><title>icon</title></svg>"""
    ).head
    assert (head.title, head.lang, head.base) == ("The title", "de-CH", "https://a.example/b/")
    assert head.meta == (("author", "A. B."), ("og:title", "OG"))
    assert head.links == (("canonical", "/c"),)
    assert head.json_ld == ('{"@type": "Article"}',)
    assert head.microdata == (("datepublished", "2018-02-22"),)
    assert head.times == ("2018-02-23", "24 February 2018")


@pytest.mark.parametrize("levels", [255, 300, 2_100, 20_000])
def test_no_nesting_loses_text(levels: int) -> None:
    assert texts("<div>" * levels + "deep" + "</div>" * levels + "<p>after") == ["deep", "after"]


def test_too_many_tags_are_refused_by_name() -> None:
    with pytest.raises(RefusedPage, match="more than 150,000 tags"):
        outline("<p>a" * (MAX_TAGS + 1))


@pytest.mark.parametrize("unit", ["<p>a", "<a ", "<b><p>", "<td>", "<b itemprop=x>", "<!--", "<li><ul>", "<br>"])
def test_hostile_markup_takes_bounded_time(unit: str) -> None:
    before = time.perf_counter()
    outline(unit * 5_000)
    assert time.perf_counter() - before < 5


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


@given(st.lists(st.sampled_from(
    ["<p>", "</p>", "<div class='a b'>", "</div>", "<a href=x>", "</a>", "<br>", "<table>", "<tr>", "<td>", "</table>", "<pre>",
     "</pre>", "<script>", "</script>", "<!--", "-->", "<ul>", "<li>", "text ", "&amp;", "&#x202e;", "<", ">", "\x00", "é", "\n",
     "<svg>", "<title>", "<![CDATA[", "]]>", "<?xml?>", "<noscript>", "<h1>"]), max_size=60))  # fmt: skip
def test_any_markup_gives_blocks(pieces: list[str]) -> None:
    found = outline("".join(pieces))
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
