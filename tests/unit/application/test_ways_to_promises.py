"""On the way to a promised stage the lead is changed, but sold to nobody (`product.md`, 15.8)."""

import pytest

from leadflow.adapters.formats import LibraryFormats
from leadflow.application import contention
from leadflow.application.reconcile import Reconcile
from leadflow.application.record_distribution_error import RecordDistributionError
from leadflow.application.stages import HONOR_PING
from leadflow.domain.conditions import Operator, Row
from leadflow.domain.decisions import AttemptStatus
from leadflow.domain.leads import LeadStatus
from leadflow.domain.plans import SetField, SetLeadType, Stage
from tests.builders import TENANT_ID, lead_type, stage
from tests.unit.application.ping_world import World, in_stages
from tests.unit.application.round_robin_world import posting
from tests.unit.application.test_evaluate_plan import AGED, altering, looking_up
from tests.unit.domain.bidding_examples import bid, customer, dollars
from tests.unit.domain.round_robin_examples import NOBODY, round_robin

AGE = altering(SetLeadType(set_lead_type=AGED))
MARK = altering(SetField(set_field="last_name", value="Lovelace"), number=6)
ON_AGED = bid(100).model_copy(update={"lead_type_id": AGED})
FAILED, SUCCESS, CONTINUE, SKIPPED = (
    AttemptStatus.FAILED,
    AttemptStatus.SUCCESS,
    AttemptStatus.CONTINUE,
    AttemptStatus.SKIPPED,
)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contention, "_WAIT_SECONDS", 0)


def aging(*stages: Stage) -> World:
    """Only aged leads are bid for, at $100; the bid pays $10."""
    world = World(in_stages(*stages), [ON_AGED])
    aged = lead_type(id=AGED, name="Aged", fallback=False)
    world.change(lead_types={**world.configuration.newest.lead_types, AGED: aged})
    return world


def methods(world: World) -> list[tuple[str, str]]:
    """Methods of the runs with the last digit of their stages."""
    return [(run.method, str(run.stage_id)[-1]) for run in world.runs]


class TestTheWay:
    def test_stages_that_change_the_lead_come_first_and_others_are_passed_by(self) -> None:
        world = aging(stage(0), AGE, MARK, stage(1))
        ping = world.ping().ping
        answered = world.post(ping)
        assert (answered.status, answered.payout_cents) == (LeadStatus.ASSIGNED, dollars(10))
        assert methods(world) == [
            ("honor_ping", "1"),
            ("alter_data", "5"),
            ("alter_data", "6"),
            ("honor_ping", "1"),
        ]
        assert (world.lead.lead_type_id, world.lead.values["last_name"]) == (AGED, "Lovelace")
        assert [run.promised_stage_id for run in world.runs] == [None, *[stage(1).id] * 3]
        assert world.sale.ending.honored is True

    def test_the_promised_stage_is_one_attempt_from_the_check_to_the_sale(self) -> None:
        world = aging(stage(0), AGE, stage(1))
        ping = world.ping().ping
        world.later(seconds=5)
        world.post(ping)
        posts = [one for one in world.record(ping.flow_id).attempts if one.phase == "post"]
        assert [(one.stage_id[-1], one.status) for one in posts] == [
            ("5", CONTINUE),
            ("1", SUCCESS),
        ]
        assert posts[-1].started_at == world.clock.now()

    def test_what_may_not_be_entered_on_the_way_is_skipped_on_record(self) -> None:
        in_waco = ((Row(property="city", operator=Operator.EQUALS, value="waco"),),)
        elsewhere = MARK.model_copy(update={"conditions": in_waco})
        world = aging(elsewhere, AGE, stage(1))
        ping = world.ping().ping
        world.post(ping)
        assert ("post", "6", SKIPPED) in world.attempts(ping.flow_id)
        assert world.sale.ending.honored is True

    def test_the_candidate_is_checked_again_behind_the_way(self) -> None:
        world = aging(stage(0), AGE, stage(1))
        ping = world.ping().ping
        world.stops_before = "alter_data"
        world.post(ping)
        world.change_bid(ON_AGED, paused=True)
        reconciled(world)
        assert world.attempts(ping.flow_id)[3:] == [
            ("post", "5", CONTINUE),
            ("post", "1", FAILED),
            ("post", "0", FAILED),
            ("post", "5", CONTINUE),
            ("post", "1", FAILED),
        ]
        [(left, ending, _)] = world.leads.settled
        assert (left.status, ending.honored) == (LeadStatus.UNASSIGNED, False)

    def test_a_promise_that_cannot_be_kept_changes_nothing_on_the_way(self) -> None:
        world = aging(stage(0), AGE, stage(1))
        ping = world.ping().ping
        world.change_bid(ON_AGED, paused=True)
        usual = bid(40, owner=2)
        world.book.bids.append(usual)
        world.change_buyer(customer(2))
        world.post(ping)
        assert methods(world) == [("honor_ping", "1"), ("highest_price", "0")]
        assert world.sale.bid
        assert world.sale.bid.id == usual.id

    def test_partners_are_checked_with_the_lead_as_the_stage_will_see_it(self) -> None:
        for_aged = ((Row(property="lead_type", operator=Operator.EQUALS, value=AGED),),)
        taker = posting(1).model_copy(update={"eligibility": for_aged})
        world = aging(AGE, round_robin(1, customers=NOBODY))
        world.change(partners={taker.id: taker})
        ping = world.ping().ping
        assert world.post(ping).status is LeadStatus.POSTED
        assert world.sale.ending.honored is True

    def test_a_bid_is_checked_where_the_lead_will_be(self) -> None:
        to_dallas = altering(SetField(set_field="zip", value="75201"))
        there = bid(100).model_copy(update={"county": "Dallas"})
        world = World(in_stages(to_dallas, stage(1)), [there])
        ping = world.ping().ping
        world.post(ping)
        assert world.sale.ending.honored is True
        assert world.lead.values["zip"] == "75201"

    def test_an_alteration_that_fails_by_now_is_left_to_its_stage(self) -> None:
        world = aging(AGE, stage(1))
        ping = world.ping().ping
        types = world.configuration.newest.lead_types
        gone = types[AGED].model_copy(update={"archived": True})
        world.change(lead_types={**types, AGED: gone})
        assert world.post(ping).status is LeadStatus.DISTRIBUTION_ERROR

    def test_the_real_estate_api_is_asked_on_the_way(self) -> None:
        world = World(in_stages(looking_up(), stage(1)), [bid(100)])
        world.stops_before = "real_estate_api"
        world.post(world.ping().ping)
        assert methods(world) == [("honor_ping", "1")]
        assert world.lead.status is LeadStatus.PROCESSING


