"""The gates that a reprocessed lead passes once more."""

import pytest

from leadflow.adapters.formats import LibraryFormats
from leadflow.application.lead_ports import NewFlow
from leadflow.application.reopening import Reopening
from leadflow.application.reprocessing import reprocessed
from leadflow.domain.conditions import Operator, Row
from leadflow.domain.configuration import AuditCondition, Configuration
from leadflow.domain.decisions import Outcome
from leadflow.domain.errors import Conflict, Unprocessable
from leadflow.domain.flows import EventName, FlowKind
from leadflow.domain.geography import Country, Location
from leadflow.domain.identifiers import FlowId
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.starts import NamedStart
from leadflow.domain.statuses import REPROCESSABLE
from tests.builders import (
    CATEGORY_ID,
    TENANT_ID,
    TYPE_ID,
    configuration,
    duplicate_check,
    lead,
    lead_type,
    numbered,
    plan,
    stage,
)
from tests.unit.domain.bidding_examples import NOW

FLOW = FlowId(numbered("flow", 7))
AUDITED = AuditCondition(
    id="audit_1",
    name="Ada",
    lead_category_id=CATEGORY_ID,
    conditions=((Row(property="first_name", operator=Operator.EQUALS, value="ada"),),),
    created_at=NOW,
    updated_at=NOW,
)
TYPELESS = configuration(of_type=lead_type(archived=True))
S = LeadStatus


def again(
    status: LeadStatus, configured: Configuration | None = None, **changes: object
) -> NewFlow:
    """A lead in that status, reprocessed; without a type where there is none."""
    typed = status not in {S.UNCATEGORIZED, S.PENDING}
    before = lead(status=status, lead_type_id=TYPE_ID if typed else None)
    return again_from(before.model_copy(update=changes), configured or configuration())


def again_from(before: Lead, configured: Configuration) -> NewFlow:
    """That lead, reprocessed."""
    return reprocessed(
        TENANT_ID,
        before,
        configured,
        start=NamedStart.BIDDING,
        flow_id=FLOW,
        formats=LibraryFormats(),
        now=NOW,
    )


def ended(flow: NewFlow) -> tuple[LeadStatus, Outcome | None]:
    """How a flow without a run has ended."""
    assert not isinstance(flow, Reopening)
    assert flow.flow.ended_at == NOW
    assert [one.event for one in flow.step.timeline] == [
        EventName.INITIATED,
        EventName.REPROCESSED,
        EventName.LEAD,
    ]
    return flow.lead.status, flow.flow.outcome


@pytest.mark.parametrize("status", sorted(REPROCESSABLE))
def test_a_lead_is_distributed_again_whatever_duplicate_checks_say(status: LeadStatus) -> None:
    flow = again(status, configuration(checks=(duplicate_check(),)))
    assert isinstance(flow, Reopening)
    assert (flow.lead.status, flow.lead.lead_type_id) == (S.PROCESSING, TYPE_ID)
    assert (flow.lead.flow_ids[-1], flow.lead.run_began_at) == (FLOW, NOW)
    assert (flow.flow.kind, flow.flow.start) == (FlowKind.REPROCESS, "bidding")
    assert (flow.run.stage_id, flow.run.flow_id) == (stage().id, FLOW)


@pytest.mark.parametrize("status", sorted(set(LeadStatus) - REPROCESSABLE))
def test_in_all_other_statuses_a_lead_is_left_alone(status: LeadStatus) -> None:
    with pytest.raises(Conflict, match=f"The lead is {status}") as refused:
        again(status)
    assert refused.value.code == "invalid_status"


def test_a_start_that_the_current_plan_does_not_have_is_refused() -> None:
    with pytest.raises(Unprocessable) as refused:
        reprocessed(
            TENANT_ID,
            lead(status=S.UNASSIGNED),
            configuration(by_plan=plan(stage(1), version=2)),
            start=stage(0).id,
            flow_id=FLOW,
            formats=LibraryFormats(),
            now=NOW,
        )
    assert refused.value.code == "stage_not_available"


@pytest.mark.parametrize("status", [S.UNCATEGORIZED, S.PENDING])
def test_a_lead_that_matches_no_type_is_uncategorized(status: LeadStatus) -> None:
    assert ended(again(status, TYPELESS)) == (S.UNCATEGORIZED, Outcome.NO_LEAD_TYPE)


@pytest.mark.parametrize("status", [S.UNASSIGNED, S.DISTRIBUTION_ERROR])
def test_a_lead_that_was_distributed_is_not_classified_again(status: LeadStatus) -> None:
    assert again(status, TYPELESS).lead.status is S.PROCESSING


@pytest.mark.parametrize("status", sorted(REPROCESSABLE))
def test_only_leads_that_never_passed_the_audit_are_audited(status: LeadStatus) -> None:
    flow = again(status, configuration(audits=(AUDITED,)))
    if status in {S.UNCATEGORIZED, S.PENDING}:
        assert ended(flow) == (S.AUDIT, Outcome.AUDIT_CONDITION)
        assert flow.lead.lead_type_id == TYPE_ID
    else:
        assert flow.lead.status is S.PROCESSING


def test_a_lead_that_became_uncategorized_behind_the_audit_is_not_audited_again() -> None:
    edited = lead(status=S.UNASSIGNED).moved(S.UNCATEGORIZED, NOW, lead_type_id=None)
    for passed in (edited, edited.moved(S.PENDING, NOW)):
        flow = again_from(passed, configuration(audits=(AUDITED,)))
        assert flow.lead.status is S.PROCESSING


def test_a_lead_that_was_never_distributed_is_audited_though_it_was_edited() -> None:
    edited = lead(status=S.UNCATEGORIZED, lead_type_id=None).moved(S.PENDING, NOW)
    flow = again_from(edited, configuration(audits=(AUDITED,)))
    assert ended(flow) == (S.AUDIT, Outcome.AUDIT_CONDITION)


@pytest.mark.parametrize(
    ("postal_code", "status", "payout_cents"),
    [
        ("00001", S.ASSIGNED, 1_000),
        ("00002", S.DUPLICATE, 0),
        ("00003", S.AUDIT, 0),
        ("00004", S.UNASSIGNED, 0),
        ("00005", S.MARKETPLACE, 0),
        ("78701", S.AUDIT, 0),
    ],
)
def test_the_test_table_is_applied_to_a_test_lead_again(
    postal_code: str, status: LeadStatus, payout_cents: int
) -> None:
    place = Location(postal_code=postal_code, state="", country=Country.US)
    for before in sorted(REPROCESSABLE):
        flow = again(before, TYPELESS, is_test=True, location=place)
        assert ended(flow) == (status, Outcome.TEST_MODE)
        assert (flow.lead.payout_cents, flow.lead.assignment) == (payout_cents, None)
        assert flow.flow.is_test
