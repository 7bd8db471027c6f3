"""Days as machines and people write them, in many languages.

Invariant: any text gives a possible day or None, in time linear in its length. A month that two languages call by the
same name is read in that of the page, else not at all: where a function takes `language`, that tells it when asked.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator

__all__ = ["DOUBTFUL", "Language", "is_only_day", "is_utc", "leading_day", "read_day", "signs_behind_months", "written_days"]

#: Genitives where a language dates by them.
_MONTHS = {
    "en": "january february march april may june july august september october november december",
    "en3": "jan feb mar apr may jun jul aug sep oct nov dec",
    "de": "januar februar märz april mai juni juli august september oktober november dezember",
    "de3": "jän feb mrz apr mai jun jul aug sept okt nov dez",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "sv": "januari februari mars april maj juni juli augusti september oktober november december",
    "da": "januar februar marts april maj juni juli august september oktober november december",
    "hr": "siječnja veljače ožujka travnja svibnja lipnja srpnja kolovoza rujna listopada studenoga prosinca",
    "pl": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    "cs": "ledna února března dubna května června července srpna září října listopadu prosince",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "uk": "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
    "tr": "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
    "ca": "gener febrer març abril maig juny juliol agost setembre octubre novembre desembre",
    "sk": "januára februára marca apríla mája júna júla augusta septembra októbra novembra decembra",
    "bg": "януари февруари март април май юни юли август септември октомври ноември декември",
    "fr3": "janv févr mars avr mai juin juil août sept oct nov déc",
    "es3": "ene feb mar abr may jun jul ago sep oct nov dic",
    "it3": "gen feb mar apr mag giu lug ago set ott nov dic",
    "ru3": "янв фев мар апр мая июн июл авг сен окт ноя дек",
    "ro": "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie",
    "fi": "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta"
    " marraskuuta joulukuuta",
    "hu": "január február március április május június július augusztus szeptember október november december",
    "id": "januari februari maret april mei juni juli agustus september oktober november desember",
    "az": "yanvar fevral mart aprel may iyun iyul avqust sentyabr oktyabr noyabr dekabr",
    "is": "janúar febrúar mars apríl maí júní júlí ágúst september október nóvember desember",
    "no3": "jan feb mars apr mai juni juli aug sep okt nov des",
    "sl": "januar februar marec april maj junij julij avgust september oktober november december",
    "sl2": "januarja februarja marca aprila maja junija julija avgusta septembra oktobra novembra decembra",
    "sr": "јануар фебруар март април мај јун јул август септембар октобар новембар децембар",
    "et": "jaanuar veebruar märts aprill mai juuni juuli august september oktoober november detsember",
    "lt": "sausio vasario kovo balandžio gegužės birželio liepos rugpjūčio rugsėjo spalio lapkričio gruodžio",
    "ms": "januari februari mac april mei jun julai ogos september oktober november disember",
    "ar": "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
    "he": "בינואר בפברואר במרץ באפריל במאי ביוני ביולי באוגוסט בספטמבר באוקטובר בנובמבר בדצמבר",
    "el": "ιανουαρίου φεβρουαρίου μαρτίου απριλίου μαΐου ιουνίου ιουλίου αυγούστου σεπτεμβρίου οκτωβρίου νοεμβρίου"
    " δεκεμβρίου",
}
_MONTH = {name: number for names in _MONTHS.values() for number, name in enumerate(names.split(), 1)} | {"sept": 9}
#: Names of one month in some languages and of another in others.
DOUBTFUL = {"listopada": {"hr": 10, "bs": 10, "sr": 10, "pl": 11}}
Language = Callable[[], str]  # gives two letters (ISO 639-1), or "" where the page's is not known


def _any_of(words: Iterable[str]) -> str:
    """A pattern of these words that shares their beginnings: tried one by one, three hundred take ten times as long."""
    rests: dict[str, list[str]] = {}
    for word in words:
        rests.setdefault(word[:1], []).append(word[1:])
    return "(?:" + "|".join(re.escape(first) + (_any_of(rest) if first else "") for first, rest in rests.items()) + ")"


_NAME = _any_of(_MONTH) + r"\b\.?"
_YEAR = r"(?:19|20)\d\d"
_DATE = re.compile(
    rf"(?P<y1>{_YEAR})[-/.](?P<m1>\d{{1,2}})[-/.](?P<d1>\d{{1,2}})(?!\d)"
    rf"|(?P<d2>\d{{1,2}})(?:st|nd|rd|th|er|\.|º)?[\s-]{{0,3}}(?:of |de |di )?\s{{0,3}}(?P<n2>{_NAME}),?[\s-]{{0,3}}(?:de |del )?"
    rf"(?P<y2>{_YEAR})(?!\d(?!\d?\.? ))"
    rf"|(?=[^\W\d_]{{3,14}}\.?\s{{1,3}}\d)(?P<n3>{_NAME})\s{{1,3}}(?P<d3>\d{{1,2}})(?:(?:st|nd|rd|th)?,?\s{{1,3}}|(?<=\d\d))(?P<y3>{_YEAR})(?!\d)"
    rf"|(?P<d4>(?<!\d)\d{{1,2}})[./-](?P<m4>\d{{1,2}})[./-](?P<y4>{_YEAR})(?!\d)"
    rf"|(?P<y5>{_YEAR})\s?[年년]\s?(?P<m5>\d{{1,2}})\s?[月월]\s?(?P<d5>\d{{1,2}})\s?[日일]"
    rf"|(?P<y6>{_YEAR})(?:\.|\sm\.)?\s+(?P<n6>{_NAME})\s+(?P<d6>\d{{1,2}})\b",
    re.IGNORECASE,
)
_NUMERIC = re.compile(rf"(?<!\d)(\d{{1,2}})([./-])(\d{{1,2}})\2{_YEAR}(?!\d)")
#: What may stand around a date in a line that is nothing else.
_AROUND = re.compile(
    r"(?:published|posted|updated|created|date|on|at|by|am|um|uhr|le|à|publié|el|publicado|veröffentlicht|stand|erstellt"
    r"|pubblicato|опубликовано|г|года|mon|tue|wed|thu|fri|sat|sun|a\.?m|p\.?m|[ap]m|gmt|utc|[ecmp][sd]t|bst|h"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|lundi|mardi|mercredi|jeudi"
    r"|vendredi|samedi|dimanche|lunes|martes|miércoles|jueves|viernes|sábado|domingo|понедельник|вторник|среда|четверг|пятница"
    r"|суббота|воскресенье|\d{1,2}[:.h]\d{2}(?::\d{2})?|[\s,.:;|/()•·–—-]+)+",
    re.IGNORECASE,
)


def written_days(text: str, *, month_first: str = "", language: Language = str) -> Iterator[tuple[int, int, dt.date]]:
    """Where in a text a day begins and ends, and which; `month_first`: the signs that stand behind a month, as "/" where
    02/03/2018 is the third of February."""
    for found in _DATE.finditer(text):
        day = _read(found, language, month_first=month_first)
        if day is not None:
            yield found.start(), found.end(), day


def signs_behind_months(texts: Iterable[str], usual: str = "") -> str:
    """The signs of numeric dates that stand behind the month in these texts, told by the days past the twelfth; those
    that `usual`ly do where none tells."""
    votes = dict.fromkeys("./-", 0.0) | dict.fromkeys(usual, 0.5)
    for text in texts:
        for first, sign, second in _NUMERIC.findall(text):
            if int(first) <= 12 < int(second) <= 31:
                votes[sign] += 1
            elif int(second) <= 12 < int(first) <= 31:
                votes[sign] -= 1
    return "".join(sign for sign, count in votes.items() if count > 0)


def is_utc(value: str) -> bool:
    """Whether a machine's date is an instant in UTC, whose day may not be the day where it was written."""
    return re.search(r"\d\d:\d\d.{0,10}(?:Z|[+-]00:?00| GMT| UTC)$", value.strip()[:100]) is not None


