"""Steps of the second act with what came of them, for tests."""

from dataclasses import replace
from decimal import Decimal

from tools.demo.ping_post.configure import Shop
from tools.demo.ping_post.market import CUSTOMERS, PRODUCTS
from tools.demo.ping_post.partners import PARTNERS
from tools.demo.ping_post.play import Played
from tools.demo.ping_post.script import STEPS
from tools.demo.ping_post.steps import Step
from tools.demo.wire import (
    Assignment,
    Attempt,
    Candidate,
    Decision,
    Flow,
    Lead,
    LeadAnswer,
    PingAnswer,
)

SHOP = Shop(
    lead_types={name: f"type_{name}" for name in PRODUCTS},
    sources={},
    customers={name: f"cus_{name}" for name in CUSTOMERS},
    partners={name: f"partner_{name}" for name in PARTNERS},
)
LEAD_ID = "lead_" + "1" * 26


def step(shows: str) -> Step:
    """The step that shows so."""
    return next(one for one in STEPS if one.shows == shows)


def partner(name: str, verdict: str, **changes: object) -> Decision:
    """A decision about a partner."""
    candidate = Candidate(id=f"partner_{name}", kind="partner")
    return Decision(candidate=candidate, verdict=verdict).model_copy(update=changes)


WON = partner("Sunbeam", "won", amount_cents=6250, effective_cents=6250, score="6250").model_copy(
    update={"runner_up_score": "5000", "charged_cents": 6250}
)
LOST = Decision(
    candidate=Candidate(id="bid_1", customer_id="cus_Lone Star Energy"),
    verdict="outscored",
    reason="outscored",
)
FLOW = Flow(
    id="flow_1",
    outcome=None,
    channel="ping_post",
    attempts=[Attempt(name="Best offer", status="success")],
    decisions=[WON, LOST],
)
ANSWER = LeadAnswer(
    lead_public_id=LEAD_ID,
    status="posted",
    price=Decimal("37.5"),
    result="success",
    flow_id="flow_1",
    is_test=False,
)


def lead(charged_cents: int = 6250, taker: str = "Sunbeam") -> Lead:
    """A lead that a partner has."""
    sold = Assignment(
        partner_id=f"partner_{taker}", assigned_via="partner", charged_cents=charged_cents
    )
    return Lead(
        id=LEAD_ID,
        status="posted",
        lead_type_id="type_Solar",
        payout_cents=3750,
        assignment=sold,
    )


def posted(**changes: object) -> Played:
    """The second step, as it should come out unless something is changed."""
    played = Played(
        2, step("Offer 62.50 beats bid 50.00"), 201, answer=ANSWER, lead=lead(), flow=FLOW
    )
    return replace(played, **changes)  # type: ignore[arg-type]


def asked(shows: str, **changes: object) -> Played:
    """A vendor's ping, answered as it should be unless something is changed."""
    quote = PingAnswer(
        ping_id="1", message="Match found", price=Decimal("31.5"), flow_id="flow_1"
    ).model_copy(update=changes)
    return Played(
        9, step(shows), 200, quote=quote, flow=Flow(id="f", outcome=None, attempts=[], decisions=[])
    )
