"""Returns by the tenant."""

from datetime import timedelta

import pytest

from leadflow.application import return_lead
from leadflow.application.return_lead import ReturnForm
from leadflow.domain.assignments import AssignedVia
from leadflow.domain.errors import (
    Conflict,
    CorruptState,
    NotFound,
    TransientFault,
    ValidationFailed,
)
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.returns import ReturnDecision, ReturnStatus
from tests.builders import TENANT_ID, lead
from tests.unit.application.returns_world import ADMIN, ReturnsWorld
from tests.unit.domain.bidding_examples import NOW, bid, customer
from tests.unit.domain.return_examples import CHARGED, assignment, return_request, sold

NO_REASON = ReturnForm()


@pytest.fixture
def world() -> ReturnsWorld:
    return ReturnsWorld()


def give_back(
    world: ReturnsWorld,
    form: ReturnForm = NO_REASON,
    *,
    lead_id: str = sold().id,
    repeat: str | None = None,
) -> Lead:
    return world.return_lead(ADMIN, lead_id, form, repeat)


def test_lead_wallet_and_limits_change_together(world: ReturnsWorld) -> None:
    after = give_back(world, ReturnForm(reason="wrong_number", note="He called."))
    assert world.lead == after
    assert after.status is LeadStatus.RETURNED
    assert after.return_record
    record = after.return_record
    assert (record.reason, record.note, record.returned_by) == (
        "wrong_number",
        "He called.",
        ADMIN.actor,
    )
    assert world.owner.balance_cents == customer(1).balance_cents + CHARGED
    assert [entry.amount_cents for entry in world.returns.entries] == [CHARGED]
    assert world.owner.usage.daily.count == 0
    [offer] = world.returns.bids.bids
    assert (offer.usage.daily.count, offer.version) == (0, 2)


def test_a_lead_without_a_bid_is_returned_too(world: ReturnsWorld) -> None:
    world.put(sold(assignment=assignment(bid_id=None, assigned_via=AssignedVia.ROUND_ROBIN)))
    give_back(world)
    assert world.owner.balance_cents == customer(1).balance_cents + CHARGED
    assert world.returns.bids.bids == [bid(usage=world.owner.usage)]


def test_a_lead_is_returned_once(world: ReturnsWorld) -> None:
    give_back(world)
    with pytest.raises(Conflict) as refused:
        give_back(world)
    assert refused.value.code == "invalid_status"
    assert len(world.returns.entries) == 1


@pytest.mark.parametrize("lead_id", [lead(9).id, "lead_1", "x"])
def test_an_unknown_lead_is_not_found(world: ReturnsWorld, lead_id: str) -> None:
    with pytest.raises(NotFound):
        give_back(world, lead_id=lead_id)


def test_a_wrong_reason_changes_nothing(world: ReturnsWorld) -> None:
    with pytest.raises(ValidationFailed) as refused:
        give_back(world, ReturnForm(reason="boring"))
    assert set(refused.value.errors) == {"reason"}
    assert world.lead == sold()


def test_an_assigned_lead_whose_customer_is_missing_is_a_fault(world: ReturnsWorld) -> None:
    world.returns.customers.stored.clear()
    with pytest.raises(CorruptState):
        give_back(world)


def test_an_open_request_is_settled_as_approved(world: ReturnsWorld) -> None:
    world.asked()
    give_back(world, ReturnForm(note="Only for us."))
    assert world.request.status is ReturnStatus.APPROVED
    assert world.request.decision
    assert (world.request.decision.decided_by, world.request.decision.note) == (ADMIN.actor, None)


def test_a_denied_request_stays_denied(world: ReturnsWorld) -> None:
    decision = ReturnDecision(decided_by=return_request().requested_by, decided_at=NOW)
    denied = world.asked(status=ReturnStatus.DENIED, decision=decision, version=2)
    give_back(world)
    assert world.request == denied
    assert world.lead.status is LeadStatus.RETURNED


class TestRepeats:
    def test_a_repeat_meets_the_lead_as_the_first_one_left_it(self, world: ReturnsWorld) -> None:
        first = give_back(world, repeat="key")
        assert give_back(world, repeat="key") == first
        assert len(world.returns.entries) == 1

    @pytest.mark.parametrize("other", [None, "another key"])
    def test_another_request_is_no_repeat(self, world: ReturnsWorld, other: str | None) -> None:
        give_back(world, repeat="key")
        with pytest.raises(Conflict):
            give_back(world, repeat=other)

    def test_a_request_without_a_key_is_never_repeated(self, world: ReturnsWorld) -> None:
        give_back(world)
        with pytest.raises(Conflict):
            give_back(world, repeat=None)

    def test_a_key_is_forgotten_after_a_day(self, world: ReturnsWorld) -> None:
        give_back(world, repeat="key")
        world.clock.at = NOW + timedelta(hours=24)
        with pytest.raises(Conflict):
            give_back(world, repeat="key")


class TestMeanwhile:
    def test_a_changed_wallet_is_read_again(self, world: ReturnsWorld) -> None:
        def deposited() -> None:
            richer = {"balance_cents": 5, "version": world.owner.version + 1}
            changed = world.owner.model_copy(update=richer)
            world.returns.customers.stored[changed.id] = changed

        world.returns.meanwhile = [deposited]
        give_back(world)
        assert world.owner.balance_cents == 5 + CHARGED

    def test_a_bid_that_was_archived_counts_on_as_it_is(self, world: ReturnsWorld) -> None:
        def archived() -> None:
            [offer] = world.returns.bids.bids
            world.returns.bids.bids = [
                offer.model_copy(update={"archived": True, "version": offer.version + 1})
            ]

        world.returns.meanwhile = [archived]
        give_back(world)
        [offer] = world.returns.bids.bids
        assert (offer.archived, offer.usage.daily.count) == (True, 0)

    def test_somebody_who_was_faster_gets_the_only_refund(self, world: ReturnsWorld) -> None:
        world.returns.meanwhile = [lambda: give_back(world)]
        with pytest.raises(Conflict) as refused:
            give_back(world)
        assert refused.value.code == "invalid_status"
        assert len(world.returns.entries) == 1

    def test_a_request_that_comes_in_between_is_settled(self, world: ReturnsWorld) -> None:
        def asked() -> None:
            world.asked()
            world.put(world.lead.model_copy(update={"version": 2}))

        world.returns.meanwhile = [asked]
        give_back(world)
        assert world.request.status is ReturnStatus.APPROVED

    def test_a_denial_that_comes_in_between_stands(self, world: ReturnsWorld) -> None:
        request = world.asked()
        decision = ReturnDecision(decided_by=request.requested_by, decided_at=NOW)
        denied = request.decided(ReturnStatus.DENIED, decision)
        world.returns.meanwhile = [lambda: world.returns.decide(TENANT_ID, denied)]
        give_back(world)
        assert world.request == denied
        assert world.lead.status is LeadStatus.RETURNED

    def test_a_wallet_that_never_comes_to_rest_is_a_fault(
        self, world: ReturnsWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(return_lead, "RETURNS_MAX", 3)

        def changed() -> None:
            world.put(world.lead.model_copy(update={"version": world.lead.version + 1}))

        world.returns.meanwhile = [changed] * 3
        with pytest.raises(TransientFault):
            give_back(world)
        assert world.returns.entries == []
