"""The language of a text, and that a look at its beginning tells the same."""

import pytest

from indexer import language

TEXTS = {
    "en": "The keeper of the lamp carried oil up the stairs every evening, and wrote into his book which ships he had seen. ",
    "de": "Der Wärter trug jeden Abend das Öl die Treppe hinauf und schrieb in sein Buch, welche Schiffe er gesehen hatte. ",
    "fr": "Le gardien montait chaque soir l'huile par l'escalier et notait dans son livre les navires qu'il avait vus. ",
    "es": "El guardián subía cada noche el aceite por la escalera y anotaba en su libro los barcos que había visto. ",
    "ru": "Смотритель каждый вечер поднимал масло по лестнице и записывал в книгу, какие корабли он видел. ",
}


@pytest.mark.parametrize("named", TEXTS)
@pytest.mark.parametrize("times", [2, 5, 6, 40])
def test_the_beginning_of_a_long_text_tells_what_all_of_it_does(named: str, times: int, monkeypatch) -> None:
    text = TEXTS[named] * times
    found = language.detect("xx", text)
    monkeypatch.setattr(language, "FIRST", len(text))  # all of it is looked at
    assert found == language.detect("xx", text) == named


def test_a_short_text_keeps_what_is_declared_and_numbers_are_of_no_language() -> None:
    assert language.detect("de-AT", "The lamp was lit at noon, and again at night.") == "de"
    assert language.detect(None, "1 2 3 " * 500) == ""