def reconciled(world: World) -> None:
    """Pick the lead up as the schedule does, once it is old enough."""
    world.stops_before = world.stops_after = None
    world.later(minutes=6)
    give_up = RecordDistributionError(
        configuration=world.configuration, leads=world.leads, sales=world.sales, clock=world.clock
    )
    reconcile = Reconcile(
        configuration=world.configuration,
        leads=world.leads,
        flows=world.flows,
        distribution=world,
        formats=LibraryFormats(),
        clock=world.clock,
        record_distribution_error=give_up,
    )
    assert list(reconcile(TENANT_ID))


class TestRunsThatWereLost:
    def test_a_promise_that_was_not_looked_at_is_kept_nevertheless(self) -> None:
        world = World(in_stages(), [bid(100)])
        world.stops_before = HONOR_PING
        world.post(world.ping().ping)
        reconciled(world)
        assert world.sale.ending.honored is True

    @pytest.mark.parametrize("lost_at", [1, 2, 3])
    def test_a_run_on_its_way_goes_on_to_its_promise(self, lost_at: int) -> None:
        world = aging(stage(0), AGE, MARK, stage(1))
        ping = world.ping().ping
        world.stops_after = lost_at
        world.post(ping)
        reconciled(world)
        assert methods(world)[-1] == ("honor_ping", "1")
        assert world.sale.ending.honored is True
        assert world.sale.lead.lead_type_id == AGED

    @pytest.mark.parametrize("lost_at", [1, 2, 3])
    def test_behind_a_promise_that_lapsed_the_plan_goes_on(self, lost_at: int) -> None:
        world = aging(stage(0), AGE, stage(1), stage(2))
        ping = world.ping().ping
        world.change_bid(ON_AGED, paused=True)
        late = bid(30, owner=2).model_copy(update={"lead_type_id": AGED})
        world.stops_after = lost_at
        world.post(ping)
        world.book.bids.append(late)
        world.change_buyer(customer(2))
        reconciled(world)
        assert (world.sale.ending.honored, world.sale.bid and world.sale.bid.id) == (
            False,
            late.id,
        )
        made = world.attempts(ping.flow_id)
        assert made.count(("post", "0", FAILED)) == 1
