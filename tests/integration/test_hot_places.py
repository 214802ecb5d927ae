"""The figures behind `docs/scale.md` are those of the code: whoever adds a write changes them."""

import json

from tests.bench.hot_places import COUNTED, counted
from tests.integration.outlets import outlets  # noqa: F401 # a fixture for all tests here


def test_a_sold_lead_writes_each_place_as_often_as_the_capacity_on_paper_says(
    tables: dict[str, str],
) -> None:
    """Numbers of writes only: units move with the lengths of names and amounts."""
    assert tables
    found, kept = counted(), json.loads(COUNTED.read_text())
    writes = {place: load["writes"] for place, load in found.pop("writes").items()}
    assert writes == {place: load["writes"] for place, load in kept.pop("writes").items()}
    steady = ("aws_calls", "lambda_invocations", "stamp_read_units")
    assert {name: found[name] for name in steady} == {name: kept[name] for name in steady}
