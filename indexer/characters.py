"""The characters of a text that nobody sees: controls, zero-width and bidi marks, soft hyphens.

Invariant: none of them comes out of `tidy`. Linear in the text.
"""

import re

__all__ = ["tidy"]

FEW = 8  # characters that are replaced one by one


def tidy(text: str) -> str:
    """The text without what nobody sees: control, zero-width, bidi and soft-hyphen characters; line ends are `\\n`.

    Joiners stay where a script or an emoji needs them (Unicode 16, chapter 23.2).
    """
    if text.isprintable() and "\u034f" not in text:  # most lines; that one alone is unseen and counts as printable
        return text
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    odd = text.encode("utf-8", "surrogatepass").translate(None, _PLAIN).decode("utf-8", "surrogatepass")
    if not _SUSPECT.search(odd):  # most pages: a pass of 1 ns a character, this one of 6 for what is not ASCII
        return text
    text = _replaced(text, _LINE_END, set(_LINE_END.findall(odd)), "\n")
    text = _replaced(text, _INVISIBLE, set(_INVISIBLE.findall(odd)), "")
    if _TAGS.search(odd):
        text = _TAGS.sub(_flag, text)
    return _IDLE_JOINER.sub("", text) if "\u200c" in odd or "\u200d" in odd else text


def _replaced(text: str, pattern: re.Pattern[str], found: set[str], by: str) -> str:
    """The text with these characters replaced, all that the pattern finds: few are replaced faster one by one."""
    if len(found) > FEW:
        return pattern.sub(by, text)
    for character in found:
        text = text.replace(character, by)
    return text


_PLAIN = bytes(range(0x20, 0x7F)) + b"\t\n"
_SUSPECT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff"
    "\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff\U0001d173-\U000e007f]"
)
_LINE_END = re.compile("[\x0b\x0c\x85\u2028\u2029]")
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ud800-\udfff"
    "\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff]"
)
_TAGS = re.compile("[\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f]+")  # seen only behind a flag, as its region
_ARABIC = "\u0600-\u08ff\ufb50-\ufdff\ufe70-\ufefc"  # with Syriac, N'Ko and their kin: joined scripts
_BRAHMIC = "\u0900-\u109f\u1780-\u18af\u1900-\u1aaf\u1b00-\u1c4f\ua800-\uaaff\U00010a00-\U00011fff"
_EMOJI = "\u00a9\u00ae\u2190-\u2bff\u3030-\u3299\ufe0f\u20e3\U0001f000-\U0001faff"
_IDLE_JOINER = re.compile(
    "[\u200c\u200d](?:"
    f"(?<![{_ARABIC}{_BRAHMIC}{_EMOJI}].)"
    f"|(?<=[{_ARABIC}].)(?![{_ARABIC}\u200c\u200d])"
    f"|(?<=[{_EMOJI}].)(?![{_EMOJI}\u200c\u200d])"
    f"|(?<=[{_EMOJI}]\u200c))"
)


def _flag(tags: re.Match[str]) -> str:
    before = tags.start() - 1
    return tags[0] if before >= 0 and tags.string[before] == "\U0001f3f4" else ""
