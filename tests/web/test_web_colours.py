"""The stylesheet's colours can be told apart, in the light and in the dark."""

import re
from pathlib import Path

import pytest

import web

STYLES = (Path(web.__file__).parent / "static" / "pagesift.css").read_text("utf-8")

#: Text and what it stands on.
PAIRS = (
    ("ink", "paper"), ("ink", "card"), ("ink", "mark"), ("ink", "accent-soft"), ("soft", "paper"), ("soft", "card"),
    ("accent", "paper"), ("accent", "card"), ("accent", "accent-soft"), ("accent", "mark"), ("card", "accent"),
    ("warn", "warn-soft"), ("warn", "paper"), ("soft", "accent-soft"),
)  # fmt: skip


def colours(scheme: str) -> dict[str, str]:
    light, dark = re.findall(r":root \{\n(.*?)\}", STYLES, re.DOTALL)
    named = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", light))
    return named if scheme == "light" else named | dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", dark))


def luminance(colour: str) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2)."""
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_the_measure_agrees_with_known_values() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_stands_out_from_its_ground(scheme: str, text: str, ground: str) -> None:
    named = colours(scheme)
    assert contrast(named[text], named[ground]) >= 4.5  # WCAG 2.2, level AA


def test_no_colour_is_named_outside_the_table() -> None:
    assert not re.findall(r"#[0-9a-f]{3,8}\b", STYLES.rpartition("--warn-soft")[2])
