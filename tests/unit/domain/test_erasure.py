"""Who had the data of a lead, and what is left of it."""

from datetime import timedelta

import pytest

from leadflow.domain.assignments import AssignedVia, Assignment
from leadflow.domain.decisions import (
    VERDICTS,
    AttemptReason,
    AttemptStatus,
    Candidate,
    Decision,
    Kind,
    Outcome,
    Phase,
    Reason,
    Verdict,
)
from leadflow.domain.enrichment import EnrichedData
from leadflow.domain.erasure import (
    NOT_CALLED,
    Recipient,
    Traces,
    Way,
    recipients_of,
    remains_of,
    suppression_digests,
)
from leadflow.domain.flows import FlowStep, attempted
from leadflow.domain.identifiers import LeadId
from leadflow.domain.leads import Lead, SearchKeys
from leadflow.domain.plans import RealEstateApiSettings, RealEstateApiStage
from tests.builders import flow, lead, numbered, partner, ping, stage, submission
from tests.unit.application.erasure_world import bought
from tests.unit.domain.bidding_examples import NOW, customer
from tests.unit.domain.demand_examples import demand
from tests.unit.domain.return_examples import return_request

AT = NOW + timedelta(minutes=3)
LATER = NOW + timedelta(minutes=9)
A, B = partner(1).id, partner(2).id


def decided(
    partner_id: str, phase: Phase, reason: Reason | None, kind: Kind = Kind.PARTNER
) -> Decision:
    return Decision(
        stage_id=stage().id,
        phase=phase,
        candidate=Candidate(kind=kind, id=partner_id),
        verdict=VERDICTS[reason] if reason else Verdict.WON,
        reason=reason,
    )


def step(*decisions: Decision) -> FlowStep:
    whole = attempted(stage(), AttemptStatus.SUCCESS, None, started_at=NOW, ended_at=AT)
    return whole.model_copy(update={"decisions": decisions})


def had(one: Lead, *steps: FlowStep, outcome: Outcome | None = None) -> list[Recipient]:
    remains = remains_of(one, LATER, Traces())
    return list(recipients_of(remains, [flow(outcome=outcome)], steps))


def test_partners_that_were_called_are_recipients_of_what_they_were_called_for() -> None:
    asked = step(
        decided(A, "ping", Reason.OUTSCORED),
        decided(A, "post", Reason.PARTNER_POST_DECLINED),
        decided(B, "post", None),
        decided(customer(1).id, "post", None, Kind.CUSTOMER),
    )
    assert had(lead(), asked, asked) == [
        Recipient(way=Way.PINGED, id=A, at=AT),
        Recipient(way=Way.POSTED, id=A, at=AT),
        Recipient(way=Way.POSTED, id=B, at=AT),
    ]


def test_a_step_without_a_moment_was_before_the_end() -> None:
    bare = FlowStep(number=1, decisions=(decided(A, "ping", Reason.PARTNER_PING_TIMEOUT),))
    assert had(lead(), bare) == [Recipient(way=Way.PINGED, id=A, at=LATER)]


@pytest.mark.parametrize("reason", sorted(NOT_CALLED))
def test_who_was_sent_nothing_is_none(reason: Reason) -> None:
    assert had(lead(), step(decided(A, "ping", reason))) == []


@pytest.mark.parametrize(
    ("buyer", "expected"),
    [
        ({"customer_id": customer(1).id}, (Way.ASSIGNED, customer(1).id)),
        ({"partner_id": A}, (Way.POSTED, A)),
        ({}, (Way.DIRECT_POST, None)),
    ],
    ids=["customer", "partner", "direct post"],
)
def test_the_buyer_is_a_recipient(buyer: dict[str, str], expected: tuple[Way, str | None]) -> None:
    sale = Assignment.model_validate(
        {"assigned_via": AssignedVia.BIDDING, "charged_cents": 1, "assigned_at": NOW, **buyer}
    )
    [one] = had(lead(assignment=sale))
    assert ((one.way, one.id), one.at) == (expected, NOW)


def test_a_direct_post_that_failed_was_one_nonetheless() -> None:
    [one] = had(lead(), outcome=Outcome.DIRECT_POST_FAILED)
    assert (one.way, one.at) == (Way.DIRECT_POST, NOW)


@pytest.mark.parametrize(
    ("reason", "is_asked"),
    [
        (None, True),
        (AttemptReason.ENRICHMENT_FAILED, True),
        (AttemptReason.INTEGRATION_NOT_CONFIGURED, False),
        (AttemptReason.INCOMPLETE_ADDRESS, False),
    ],
)
def test_the_real_estate_api_is_one_if_it_was_asked(
    reason: AttemptReason | None, is_asked: bool
) -> None:
    settings = RealEstateApiSettings(lead_category_id=lead().lead_category_id)
    api = RealEstateApiStage(id=stage().id, name="API", settings=settings)
    entered = attempted(api, AttemptStatus.CONTINUE, reason, started_at=NOW, ended_at=AT)
    expected = [Recipient(way=Way.LOOKED_UP, at=NOW)] if is_asked else []
    assert had(lead(), entered) == expected


def test_what_a_person_has_looked_up_counts_as_well() -> None:
    assert had(lead(enriched=EnrichedData())) == [Recipient(way=Way.LOOKED_UP, at=LATER)]


def test_what_is_left_has_ids_and_digests_only() -> None:
    left = remains_of(bought(), LATER, Traces(("digest",), (LeadId(numbered("lead", 7)),)))
    text = left.model_dump_json()
    assert not [word for word in ("Ada", "ada@", "512555") if word in text]
    done = left.told([]).erased(AT)
    assert (done.fingerprints, done.recipients, done.erased_at) == ((), (), AT)


def test_a_digest_is_of_what_and_whose() -> None:
    same = SearchKeys(phone="x", email="x")
    phone, email = suppression_digests("key", same)
    assert phone != email
    assert suppression_digests("key", SearchKeys(email="x")) == (email,)
    assert suppression_digests("other", same) != (phone, email)


def test_what_is_empty_stays_as_it_is() -> None:
    emptied = (
        submission(raw="Ada", errors={"zip": ["Ada"]}).erased(),
        ping().erased(),
        return_request(note="Ada").erased(),
        demand().erased(),
    )
    assert [one.version for one in emptied] == [2, 2, 2, 2]
    assert "Ada" not in str(emptied)
    again = tuple(one.erased() for one in emptied)
    assert again == emptied
    assert demand().criteria == emptied[3].values
