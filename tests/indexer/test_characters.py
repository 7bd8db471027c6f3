"""What nobody sees of a text goes; what a script or an emoji needs stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.characters import tidy


@given(st.text(st.characters() | st.sampled_from("\u200c\u200d\r\n\u2028\u00ad\U000e0020مक\U0001f469\ud800")))
def test_tidied_text_holds_nothing_invisible(text: str) -> None:
    once = tidy(text)
    once.encode()
    assert set("\r\x00\u00ad\u200b\u202e\ufeff").isdisjoint(once)
    assert "\u200c\u200c" not in once


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\r\nb\rc\u2028d\x0ce", "a\nb\nc\nd\ne"),
        ("in\u00adforma\u00adtion", "information"),
        ("zero\u200bwidth\ufeff\u2060", "zerowidth"),
        ("\u202eevil\u202c \u2066x\u2069", "evil x"),
        ("tab\tkept, bell\x07 gone, c1 \x9f gone", "tab\tkept, bell gone, c1  gone"),
        ("half \ud83d pair", "half  pair"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("می\u200c رفت", "می رفت"),
        ("क्\u200dष", "क्\u200dष"),
        ("क्\u200d ", "क्\u200d "),
        ("in\u200cvisible\u200d", "invisible"),
        ("\U0001f469\u200d\U0001f4bb", "\U0001f469\u200d\U0001f4bb"),
        ("\u2764\ufe0f\u200d\U0001f525", "\u2764\ufe0f\u200d\U0001f525"),
        ("\U0001f3f4\U000e0067\U000e0062\U000e007f", "\U0001f3f4\U000e0067\U000e0062\U000e007f"),
        ("a\U000e0068\U000e0069b", "ab"),
        ("no\u00a0break and — dash", "no\u00a0break and — dash"),
    ],
)
def test_what_nobody_sees_goes(text: str, expected: str) -> None:
    assert tidy(text) == expected
