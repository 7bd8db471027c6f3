"""How do Flask's addresses and Jinja's templates, which a page asks for by the hundred, cost less?

Invariant: both are to the byte what Flask and Jinja make themselves.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import markupsafe
from flask import Flask, has_request_context, request
from flask.templating import Environment
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame

__all__ = ["Application", "escaped"]

#: What `markupsafe.escape` does before it wraps the text in an object that says so, which takes ten times as long.
_escaped_text: Callable[[str], str] = getattr(markupsafe, "_escape_inner", markupsafe.escape)


def escaped(value: object) -> str:
    """The value as it can stand in HTML, in an attribute too."""
    if type(value) is str:
        return _escaped_text(value)
    return str(value) if type(value) is int else markupsafe.escape(value)


def grouped(count: int) -> str:
    return f"{count:,}"


def in_pages(count: int) -> str:
    return f"{count:,} {'page' if count == 1 else 'pages'}"


class _Plain(CodeGenerator):
    """`a.b` is the attribute, never the item of a mapping; what a template puts out is not marked as escaped anew."""

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:
        self.visit(node.node, frame)
        self.write(f".{node.attr}")

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile:
            self.write("environment.escaped(")
        else:
            super()._output_child_pre(node, frame, finalize)


class _Templates(Environment):
    code_generator_class = _Plain
    escaped = staticmethod(escaped)


class Application(Flask):
    """Builds an address once that follows from its endpoint and values alone: a results page asks for some 40."""

    jinja_environment = _Templates

    def __init__(self, import_name: str) -> None:
        super().__init__(import_name)
        self.jinja_env.trim_blocks = self.jinja_env.lstrip_blocks = True
        self.jinja_env.filters |= {"grouped": grouped, "in_pages": in_pages}
        self._built = lru_cache(maxsize=256)(self._build)

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Nothing of ours is a coroutine, which Flask would look for seven times a request."""
        return func

    def url_for(self, /, endpoint: str, **values: Any) -> str:
        given = {name: value for name, value in values.items() if value is not None}
        if not has_request_context() or endpoint.startswith(".") or any(name.startswith("_") for name in given):
            return super().url_for(endpoint, **given)
        return self._built(request.script_root, endpoint, *given.items())

    def _build(self, _script_root: str, endpoint: str, *values: tuple[str, Any]) -> str:
        return super().url_for(endpoint, **dict(values))
