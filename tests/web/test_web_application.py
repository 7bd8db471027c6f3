"""Addresses and templates made cheaply are those that Flask and Jinja make."""

from pathlib import Path

import markupsafe
import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient
from hypothesis import example, given
from hypothesis import strategies as st
from jinja2.compiler import CodeGenerator

from web import create_app
from web.application import Application, escaped

PATHS = ("/search?q=lamp&site=quay.example&published=2018", "/search?q=nowhere+%3Cb%3E%22%27%26", "/facet/site?q=lamp", "/help", "/nothing")


@given(st.text() | st.integers() | st.none() | st.booleans() | st.text(alphabet="&<>'\"a").map(markupsafe.Markup))
@example("""<a href="x" title='y'>&amp;</a>""")
def test_text_is_escaped_as_by_markupsafe(value: object) -> None:
    assert escaped(value) == str(markupsafe.escape(value))


@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_the_one_that_plain_jinja_makes(client: FlaskClient, path: str) -> None:
    environment = client.application.jinja_env
    ours = client.get(path).text
    with pytest.MonkeyPatch.context() as plain:
        plain.setattr(environment, "code_generator_class", CodeGenerator)
        environment.cache.clear()
        assert client.get(path).text == ours
    environment.cache.clear()


def test_what_is_put_out_is_escaped_once() -> None:
    app = Application("web")
    with app.test_request_context("/"):
        shown = render_template_string(
            "{% macro cell(text) %}<i>{{ text }}</i>{% endmacro %}{{ cell(given) }}{{ given }}{{ 1234|grouped }}", given="<&>"
        )
    assert shown == "<i>&lt;&amp;&gt;</i>&lt;&amp;&gt;1,234"


@pytest.mark.parametrize("root", ["", "/heap"])
def test_addresses_are_those_that_flask_builds(root: str) -> None:
    app = create_app(Path("none"))
    for _ in range(2):  # the second time from memory
        with app.test_request_context("/", base_url=f"http://quay.example{root}"):
            for endpoint, values in (
                ("pages.search", {}),
                ("pages.facet", {"name": "site"}),
                ("pages.facet", {"name": "<&>"}),
                ("pages.entry", {"page_id": "0" * 16, "number": None}),
                ("pages.entry", {"page_id": "0" * 16, "number": 2}),
                ("static", {"filename": "pagesift.css", "v": "1"}),
                ("pages.search", {"_external": True}),
                ("pages.search", {"_anchor": "main"}),
            ):
                assert app.url_for(endpoint, **values) == Flask.url_for(app, endpoint, **values)
