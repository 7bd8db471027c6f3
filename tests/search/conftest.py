"""Fixtures of the engine's tests."""

import importlib.util
from collections.abc import Iterator

import pytest

from search.engines.embedded import building, kernels

#: Where Numba is missing, the plain loops are all there is to test.
VERSIONS = ["plain", "compiled"] if importlib.util.find_spec("numba") else ["plain"]


@pytest.fixture(params=VERSIONS)
def loops(request: pytest.FixtureRequest) -> Iterator[str]:
    """The test runs with each version of the inner loops there is."""
    if request.param == "compiled":
        assert kernels.load()
    yield request.param
    kernels.use(kernels.PLAIN)


@pytest.fixture(params=VERSIONS)
def building_loops(request: pytest.FixtureRequest) -> Iterator[str]:
    """The same of the inner loops of a build."""
    if request.param == "compiled":
        assert building.load()
    yield request.param
    building.use(building.PLAIN)
