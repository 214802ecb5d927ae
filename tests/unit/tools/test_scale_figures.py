"""`docs/scale.md`: its arithmetic, and that it says what the code and the limits say."""

import re
from datetime import date

import pytest

from leadflow.adapters.dynamodb import transactions
from leadflow.application import contention, sell_at_highest_price
from leadflow.domain.plan_usage import SHARES
from tests.infrastructure.template import ROOT, state_machine
from tools.chart import chart
from tools.marked import put
from tools.scale import tables
from tools.scale.assumed import AUCTIONS, CONFLICTS, TASKS, Latencies, Patience
from tools.scale.ceilings import Ceiling, ceilings, released_per_second, sales_of_a_lifetime
from tools.scale.counted import counted
from tools.scale.executions import little
from tools.scale.limits import CHECKED_ON, LIMITS, PARTITION_WRITES
from tools.scale.shares import SHARES as SIMULATED_SHARES

DOCUMENT = (ROOT / "docs/scale.md").read_text()


def _between(name: str) -> str:
    found = re.search(rf"<!-- {name} -->\n(.*?)<!-- /{name} -->", DOCUMENT, re.DOTALL)
    assert found
    return found[1]


def test_the_document_shows_the_limits_of_the_table_and_where_they_bite() -> None:
    assert _between("limits") == tables.limits_table()
    assert _between("ceilings") == tables.ceilings_table(counted())


def test_every_limit_has_a_page_of_aws_and_the_table_has_a_date() -> None:
    assert date.fromisoformat(CHECKED_ON)
    for limit in LIMITS:
        assert re.match(r"https://(docs|repost)\.aws\.?", limit.url), limit
        assert limit.title
        assert limit.value > 0


def test_text_outside_of_the_tables_repeats_no_limit() -> None:
    prose = re.sub(r"<!-- (\w+) -->.*?<!-- /\1 -->", "", DOCUMENT, flags=re.DOTALL)
    of_note = {f"{limit.value:,}" for limit in LIMITS if limit.value >= 1_000}
    assert {number for number in of_note if number in prose} == set()


def test_the_simulated_bounds_are_those_of_the_code() -> None:
    assert (
        Patience(
            sell_at_highest_price.AUCTIONS_MAX,
            contention._WAIT_SECONDS,
            sell_at_highest_price._WAIT_SECONDS_MAX,
        )
        == AUCTIONS
    )
    assert (
        Patience(
            transactions.CONFLICT_ATTEMPTS_MAX,
            contention._WAIT_SECONDS,
            transactions._WAIT_SECONDS_MAX,
        )
        == CONFLICTS
    )
    assert SIMULATED_SHARES == SHARES


def test_the_simulated_repetitions_of_a_task_are_those_of_the_state_machine() -> None:
    [retry] = state_machine()["States"]["SellAtHighestPrice"]["Retry"]
    assert (
        Patience(1 + retry["MaxAttempts"], retry["IntervalSeconds"], retry["MaxDelaySeconds"])
        == TASKS
    )
    assert (retry["BackoffRate"], retry["JitterStrategy"]) == (2, "FULL")


def test_waits_double_up_to_their_bound() -> None:
    bounds = [Patience(9, 0.01, 0.05).wait_bound(tried) for tried in (1, 2, 3, 4, 9)]
    assert bounds == [0.01, 0.02, 0.04, 0.05, 0.05]


def test_a_place_bears_its_limit_by_what_a_lead_takes() -> None:
    assert Ceiling("x", "tenant", 4, PARTITION_WRITES).per_second == 250
    assert Ceiling("x", "tenant", 4, PARTITION_WRITES, places=8).per_second == 2_000


def test_littles_law_is_a_product() -> None:
    assert little(20, 48) == 960


def test_every_ceiling_is_positive_and_named_once() -> None:
    found = list(ceilings(counted()))
    assert len({one.place for one in found}) == len(found)
    assert all(one.per_second > 0 for one in found)
    assert sales_of_a_lifetime(counted()) > 1_000_000
    assert released_per_second() == 4


def test_longer_latencies_are_longer_throughout() -> None:
    assert Latencies().times(2).whole == pytest.approx(2 * Latencies().whole)


def test_marks_that_are_missing_are_an_error() -> None:
    with pytest.raises(ValueError, match="0 times"):
        put("no marks", "limits", "x")


def test_content_between_marks_is_replaced_and_nothing_else() -> None:
    text = "a\n<!-- x -->\nold\n<!-- /x -->\nb\n"
    assert put(text, "x", "new\n") == "a\n<!-- x -->\nnew\n<!-- /x -->\nb\n"


def test_a_chart_has_a_line_for_each_name_and_escapes_it() -> None:
    drawn = chart(
        "a & b", {"one": [(1, 10), (2, 20)], "<two>": [(1, 20), (2, 50)]}, (10, 20, 50), "of them"
    )
    assert drawn.count("<polyline") == 2
    assert "a &amp; b" in drawn
    assert "&lt;two&gt;" in drawn
