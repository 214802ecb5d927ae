"""Return requests of customers, and their decision."""

from datetime import timedelta

import pytest

from leadflow.application.caller_scope import CallerScope
from leadflow.application.request_return import DecisionForm, ReturnRequestForm
from leadflow.application.return_lead import ReturnForm
from leadflow.domain.errors import Conflict, NotFound, Unprocessable, ValidationFailed
from leadflow.domain.leads import LeadStatus
from leadflow.domain.returns import ReturnRequest, ReturnStatus, return_request_id
from tests.builders import lead
from tests.unit.application.returns_world import ADMIN, ReturnsWorld, owner_scope
from tests.unit.domain.bidding_examples import NOW, customer
from tests.unit.domain.return_examples import CHARGED, SOLD_AT, return_request, sold

WRONG_NUMBER = ReturnRequestForm(reason="wrong_number")
NO_NOTE = DecisionForm()


@pytest.fixture
def world() -> ReturnsWorld:
    return ReturnsWorld()


def ask(
    world: ReturnsWorld,
    form: ReturnRequestForm = WRONG_NUMBER,
    *,
    by: CallerScope | None = None,
    repeat: str | None = None,
) -> ReturnRequest:
    return world.request_return(by or owner_scope(), sold().id, form, repeat)


class TestRequests:
    def test_a_request_waits_for_its_decision(self, world: ReturnsWorld) -> None:
        made = ask(world, ReturnRequestForm(reason="other", note="He is away."))
        assert world.request == made
        assert (made.id, made.status) == (return_request_id(sold().id), ReturnStatus.PENDING)
        assert (made.lead_id, made.customer_id) == (sold().id, customer(1).id)
        assert (made.reason, made.note, made.requested_at) == ("other", "He is away.", NOW)
        assert world.lead.return_request_id == made.id
        assert world.lead.status is LeadStatus.ASSIGNED

    def test_another_customers_lead_is_not_found(self, world: ReturnsWorld) -> None:
        with pytest.raises(NotFound):
            ask(world, by=owner_scope(2))
        assert not world.returns.requests

    def test_a_lead_that_nobody_has_is_not_found(self, world: ReturnsWorld) -> None:
        world.put(lead())
        with pytest.raises(NotFound):
            ask(world)

    @pytest.mark.parametrize("lead_id", [lead(9).id, "x"])
    def test_an_unknown_lead_is_not_found(self, world: ReturnsWorld, lead_id: str) -> None:
        with pytest.raises(NotFound):
            world.request_return(owner_scope(), lead_id, WRONG_NUMBER)

    def test_other_needs_a_note(self, world: ReturnsWorld) -> None:
        with pytest.raises(ValidationFailed) as refused:
            ask(world, ReturnRequestForm(reason="other"))
        assert set(refused.value.errors) == {"note"}

    def test_a_second_request_is_refused(self, world: ReturnsWorld) -> None:
        first = ask(world)
        with pytest.raises(Conflict) as refused:
            ask(world)
        assert refused.value.code == "return_already_requested"
        assert world.request == first

    @pytest.mark.parametrize(("days", "is_open"), [(1, True), (0, False)])
    def test_the_tenants_window_decides(
        self, world: ReturnsWorld, days: int, *, is_open: bool
    ) -> None:
        world.settings(return_window_days=days)
        world.clock.at = SOLD_AT + timedelta(days=1)
        if is_open:
            ask(world)
            return
        with pytest.raises(Unprocessable) as refused:
            ask(world)
        assert refused.value.code == "return_window_closed"

    def test_a_repeat_meets_the_request_that_it_has_made(self, world: ReturnsWorld) -> None:
        first = ask(world, repeat="key")
        assert ask(world, repeat="key") == first

    def test_a_request_that_came_in_between_is_the_only_one(self, world: ReturnsWorld) -> None:
        world.returns.meanwhile = [lambda: ask(world, repeat="key")]
        with pytest.raises(Conflict) as refused:
            ask(world, repeat="other")
        assert refused.value.code == "return_already_requested"

    def test_a_return_that_came_in_between_ends_it(self, world: ReturnsWorld) -> None:
        world.returns.meanwhile = [lambda: world.return_lead(ADMIN, sold().id, ReturnForm())]
        with pytest.raises(Conflict) as refused:
            ask(world)
        assert refused.value.code == "invalid_status"
        assert not world.returns.requests


