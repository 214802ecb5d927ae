"""Settling due auctions reads those alone, however many others are open."""

import pytest

from tests.bench.due_auctions import ANSWERS, DUE, Listings
from tests.bench.market import Market
from tests.bench.recorder import Recorder, recording
from tests.integration.outlets import outlets  # noqa: F401 # a fixture for all tests here

FEW, MANY = 20, 600
"""`make bench NAME=due_auctions` takes a hundred thousand."""


@pytest.mark.usefixtures("tables")
def test_ten_due_auctions_cost_the_same_reads_beside_few_and_beside_many() -> None:
    with recording(Recorder(ANSWERS)) as recorder:
        few = Listings(Market(), recorder, FEW).fill().settled()
        many = Listings(Market(), recorder, MANY).fill().settled()
    assert few.done == many.done == {"unsold": DUE}
    assert few.items_found == many.items_found == DUE
    assert few.operations == many.operations
    assert few.read_units == many.read_units