def read_day(value: str, language: Language = str) -> dt.date | None:
    """The day of a machine's or a person's date: ISO, RFC 2822, `22 February 2018`, `Feb. 22, 2018`, `22.02.2018`."""
    value = value.strip()[:100]
    found = re.match(rf"({_YEAR})-?(\d\d)-?(\d\d)(?=$|\D)", value)
    if found is not None:
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := re.fullmatch(r"(\d{10})(?:\d{3})?", value):
        return dt.datetime.fromtimestamp(int(found[1]), dt.UTC).date()
    found = _DATE.search(value)
    return _read(found, language) if found else None


def leading_day(text: str) -> int:
    """The characters of the day that a text begins with, 0 where it begins with none."""
    found = _DATE.match(text)
    return found.end() if found is not None and _read(found, _some) is not None else 0


def is_only_day(text: str) -> bool:
    """Whether a text says nothing but a day: around it only its weekday, time and words such as “published”."""
    found = _DATE.search(text)
    if found is None or _read(found, _some) is None:
        return False
    return _AROUND.fullmatch(text[: found.start()] + " " + text[found.end() :]) is not None


def _some() -> str:
    """A language for those who ask only whether it is a day."""
    return "pl"


def _read(found: re.Match[str], language: Language, *, month_first: str = "") -> dt.date | None:
    parts = {name[0]: value for name, value in found.groupdict().items() if value is not None}
    month = _month(parts["n"].lower().rstrip("."), language) if "n" in parts else int(parts["m"])
    day, year = int(parts["d"]), int(parts["y"])
    if month is None:
        return None
    if found["m4"] and (month > 12 or (day <= 12 and any(sign in found[0] for sign in month_first))):
        day, month = month, day
    return _day(year, month, day)


def _month(name: str, language: Language) -> int | None:
    return DOUBTFUL[name].get(language()) if name in DOUBTFUL else _MONTH.get(name)


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