class TestDecisions:
    def test_approval_returns_the_lead(self, world: ReturnsWorld) -> None:
        request = world.asked()
        decided = world.decide.approve(ADMIN, request.id, DecisionForm(note="Sorry."))
        assert world.request == decided
        assert decided.status is ReturnStatus.APPROVED
        assert decided.decision
        assert (decided.decision.decided_by, decided.decision.decided_at) == (ADMIN.actor, NOW)
        assert decided.decision.note == "Sorry."
        assert world.lead.status is LeadStatus.RETURNED
        assert world.lead.return_record
        assert world.lead.return_record.reason == request.reason
        assert world.owner.balance_cents == customer(1).balance_cents + CHARGED

    def test_denial_leaves_the_lead_assigned(self, world: ReturnsWorld) -> None:
        request = world.asked()
        decided = world.decide.deny(ADMIN, request.id, DecisionForm(note="It rings."))
        assert world.request == decided
        assert decided.status is ReturnStatus.DENIED
        assert (world.lead.status, world.lead.version) == (LeadStatus.ASSIGNED, 1)
        assert world.owner.balance_cents == customer(1).balance_cents

    @pytest.mark.parametrize("request_id", [return_request().id, "return_1", "x"])
    def test_an_unknown_request_is_not_found(self, world: ReturnsWorld, request_id: str) -> None:
        with pytest.raises(NotFound):
            world.decide.approve(ADMIN, request_id, NO_NOTE)

    def test_the_request_of_a_deleted_lead_can_only_be_denied(self, world: ReturnsWorld) -> None:
        request = world.asked()
        world.returns.leads.stored.clear()
        with pytest.raises(NotFound):
            world.decide.approve(ADMIN, request.id, NO_NOTE)
        assert world.decide.deny(ADMIN, request.id, NO_NOTE).status is ReturnStatus.DENIED

    def test_a_decision_is_final(self, world: ReturnsWorld) -> None:
        request = world.asked()
        world.decide.deny(ADMIN, request.id, NO_NOTE)
        for decide in (world.decide.approve, world.decide.deny):
            with pytest.raises(Conflict) as refused:
                decide(ADMIN, request.id, NO_NOTE)
            assert refused.value.code == "conflict"
        assert world.lead.status is LeadStatus.ASSIGNED

    def test_a_repeat_meets_its_decision_and_no_other(self, world: ReturnsWorld) -> None:
        request = world.asked()
        first = world.decide.approve(ADMIN, request.id, NO_NOTE, "key")
        assert world.decide.approve(ADMIN, request.id, NO_NOTE, "key") == first
        with pytest.raises(Conflict):
            world.decide.deny(ADMIN, request.id, NO_NOTE, "key")
        assert len(world.returns.entries) == 1

    def test_an_approval_meets_a_return_that_was_faster(self, world: ReturnsWorld) -> None:
        request = world.asked()
        world.returns.meanwhile = [lambda: world.return_lead(ADMIN, sold().id, ReturnForm())]
        with pytest.raises(Conflict):
            world.decide.approve(ADMIN, request.id, NO_NOTE)
        assert world.request.status is ReturnStatus.APPROVED
        assert len(world.returns.entries) == 1

    def test_a_denial_meets_an_approval_that_was_faster(self, world: ReturnsWorld) -> None:
        request = world.asked()
        world.returns.meanwhile = [lambda: world.decide.approve(ADMIN, request.id, NO_NOTE)]
        with pytest.raises(Conflict):
            world.decide.deny(ADMIN, request.id, NO_NOTE)
        assert world.request.status is ReturnStatus.APPROVED
        assert world.lead.status is LeadStatus.RETURNED
