"""Pings that are asked for again, at once, or while partners are still being asked."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from leadflow.domain.decisions import Outcome
from leadflow.domain.errors import TransientFault, ValidationFailed
from leadflow.domain.pings import PingStatus
from leadflow.domain.plans import Stage
from leadflow.domain.submissions import SubmissionStatus
from tests.builders import stage
from tests.unit.application.highest_price_world import asking, offers, ping_url, pinged
from tests.unit.application.ping_world import ASKED, World, bidding, in_stages
from tests.unit.domain.bidding_examples import NOW, bid


class TestEqualPings:
    def test_within_its_validity_a_ping_answers_every_equal_one(self) -> None:
        world = bidding()
        first = world.ping().ping
        world.later(minutes=4)
        again = world.ping().ping
        assert again == first
        assert len(world.flows.heads) == 1

    def test_the_call_is_kept_nevertheless_and_names_the_ping(self) -> None:
        world = bidding()
        ping = world.ping().ping
        world.ping()
        assert len(world.submissions.kept) == 2
        assert world.submission.status is SubmissionStatus.ACCEPTED
        assert (world.submission.http_status, world.submission.ping_id) == (200, ping.id)

    @pytest.mark.parametrize(
        "changes",
        [
            {"email": " ADA@example.com "},
            {"timeout_ms": 900},
            {"is_test": False},
            {"unknown": 5},
            {"first_name": " "},
        ],
        ids=str,
    )
    def test_spelling_and_what_is_no_data_make_no_other_ping(
        self, changes: dict[str, object]
    ) -> None:
        world = bidding()
        assert world.ping({**ASKED, **changes}).ping == world.ping().ping

    @pytest.mark.parametrize("changes", [{"zip": "78702"}, {"first_name": "Ada"}], ids=str)
    def test_other_data_make_another_ping(self, changes: dict[str, object]) -> None:
        world = bidding()
        assert world.ping({**ASKED, **changes}).ping.id != world.ping().ping.id

    def test_a_ping_that_has_expired_is_asked_anew(self) -> None:
        world = bidding()
        first = world.ping().ping
        world.later(minutes=5)
        second = world.ping().ping
        assert second.id != first.id
        assert second.expires_at == world.clock.now() + timedelta(minutes=5)
        assert world.ping().ping == second

    def test_the_tenant_says_how_long_a_ping_is_good(self) -> None:
        world = bidding()
        settings = world.configuration.newest.settings
        world.change(settings=settings.model_copy(update={"ping_validity_minutes": 60}))
        assert world.ping().ping.expires_at == NOW + timedelta(hours=1)

    def test_a_ping_that_a_post_has_used_is_asked_anew(self) -> None:
        world = bidding()
        first = world.ping().ping
        world.post(first)
        assert world.ping().ping.id != first.id

    def test_a_refused_post_does_not_use_a_ping(self) -> None:
        world = bidding()
        first = world.ping().ping
        with pytest.raises(ValidationFailed):
            world.post(first, email="nobody")
        assert world.ping().ping == first

    def test_of_two_equal_pings_at_once_both_get_the_answer_that_came_first(self) -> None:
        world = bidding()
        world.pings.meanwhile = _once(world, world.ping)
        ping = world.ping().ping
        assert [one.ping_id for one in world.submissions.kept.values()] == [ping.id] * 2
        assert set(world.leads.pings) == {ping.id}
        assert [head.ping_id for head in world.flows.heads.values()] == [ping.id]

    def test_an_answer_that_is_nowhere_to_be_found_is_a_fault(self) -> None:
        world = bidding()

        def lose() -> None:
            world.ping()
            world.leads.pings.clear()

        world.pings.meanwhile = _once(world, lose)
        with pytest.raises(TransientFault):
            world.ping()


class TestPendingPings:
    """While partners are being asked, which may take seconds, the flow is shown."""

    @staticmethod
    def world() -> World:
        world = World(in_stages(asking(), partners=(pinged(1),)), [bid(100)])
        world.replies[ping_url(1)] = offers(50)
        return world

    def test_a_ping_is_pending_until_it_is_answered(self) -> None:
        world = self.world()
        ping = world.ping().ping
        [shown] = world.pings.heads
        assert (shown.id, shown.ping_id) == (ping.flow_id, ping.id)
        assert (shown.ping_status, shown.ended_at) == (PingStatus.PENDING, None)
        assert world.flows.heads[ping.flow_id].ping_status == PingStatus.MATCHED

    @pytest.mark.parametrize("error", [TransientFault("busy"), RuntimeError("broken")], ids=str)
    def test_whatever_breaks_off_leaves_an_error(
        self, error: Exception, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        world = self.world()
        monkeypatch.setattr(world.pings, "answer", _raising(error))
        with pytest.raises(type(error)):
            world.ping()
        [flow] = world.flows.heads.values()
        assert (flow.ping_status, flow.ended_at) == (PingStatus.ERROR, NOW)
        assert flow.outcome is Outcome.DISTRIBUTION_ERROR
        assert not world.leads.pings

    def test_a_ping_that_an_equal_one_overtook_is_pending_no_longer(self) -> None:
        world = self.world()
        world.pings.meanwhile = _once(world, world.ping)
        ping = world.ping().ping
        [other] = [flow for flow in world.flows.heads.values() if flow.id != ping.flow_id]
        assert (other.ping_id, other.ping_status) == (ping.id, PingStatus.MATCHED)
        assert other.ended_at == NOW

    @pytest.mark.parametrize(
        "first",
        [
            asking().model_copy(update={"paused": True}),
            stage(0),
        ],
        ids=["paused", "asks none"],
    )
    def test_a_plan_that_asks_nobody_shows_nothing(self, first: Stage) -> None:
        world = World(in_stages(first, partners=(pinged(1),)), [bid(100)])
        world.ping()
        assert not world.pings.heads


def _once(world: World, do: Callable[[], object]) -> Callable[[], None]:
    """What happens the first time that a ping is being stored."""

    def act() -> None:
        world.pings.meanwhile = lambda: None
        do()

    return act


def _raising(error: Exception) -> Callable[..., object]:
    def fail(*_: object) -> object:
        raise error

    return fail
