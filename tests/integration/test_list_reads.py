"""A page of leads costs the same reads however many leads are on file."""

import pytest

from tests.bench.account import MACHINE_ARN
from tests.bench.list_reads import PAGE_LEADS, LeadFile
from tests.bench.market import Market
from tests.bench.recorder import Recorder, recording

FEW, MANY = 200, 4_000
"""`make bench NAME=list_reads` takes a hundred thousand."""

BY_ID = {"BatchGetItem": 1}
ONE_PAGE = {"BatchGetItem": 1, "Query": 1}
BY_FILTER = 9
"""No filter, status, source, customer, lead type, time, e-mail, phone, and the start of a name."""


@pytest.fixture(autouse=True)
def _machine_named(monkeypatch: pytest.MonkeyPatch) -> None:
    # Before the tables are made, for with them the settings are read.
    monkeypatch.setenv("DISTRIBUTION_STATE_MACHINE_ARN", MACHINE_ARN)


@pytest.mark.usefixtures("tables")
def test_a_page_costs_one_query_and_one_batch_whatever_is_on_file() -> None:
    with recording(Recorder()) as recorder:
        few, many = (LeadFile(Market(), recorder, size).fill().pages() for size in (FEW, MANY))

    assert few.keys() == many.keys()
    assert len(few) == 2 * BY_FILTER + 1
    for name, page in few.items():
        reads, leads = (BY_ID, 1) if name == "id" else (ONE_PAGE, PAGE_LEADS)
        assert page.operations == many[name].operations == reads, name
        assert page.read_units == many[name].read_units, name
        assert len(page.lead_ids) == len(many[name].lead_ids) == leads, name
