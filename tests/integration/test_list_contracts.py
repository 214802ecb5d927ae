"""What every adapter of the list ports promises, held against the fakes and against DynamoDB."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from leadflow.application.list_ports import FlowWalk, LeadTrait, LeadWalk, Period, SubmissionWalk
from leadflow.domain.decisions import AttemptStatus
from leadflow.domain.flows import Attempt, FlowStep
from leadflow.domain.identifiers import StageId
from leadflow.domain.leads import LeadStatus
from leadflow.domain.plans import Method
from tests.fakes.flow_lists import FakeFlowLists
from tests.fakes.lead_lists import FakeLeadLists
from tests.fakes.submission_lists import FakeSubmissionLists
from tests.integration.list_stores import (
    FlowStore,
    LeadStore,
    StoredFlows,
    StoredLeads,
    StoredSubmissions,
    SubmissionStore,
    numbers,
)
from tests.reading import (
    BUYER,
    CREATED,
    EVER,
    NOON,
    OTHER_SOURCE,
    RIVAL,
    SEARCH,
    SOLAR,
    SOURCE,
    STRANGER,
    TENANT,
    flow,
    identify,
    lead,
    sold_lead,
    submission,
)

KINDS = ("fake", "dynamodb")
MONTHS = (
    datetime(2026, 1, 31, 23, 59, 59, tzinfo=UTC),
    datetime(2026, 2, 1, tzinfo=UTC),
    datetime(2026, 3, 1, tzinfo=UTC),
)
OTHER_TYPE = identify("type", 9)
TRAITS: Sequence[tuple[LeadTrait, str, list[int]]] = (
    (LeadTrait.NONE, "", [4, 3, 2, 1]),
    (LeadTrait.STATUS, "assigned", [4, 3]),
    (LeadTrait.STATUS, "audit", [2]),
    (LeadTrait.SOURCE, OTHER_SOURCE, [4, 2]),
    (LeadTrait.CUSTOMER, BUYER, [3]),
    (LeadTrait.LEAD_TYPE, SOLAR, [4, 3, 1]),
    (LeadTrait.LEAD_TYPE, OTHER_TYPE, []),
    (LeadTrait.EMAIL, "jane@example.com", [4, 3, 1]),
    (LeadTrait.PHONE, "+16025550100", [4, 3, 1]),
    (LeadTrait.PHONE, "+1602555010", []),
    (LeadTrait.NAME_PREFIX, "jane", [2, 1, 3, 4]),
    (LeadTrait.NAME_PREFIX, "jane r", [1, 3, 4]),
    (LeadTrait.NAME_PREFIX, "jane roes", []),
)


def leads_walk(
    trait: LeadTrait = LeadTrait.NONE,
    value: str = "",
    period: Period = EVER,
    *,
    is_test: bool = False,
    oldest_first: bool = False,
) -> LeadWalk:
    return LeadWalk(trait, value, is_test, period, oldest_first)


class TestLeadLists:
    @pytest.fixture(params=KINDS)
    def lists(self, request: pytest.FixtureRequest) -> LeadStore:
        if request.param == "fake":
            return FakeLeadLists()
        request.getfixturevalue("tables")
        return StoredLeads()

    def test_a_walk_shows_the_leads_with_its_trait(self, lists: LeadStore) -> None:
        anybody = SEARCH.model_copy(update={"email": None, "phone": None, "name": "jane doe"})
        bare: dict[str, object] = {"lead_type_id": None, "search": anybody}
        lists.put(
            TENANT,
            lead(1),
            lead(2, status=LeadStatus.AUDIT, source_id=OTHER_SOURCE, **bare),
            sold_lead(3),
            sold_lead(4, RIVAL, source_id=OTHER_SOURCE),
            lead(5, is_test=True),
        )
        for trait, value, expected in TRAITS:
            assert numbers(lists, leads_walk(trait, value)) == expected, (trait, value)

    def test_a_walk_goes_from_month_to_month(self, lists: LeadStore) -> None:
        lists.put(TENANT, *(lead(n, received_at=at) for n, at in enumerate(MONTHS)))
        assert numbers(lists, leads_walk()) == [2, 1, 0]
        assert numbers(lists, leads_walk(LeadTrait.SOURCE, SOURCE)) == [2, 1, 0]
        inner = Period(MONTHS[0], MONTHS[1])
        assert numbers(lists, leads_walk(period=inner)) == [1, 0]

    def test_a_walk_goes_the_other_way_as_well(self, lists: LeadStore) -> None:
        lists.put(TENANT, *(lead(n, received_at=at) for n, at in enumerate((*MONTHS, MONTHS[-1]))))
        for trait, value in (
            (LeadTrait.NONE, ""),
            (LeadTrait.SOURCE, SOURCE),
            (LeadTrait.EMAIL, "jane@example.com"),
        ):
            assert numbers(lists, leads_walk(trait, value, oldest_first=True)) == [0, 1, 2, 3]
        inner = Period(MONTHS[1], MONTHS[2])
        assert numbers(lists, leads_walk(period=inner, oldest_first=True)) == [1, 2, 3]

    def test_a_period_takes_in_both_ends_and_may_be_empty(self, lists: LeadStore) -> None:
        lists.put(TENANT, *(lead(n) for n in (1, 2, 3)))
        ends = Period(lead(2).received_at, lead(3).received_at)
        for trait, value in (
            (LeadTrait.NONE, ""),
            (LeadTrait.EMAIL, "jane@example.com"),
        ):
            assert numbers(lists, leads_walk(trait, value, ends)) == [3, 2]
            assert numbers(lists, leads_walk(trait, value, Period(NOON, CREATED))) == []

    def test_leads_of_the_same_moment_are_all_shown(self, lists: LeadStore) -> None:
        lists.put(TENANT, *(lead(n, received_at=NOON) for n in (1, 2, 3)))
        assert numbers(lists, leads_walk()) == [3, 2, 1]

    def test_test_leads_are_walked_apart(self, lists: LeadStore) -> None:
        lists.put(TENANT, lead(1), lead(2, is_test=True))
        for trait, value in (
            (LeadTrait.NONE, ""),
            (LeadTrait.EMAIL, "jane@example.com"),
            (LeadTrait.NAME_PREFIX, "jane"),
        ):
            assert numbers(lists, leads_walk(trait, value, is_test=True)) == [2]

    def test_another_tenants_leads_are_out_of_reach(self, lists: LeadStore) -> None:
        lists.put(TENANT, sold_lead(1))
        for trait, value in (
            (LeadTrait.NONE, ""),
            (LeadTrait.CUSTOMER, BUYER),
            (LeadTrait.EMAIL, "jane@example.com"),
            (LeadTrait.NAME_PREFIX, "jane"),
        ):
            assert numbers(lists, leads_walk(trait, value), STRANGER) == []
        assert lists.many(STRANGER, [lead(1).id]) == {}

    def test_leads_with_a_trait_are_counted_over_all_months(self, lists: LeadStore) -> None:
        status = LeadStatus.WITHHELD
        waiting = [lead(n, received_at=moment, status=status) for n, moment in enumerate(MONTHS)]
        tested = lead(7, status=status, is_test=True)
        lists.put(TENANT, *waiting, tested, lead(8))
        lists.put(STRANGER, lead(9, status=status))
        assert lists.count(TENANT, leads_walk(LeadTrait.STATUS, status)) == len(MONTHS)
        last = leads_walk(LeadTrait.STATUS, status, Period(MONTHS[-1], EVER.newest))
        assert lists.count(TENANT, last) == 1

    def test_leads_come_by_id_without_those_that_are_unknown(self, lists: LeadStore) -> None:
        leads = [sold_lead(n) for n in range(130)]
        lists.put(TENANT, *leads)
        wanted = [one.id for one in leads[10:]]
        found = lists.many(TENANT, [*wanted, lead(999).id])
        assert found == {one.id: one for one in leads[10:]}


class TestSubmissionLists:
    @pytest.fixture(params=KINDS)
    def lists(self, request: pytest.FixtureRequest) -> SubmissionStore:
        if request.param == "fake":
            return FakeSubmissionLists()
        request.getfixturevalue("tables")
        return StoredSubmissions()

    def test_submissions_are_walked_by_source_and_all_together(
        self, lists: SubmissionStore
    ) -> None:
        lists.put(
            TENANT,
            *(submission(n, received_at=at) for n, at in enumerate(MONTHS)),
            submission(3, received_at=NOON, source_id=OTHER_SOURCE),
            submission(4, received_at=NOON, is_test=True),
        )
        assert numbers(lists, SubmissionWalk(None, False, EVER)) == [3, 2, 1, 0]
        assert numbers(lists, SubmissionWalk(SOURCE, False, EVER)) == [2, 1, 0]
        assert numbers(lists, SubmissionWalk(None, True, EVER)) == [4]
        assert numbers(lists, SubmissionWalk(None, False, EVER), STRANGER) == []

    def test_submissions_come_by_id(self, lists: SubmissionStore) -> None:
        lists.put(TENANT, *(submission(n) for n in range(3)))
        wanted = [submission(n).id for n in range(4)]
        assert set(lists.many(TENANT, wanted)) == set(wanted[:3])
        assert lists.many(TENANT, wanted[:1]) == {wanted[0]: submission(0)}
        assert lists.many(STRANGER, wanted) == {}


class TestFlowLists:
    @pytest.fixture(params=KINDS)
    def lists(self, request: pytest.FixtureRequest) -> FlowStore:
        if request.param == "fake":
            return FakeFlowLists()
        request.getfixturevalue("tables")
        return StoredFlows()

    def test_flows_are_walked_by_their_start(self, lists: FlowStore) -> None:
        for n, at in enumerate(MONTHS):
            lists.put(TENANT, flow(n, started_at=at))
        lists.put(TENANT, flow(4, is_test=True))
        assert numbers(lists, FlowWalk(False, EVER)) == [2, 1, 0]
        assert numbers(lists, FlowWalk(True, EVER)) == [4]
        assert numbers(lists, FlowWalk(False, EVER), STRANGER) == []

    def test_attempts_of_every_step_come_in_order(self, lists: FlowStore) -> None:
        counts = (1, 2, 3, 4, 53)
        for count in counts:
            steps = (FlowStep(number=n, attempts=(attempt(n),)) for n in range(count))
            lists.put(TENANT, flow(count), *steps)
        lists.put(TENANT, flow(60), FlowStep(number=0))
        found = lists.attempts(TENANT, [flow(n).id for n in (*counts, 60, 61)])
        for count in counts:
            assert list(found[flow(count).id]) == [attempt(n) for n in range(count)]
        assert not any(found.get(flow(n).id) for n in (60, 61))
        assert not lists.attempts(STRANGER, [flow(1).id]).get(flow(1).id)


def attempt(number: int) -> Attempt:
    return Attempt(
        stage_id=StageId(identify("stage", number)),
        name="Best price",
        method=Method.HIGHEST_PRICE,
        status=AttemptStatus.FAILED,
        started_at=NOON,
        ended_at=NOON + timedelta(seconds=number),
    )
