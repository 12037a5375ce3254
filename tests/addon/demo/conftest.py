"""Both revisions of the demo's API, compiled once."""

from __future__ import annotations

from random import Random

import pytest

from paperknife.demo.api import Api
from paperknife.demo.exchange import Exchange
from paperknife.demo.files import given_schema, newer_schema
from paperknife.demo.market import Market
from paperknife.demo.session import Session


@pytest.fixture(scope="session")
def given() -> Api:
    """The revision of the client and the proxy."""
    return Api(given_schema())


@pytest.fixture(scope="session")
def newer() -> Api:
    """The revision of the venue."""
    return Api(newer_schema())


@pytest.fixture
def exchange() -> Exchange:
    """An exchange with a market of its own."""
    return Exchange(Market(Random(1)))


@pytest.fixture
def session(exchange: Exchange, newer: Api) -> Session:
    """The first session of the exchange, not logged in."""
    return Session(1, exchange, newer, 2_000_000_000)
