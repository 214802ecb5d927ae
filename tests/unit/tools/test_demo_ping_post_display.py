"""The second act says why things went as they did, and shows it within a hundred columns."""

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from rich.console import Console

from tests.unit.tools.ping_post_examples import (
    FLOW,
    SHOP,
    WON,
    asked,
    lead,
    partner,
    posted,
    step,
)
from tools.demo.display import Display
from tools.demo.ping_post.explain import explain
from tools.demo.ping_post.play import Played
from tools.demo.ping_post.show import show_decisions, show_enriched, show_timeline
from tools.demo.wire import Attempt, Candidate, Decision, Event, Flow, Problem

NOW = datetime(2026, 3, 11, 12, tzinfo=UTC)


def test_a_sale_to_a_partner_is_explained() -> None:
    row = explain(posted(), SHOP)
    assert (row.buyer, row.charged, row.owed) == ("Sunbeam (partner)", "62.50", "37.50")
    assert row.why == "offer 62.50, next 50.00"


def test_a_partner_without_a_clear_answer_is_explained() -> None:
    unknown = WON.model_copy(update={"detail": {"answer": "unknown", "settled_as": "sold"}})
    flow = FLOW.model_copy(update={"decisions": [unknown]})
    assert "no clear answer, counts as sold" in explain(posted(flow=flow), SHOP).why


def test_a_lapsed_promise_is_explained_with_those_that_failed() -> None:
    failed = partner("Fickle", "declined", reason="partner_post_declined")
    flow = FLOW.model_copy(update={"honored": False, "decisions": [WON, failed]})
    why = explain(posted(flow=flow), SHOP).why
    assert why == "the promise lapsed; offer 62.50, next 50.00; Fickle partner_post_declined"


def test_an_unsold_lead_is_explained_by_its_stages() -> None:
    flow = Flow(
        id="flow_1",
        outcome="all_refused",
        attempts=[
            Attempt(name="Look up", status="skipped", reason="conditions_not_met"),
            Attempt(name="Best offer", status="failed", reason="all_refused"),
            Attempt(name="Aged leads", status="failed", reason="no_eligible_candidate"),
        ],
        decisions=[],
    )
    unsold = lead().model_copy(update={"assignment": None})
    row = explain(posted(flow=flow, lead=unsold), SHOP)
    assert row.why == "all_refused (no_eligible_candidate); through Best offer > Aged leads"
    assert row.buyer == ""


def test_a_turn_is_explained_by_its_number() -> None:
    turn = partner("Gutter Guild", "won", detail={"distributions": "1"})
    flow = FLOW.model_copy(update={"decisions": [turn]})
    assert explain(posted(flow=flow), SHOP).why == "its turn, 1 before"


def test_a_ping_is_explained_by_who_would_pay() -> None:
    quote = asked("A vendor asks for a price").quote
    won = WON.model_copy(update={"phase": "ping"})
    attempts = [Attempt(name="Best offer", status="success", phase="ping")]
    flow = FLOW.model_copy(update={"decisions": [won], "attempts": attempts})
    played = replace(asked("A vendor asks for a price"), quote=quote, flow=flow)
    assert explain(played, SHOP).why == "Sunbeam would pay 62.50"
    assert explain(replace(played, repeated=True), SHOP).why == "same ping_id as before"


def test_a_refusal_is_explained_by_its_text() -> None:
    refused = Problem(status=422, code="ping_expired", detail="Ping ID has expired")
    played = Played(12, step("The same ping once more"), 422, problem=refused)
    row = explain(played, SHOP)
    assert (row.became, row.why) == ("refused 422", "Ping ID has expired")


def shown(width: int = 100) -> tuple[Display, io.StringIO]:
    file = io.StringIO()
    return Display(Console(file=file, force_terminal=True, width=width, color_system=None)), file


def test_the_record_fits_a_hundred_columns_with_the_longest_names() -> None:
    display, file = shown()
    longest = partner("Heavyweight", "declined", reason="partner_below_minimum_price").model_copy(
        update={"amount_cents": 11000, "penalty_percentage": Decimal(25), "score": "8250"}
    )
    named = Decision(
        candidate=Candidate(id="bid_1", customer_id="cus_Windy City Solar"), verdict="won"
    )
    flow = FLOW.model_copy(update={"decisions": [named, longest]})
    show_decisions(display, posted(), flow, SHOP)
    text = file.getvalue()
    for part in ("Windy City Solar", "partner_below_minimum_price", "25 %", "82.50"):
        assert part in text
    assert "…" not in text


def test_the_timeline_counts_from_the_first_event() -> None:
    display, file = shown()
    events = [
        Event(at=NOW, event="initiated", description="A post opened the flow."),
        Event(
            at=NOW + timedelta(milliseconds=250),
            event="attempt_failed",
            description="Stage Best offer found no taker.",
            reason="all_refused",
        ),
    ]
    show_timeline(display, posted(), FLOW.model_copy(update={"timeline": events}))
    last = next(line for line in file.getvalue().splitlines() if "attempt_failed" in line)
    assert last.split()[0] == "250"
    assert last.rstrip().endswith("all_refused")


def test_enriched_amounts_are_shown_in_dollars() -> None:
    display, file = shown()
    data = {"property": {"value_cents": 41500000, "bedrooms": 3}, "owner": {"name": "Ada"}}
    show_enriched(display, posted(), lead().model_copy(update={"enriched_data": data}))
    assert "property: value 415,000.00, bedrooms 3" in file.getvalue()
