"""Pages are found however their words are written: what people type against what stands in the text."""

from collections.abc import Iterator

import pytest

from search import Document, Request, open_engine
from search.answer import answer
from search.engine import Engine

#: (language, text, what finds it).
FORMS = [
    ("en", "Send an e-mail today", ["email", "e-mail", "e mail", "E-Mail", "emails", "e\u2011mail"]),
    ("en", "Send an email today", ["e-mail", "email", "E-mail"]),
    ("en", "Made in the U.S.A. yesterday", ["USA", "U.S.A.", "usa", "u.s.a", "U.S.A"]),
    ("en", "Made in the USA yesterday", ["U.S.A.", "USA", "u.s.a."]),
    ("en", "The U.S. economy", ["US economy", "U.S.", "u.s. economy"]),
    ("en", "Pi is 3.14 or so", ["3.14", "3,14"]),
    ("en", "It cost 1,234,567 dollars", ["1234567", "1,234,567"]),
    ("en", "version 2.0.1 is out", ["2.0.1"]),
    ("en", "Programs in C++ and C# run", ["C++", "c++", "C#", "c#"]),
    ("en", "Written with node.js and Vue.js", ["node.js", "node js", "Node.JS"]),
    ("en", "Written with nodejs", ["node.js", "nodejs"]),
    ("en", "The .NET framework", [".NET", "net", ".net"]),
    ("en", "AT&T bought it", ["AT&T", "at&t"]),
    ("en", "R&D costs", ["R&D", "r&d"]),
    ("fr", "Un homme. L'homme qui rit", ["l'homme", "homme", "L’homme", "l homme"]),
    ("fr", "L’homme qui rit", ["l'homme", "homme", "hommes"]),
    ("fr", "aujourd’hui encore", ["aujourd'hui", "aujourd’hui"]),
    ("en", "They don't know", ["don't", "don’t", "they dont know"]),
    ("en", "They don’t know", ["don't", "don’t", "they dont know"]),
    ("en", "the keeper's lamp", ["keepers", "keeper", "keeper's", "keeper’s"]),
    ("en", "O'Brien wrote", ["O'Brien", "obrien", "O’Brien", "o brien"]),
    ("en", "rock 'n' roll", ["rock n roll", "rock'n'roll", "rock 'n' roll"]),
    ("en", "write to jane.doe@example.org now", ["jane.doe@example.org", "jane.doe", "example.org", "doe"]),
    ("en", "see https://www.example.org/a/b.html here", ["example.org", "www.example.org", "https://www.example.org/a/b.html"]),
    ("en", "by @jack about #metoo", ["@jack", "#metoo", "metoo"]),
    ("de", "Die Straße in München", ["strasse", "Straße", "Munchen", "münchen", "STRASSE", "muenchen"]),
    ("de", "Fußballweltmeisterschaft", ["fussballweltmeisterschaft"]),
    ("de", "Ein Mueller und ein Müller", ["müller", "mueller", "muller"]),
    ("tr", "İstanbul ve ısı, Iğdır", ["istanbul", "ISTANBUL", "İSTANBUL", "ısı", "isi", "Iğdır", "ığdır", "igdir"]),
    ("hi", "हिन्दी भाषा में", ["हिन्दी", "हिंदी", "भाषा"]),
    ("ar", "مَرْحَبًا بالعالم", ["مرحبا", "العالم"]),
    ("ar", "مدرسة كبيرة وأحمد", ["مدرسه", "المدرسة", "احمد", "أحمد"]),
    ("th", "ภาษาไทยสวย", ["ภาษา", "ไทย", "ภาษาไทย"]),
    ("ja", "東京タワー2023年", ["東京", "タワー", "2023", "東京タワー", "ﾀﾜｰ", "東京タワー2023"]),
    ("ja", "コンピューター", ["コンピュータ", "コンピューター", "ｺﾝﾋﾟｭｰﾀｰ"]),
    ("zh", "ＡＢＣ１２３ 测试", ["abc123", "ABC123", "测试"]),
    ("ru", "Ёлка и ещё самолёт, Пётр", ["елка", "ёлка", "самолет", "самолёт", "Петр", "ЕЛКА"]),
    ("ru", "Чайка и йод", ["чайка", "йод"]),
    ("el", "Ο Ὀδυσσεὺς και ο δρόμος ΟΔΟΣ", ["οδυσσευς", "ΟΔΥΣΣΕΥΣ", "δρομος", "δρόμος", "οδός", "οδος", "ΔΡΟΜΟΣ"]),
    ("en", "The ﬁnal eﬀort", ["final", "effort", "ﬁnal"]),
    ("en", "Soft\xadhy\xadphen words co\xadoperate", ["softhyphen", "cooperate"]),
    ("en", "zero\u200bwidth joi\u200dner x\u2060y", ["joiner", "xy"]),
    ("en", "naïve café", ["naive", "cafe", "café", "cafe\u0301", "CAFÉ"]),
    ("en", "The heart \u2764\ufe0f and \U0001f44d\U0001f3fd emoji", ["heart"]),
    ("en", "COVID-19 and covid19", ["covid-19", "covid19", "COVID 19"]),
    ("en", "COVID-19 alone", ["covid19", "covid-19", "covid 19"]),
    ("en", "The F-16 and Boeing747 flew", ["F16", "f-16", "boeing747"]),
    ("en", "wi-fi network", ["wifi", "wi-fi", "wi fi"]),
    ("en", "wifi network", ["wi-fi", "wifi"]),
    ("en", "a co-operation plan", ["cooperation", "co-operation"]),
    ("en", "state-of-the-art lamp", ["state of the art", "state-of-the-art", "art"]),
    ("en", "snake_case_name here", ["snake_case_name", "snake", "snake case name"]),
    ("en", "½ price and x² m³", ["½", "x2", "m3"]),
    ("en", "Ｆｕｌｌｗｉｄｔｈ text", ["fullwidth", "Ｆｕｌｌｗｉｄｔｈ"]),
    ("ko", "대한민국의 서울", ["대한민국", "서울"]),
    ("vi", "Việt Nam đẹp", ["viet nam", "việt nam", "dep", "Việt"]),
    ("pl", "Łódź i żółw", ["lodz", "łódź", "zolw"]),
    ("uk", "Київ, м'ята і м’ята", ["київ", "м'ята", "м’ята"]),
    ("he", "שָׁלוֹם עולם צה\"ל", ["שלום", "צה\"ל", "צה״ל"]),
    ("fa", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 \u06a9\u062a\u0627\u0628\u200c\u0647\u0627", ["\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "میخواهم", "\u06a9\u062a\u0627\u0628\u200c\u0647\u0627", "کتابها", "کتاب"]),
    ("en", "The 1990s and 1990's in the 21st century", ["1990s", "1990's", "21st"]),
    ("en", "He won $1.5m, or 50% of it", ["$1.5m", "1.5m", "50%"]),
    ("en", "10:30 on 2018-02-22", ["10:30", "2018-02-22"]),
    ("da", "Ærø og Århus", ["aero", "ærø", "arhus", "århus"]),
    ("en", "He said “hello”—then left…quickly", ["hello", "left", "quickly", "hello then"]),
]  # fmt: skip


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    opened = open_engine(f"whoosh:{tmp_path_factory.mktemp('forms')}/index")
    with opened.rebuild() as writer:
        for number, (language, text, _) in enumerate(FORMS):
            writer.put(Document(f"https://x.example/{number}", "", text, language=language))
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("number", "typed"), [(number, typed) for number, (*_, queries) in enumerate(FORMS) for typed in queries]
)
def test_what_people_type_finds_the_page_and_is_marked(engine: Engine, number: int, typed: str) -> None:
    shown = [found for found in answer(engine, typed, Request(size=50)).found if not found.hit.widened]
    (found,) = [each for each in shown if each.hit.document.url == f"https://x.example/{number}"]
    assert any(match for _, match in found.snippet.parts)


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("email", "Programs in C++ and C# run"),
        ("us", "version 2.0.1 is out"),
        ("3.14", "version 2.0.1 is out"),
        ("йод", "Ёлка и ещё самолёт, Пётр"),
    ],
)
def test_and_not_another(engine: Engine, typed: str, text: str) -> None:
    assert text not in [found.hit.document.body for found in answer(engine, typed, Request(size=50)).found]
