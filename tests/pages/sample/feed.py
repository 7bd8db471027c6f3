"""Feeds of five news agencies as Scrapy writes them: whole pages in gzipped JSON Lines, plain texts in two arrays that
`-o` appended one to the other. Two pages of the Russian one lie in a WARC, in windows-1251."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from sample.heap import Heap, gzipped, picks
from sample.story import Story, html, skin, stories
from sample.warc import Crawl

__all__ = ["make"]

LINES = "feeds/agencies.jsonl.gz"
ARRAYS = "feeds/kiyi-haber.json"
WARC = "warc/vestnik.warc"

#: Pages in windows-1251, and what the server said of them: all, or nothing of the encoding.
CYRILLIC = {"shtorm-v-yanvare": "text/html; charset=windows-1251", "urok-astronomii": "text/html"}


@dataclass(frozen=True, slots=True)
class Agency:
    """A site's name and its furniture in its language."""

    host: str
    name: str
    menu: tuple[str, ...]
    cookies: str
    more: str
    imprint: str


AGENCIES = {
    "es": Agency(
        "agencia-litoral.example",
        "Agencia Litoral",
        ("Portada", "Última hora", "Política", "Economía", "Sociedad", "Cultura", "Ciencia", "Tecnología", "Deportes",
         "Opinión", "Vídeos", "Hemeroteca"),
        "Utilizamos cookies propias y de terceros para mejorar nuestros servicios. Aceptar todas las cookies",
        "Lo más leído",
        "© Agencia Litoral. Aviso legal. Política de privacidad. Todos los derechos reservados.",
    ),
    "fr": Agency(
        "www.agence-du-large.example",
        "Agence du Large",
        ("À la une", "En direct", "Politique", "Économie", "Société", "Culture", "Sciences", "Sports", "Météo marine",
         "Archives", "Abonnement"),
        "Nous utilisons des cookies pour mesurer l'audience de ce site. Tout accepter. Continuer sans accepter",
        "Les plus lus",
        "© Agence du Large. Mentions légales. Plan du site. Gérer mes cookies.",
    ),
    "ru": Agency(
        "vestnik-pribrezhya.example",
        "Вестник Прибрежья",
        ("Главная", "Новости", "Политика", "Экономика", "Общество", "Происшествия", "Культура", "Наука", "Спорт",
         "Фото", "Архив"),
        "Мы используем файлы cookie. Продолжая пользоваться сайтом, вы соглашаетесь с этим. Хорошо",
        "Самое читаемое",
        "© Вестник Прибрежья. Перепечатка только со ссылкой на источник. 16+",
    ),
    "el": Agency(
        "www.nea-tou-kolpou.example",
        "Νέα του Κόλπου",
        ("Αρχική", "Ειδήσεις", "Πολιτική", "Οικονομία", "Κοινωνία", "Πολιτισμός", "Επιστήμη", "Αθλητικά", "Καιρός"),
        "Χρησιμοποιούμε cookies για να βελτιώσουμε την εμπειρία σας. Αποδοχή όλων",
        "Δημοφιλή",
        "© Νέα του Κόλπου. Όροι χρήσης. Επικοινωνία.",
    ),
    "tr": Agency("www.kiyi-haber.example", "Kıyı Haber", (), "", "", ""),
}  # fmt: skip

STORIES = stories("feed")


def make(heap: Heap) -> None:
    """Both feeds, and the WARC."""
    lines = [story for story in STORIES if story.facts["lang"] != "tr" and story.slug not in CYRILLIC]
    rows = [record(story) | {"html": page(story)} for story in lines]
    heap.add(LINES, gzipped("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()))
    plain = [story for story in STORIES if story.facts["lang"] == "tr"]
    arrays = [[record(story) | {"text": "\n\n".join(story.texts)} for story in part] for part in (plain[:5], plain[5:])]
    heap.add(ARRAYS, "".join(map(array, arrays)).encode())
    crawl = Crawl()
    for at, (slug, kind) in enumerate(CYRILLIC.items()):
        story = next(story for story in STORIES if story.slug == slug)
        crawl.response(address(story), f"2023-11-01T10:0{at}:00Z", page(story, "windows-1251").encode("cp1251"), kind)
    heap.add(WARC, crawl.plain())
    cyrillic = [story for story in STORIES if story.slug in CYRILLIC]
    for file, chosen in ((LINES, lines), (ARRAYS, plain), (WARC, cyrillic)):
        for story in chosen:
            agency = AGENCIES[story.facts["lang"]]
            heap.know(
                story.texts,
                file=file,
                url=address(story),
                title=story.facts["title"],
                published=story.facts["date"],
                language=story.facts["lang"],
                kind="article",
                absent=(agency.cookies, agency.imprint) if agency.menu else (),
                authors=(story.facts["author"],) if file != ARRAYS else (),
                section=story.facts["section"] if file != ARRAYS else None,
            )


def array(rows: Iterable[dict[str, str]]) -> str:
    """As Scrapy writes one."""
    return "[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]"


def address(story: Story) -> str:
    return f"https://{AGENCIES[story.facts['lang']].host}/{story.facts['date'][:4]}/{story.slug}"


def record(story: Story) -> dict[str, str]:
    return {"url": address(story), "title": story.facts["title"], "date": story.facts["date"] + "T08:30:00+00:00"}


def page(story: Story, charset: str = "utf-8") -> str:
    agency = AGENCIES[story.facts["lang"]]
    near = [other for other in STORIES if other.facts["lang"] == story.facts["lang"] and other is not story]
    return skin(
        "feed",
        language=story.facts["lang"],
        charset=charset,
        title=escape(story.facts["title"]),
        agency=agency.name,
        author=story.facts["author"],
        section=story.facts["section"],
        date=story.facts["date"],
        cookies=agency.cookies,
        menu="".join(f'<li><a href="/s/{at}">{entry}</a></li>' for at, entry in enumerate(agency.menu)),
        body="".join(html(story.pieces)),
        more=agency.more,
        others="".join(
            f'<li><a href="{address(other)}">{escape(other.facts["title"])}</a></li>'
            for other in picks(story.slug, near, 4)
        ),
        imprint=agency.imprint,
    )
