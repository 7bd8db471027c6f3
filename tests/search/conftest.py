"""Fixtures of the engine's tests."""

import importlib.util
from collections.abc import Iterator
from types import ModuleType

import pytest

from search.engines.embedded import building, kernels

#: Where Numba is missing, the plain loops are all there is to test.
VERSIONS = ["plain", "compiled"] if importlib.util.find_spec("numba") else ["plain"]


@pytest.fixture(params=VERSIONS)
def loops(request: pytest.FixtureRequest) -> Iterator[str]:
    """The test runs with each version of the inner loops there is."""
    yield from _each(kernels, request.param)


@pytest.fixture(params=VERSIONS)
def building_loops(request: pytest.FixtureRequest) -> Iterator[str]:
    """The same of the inner loops of a build."""
    yield from _each(building, request.param)


def _each(module: ModuleType, version: str) -> Iterator[str]:
    if version == "compiled":
        assert module.load()
    yield version
    module.use(module.PLAIN)
