"""The Highest Price stage begun again: after crashes, beside others, and out of time."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import cast

import pytest

from leadflow.application import contention
from leadflow.application.exchange_ports import Failure, Reply
from leadflow.application.partner_posts import (
    OPEN_LOOKS_MAX,
    POSTING_MAX,
    MovedOn,
    NotDelivered,
    settled,
)
from leadflow.application.ports import Refused
from leadflow.application.run_ports import RunResult
from leadflow.application.sell_at_highest_price import AUCTIONS_MAX, SellAtHighestPrice
from leadflow.domain.decisions import Reason, Verdict
from leadflow.domain.errors import CorruptState, TransientFault
from leadflow.domain.exchanges import TreatUnknownAs
from leadflow.domain.flows import FlowStep
from leadflow.domain.identifiers import TenantId
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.reservations import PartnerOffer
from tests.builders import TENANT_ID, lead, partner, plan, stage
from tests.fakes.outbound import no_answer
from tests.unit.application.highest_price_world import (
    HUNG,
    NEXT,
    REFUSED,
    RUN,
    World,
    offers,
    ping_url,
    pinged,
    post_url,
)
from tests.unit.domain.bidding_examples import bid, dollars
from tests.unit.domain.round_robin_examples import round_robin

LATER = timedelta(minutes=1)
"""Behind every post that was begun before."""

CONTENDED = frozenset({Refused.CUSTOMER, Refused.BID})
UNSENT = no_answer(Failure.NOT_SENT)
PINGS: dict[str, Reply] = {ping_url(1): offers(50), ping_url(2): offers(40)}


class Crashed(Exception):
    """The task ends without a word."""


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contention, "_WAIT_SECONDS", 0)


@dataclass
class Trouble:
    """Something that happens before or behind the port call of that number."""

    at: int
    behind: bool
    happens: Callable[[], None]
    calls: int = 0

    def around(self, call: Callable[[], object]) -> object:
        self.calls += 1
        is_now = self.calls == self.at
        if is_now and not self.behind:
            self.happens()
        answer = call()
        if is_now and self.behind:
            self.happens()
        return answer


class Troubled:
    """A port whose calls the trouble counts."""

    def __init__(self, port: object, trouble: Trouble) -> None:
        self._port, self._trouble = port, trouble

    def __getattr__(self, name: str) -> Callable[..., object]:
        call = cast("Callable[..., object]", getattr(self._port, name))
        return lambda *args, **options: self._trouble.around(lambda: call(*args, **options))


def troubled(action: SellAtHighestPrice, trouble: Trouble) -> SellAtHighestPrice:
    """The action whose calls to the store and to partners the trouble counts."""

    def port(of: object) -> object:
        return Troubled(of, trouble)

    desk = replace(action.desk, leads=port(action.desk.leads), flows=port(action.desk.flows))  # type: ignore[arg-type] # stands in for any port
    posts = replace(
        action.posts,
        leads=port(action.posts.leads),  # type: ignore[arg-type] # as above
        outbound=port(action.posts.outbound),  # type: ignore[arg-type] # as above
        configuration=port(action.posts.configuration),  # type: ignore[arg-type] # as above
    )
    rounds = replace(action.rounds, outbound=port(action.rounds.outbound))  # type: ignore[arg-type] # as above
    return replace(
        action,
        desk=desk,
        posts=posts,
        rounds=rounds,
        sales=port(action.sales),  # type: ignore[arg-type] # as above
        bidders=port(action.bidders),  # type: ignore[arg-type] # as above
    )


def crash() -> None:
    raise Crashed


def market(first: Reply | None, rule: TreatUnknownAs = TreatUnknownAs.SOLD) -> World:
    """Two partners and a bid below them; `first` is what the best of them answers to its post."""
    partners = [pinged(number, post={"treat_unknown_as": rule}) for number in (1, 2)]
    told = {post_url(1): first} if first else {}
    return World([bid(30)], tuple(partners), PINGS | told)


MARKETS: Sequence[tuple[Reply | None, TreatUnknownAs]] = [
    (reply, rule) for reply in (None, REFUSED, HUNG, UNSENT) for rule in TreatUnknownAs
]
BROKEN_AT = range(1, 30)
"""Numbers of port calls: more than one execution makes."""


def executed(world: World, trouble: Trouble) -> bool:
    """Run the stage; False: it crashed, and time passes."""
    try:
        troubled(world.action, trouble)(RUN)
    except Crashed:
        world.clock.at += LATER
        return False
    return True


def broken_off(reply: Reply | None, rule: TreatUnknownAs, *crashes: tuple[int, bool]) -> World:
    """A market whose stage crashed at these calls, one an execution, and then ran to its end."""
    world = market(reply, rule)
    for at, behind in crashes:
        if executed(world, Trouble(at, behind, crash)):
            break
    world.clock.at += LATER
    world.sell()
    return world


def crash_points(calls: range = BROKEN_AT) -> Iterator[tuple[int, bool]]:
    yield from ((at, behind) for at in calls for behind in (False, True))


def is_sold_once(world: World) -> None:
    """The lead has one buyer; if that is a partner, it is the last one that was posted to.

    A partner may also have it that nothing was sent to: its post broke off, and counts as sold.
    """
    [sale] = world.sales.booked
    assert world.lead == sale.lead
    assert len(world.flows.written) == 1
    assert len(set(world.posted)) == len(world.posted), "nobody is posted to twice"
    assignment = world.lead.assignment
    assert assignment
    if assignment.partner_id is None:
        return
    url = post_url(int(assignment.partner_id.removeprefix("partner_")))
    assert url not in world.posted[:-1]
    refused = {post_url(1)} if world.replies.get(post_url(1)) in (REFUSED, UNSENT) else set()
    is_cautious = world.partners[0].post != pinged(1).post
    assert is_cautious or set(world.posted) - refused <= {url}, "nobody else may have it"


class TestCrashes:
    @pytest.mark.parametrize(("reply", "rule"), MARKETS)
    def test_a_lead_is_sold_once_wherever_two_executions_break_off(
        self, reply: Reply | None, rule: TreatUnknownAs
    ) -> None:
        for first in crash_points():
            is_sold_once(broken_off(reply, rule, first))
        for first in crash_points(range(3, 14, 2)):
            for second in crash_points(range(1, 14, 2)):
                is_sold_once(broken_off(reply, rule, first, second))

    @pytest.mark.parametrize("reply", [None, HUNG])
    def test_nobody_else_gets_what_a_partner_may_have_accepted(self, reply: Reply | None) -> None:
        for point in crash_points():
            world = broken_off(reply, TreatUnknownAs.SOLD, point)
            assert len(world.posted) <= 1
            assignment = world.lead.assignment
            assert assignment
            assert assignment.partner_id == partner(1).id

    def test_a_post_that_broke_off_counts_as_its_rule_says(self) -> None:
        takers = {}
        for rule in TreatUnknownAs:
            world = market(None, rule)
            world.on_post(crash)
            with pytest.raises(Crashed):
                world.sell()
            world.on_post(lambda: None)
            world.clock.at += LATER
            world.sell()
            takers[rule] = world.verdicts[partner(1).id]
            is_sold_once(world)
        assert takers == {
            TreatUnknownAs.SOLD: (Verdict.WON, None),
            TreatUnknownAs.NOT_SOLD: (Verdict.NO_ANSWER, Reason.PARTNER_POST_UNKNOWN),
        }

    def test_what_an_earlier_execution_knew_of_partners_stays_on_record(self) -> None:
        shy = pinged(3, ping=None)
        world = World([bid(30)], (pinged(1), pinged(2), shy), dict(PINGS))
        world.replies[post_url(1)] = REFUSED
        world.on_post(lambda: crash() if world.posted else None)
        with pytest.raises(Crashed):
            world.sell()
        world.on_post(lambda: None)
        world.clock.at += LATER
        world.sell()
        assert world.verdicts == {
            partner(2).id: (Verdict.WON, None),
            partner(1).id: (Verdict.DECLINED, Reason.PARTNER_POST_HTTP_ERROR),
            shy.id: (Verdict.BLOCKED, Reason.PARTNER_PING_NOT_CONFIGURED),
        }
        assert len(world.asked) == 2

    def test_a_refusal_is_remembered_when_the_next_wallet_stays_contended(self) -> None:
        world = World([bid(30)], (pinged(1),), {ping_url(1): offers(50), post_url(1): REFUSED})
        world.sales.refusals = [CONTENDED] * AUCTIONS_MAX
        with pytest.raises(TransientFault):
            world.sell()
        assert world.sell() == RunResult(LeadStatus.ASSIGNED, dollars(10))
        assert world.posted == [post_url(1)]
        assert world.verdicts[partner(1).id] == (
            Verdict.DECLINED,
            Reason.PARTNER_POST_HTTP_ERROR,
        )

    def test_offers_of_an_earlier_execution_keep_their_penalties(self) -> None:
        world = market(REFUSED)
        world.on_post(lambda: crash() if world.posted else None)
        with pytest.raises(Crashed):
            world.sell()
        reservation = world.lead.reservation
        assert reservation
        assert [one.penalty_percentage for one in reservation.round.offers] == [0, 0]


class TestBesideOthers:
    @pytest.mark.parametrize(("reply", "rule"), MARKETS)
    def test_a_lead_is_sold_once_whenever_a_second_execution_runs(
        self, reply: Reply | None, rule: TreatUnknownAs
    ) -> None:
        for at, behind in crash_points():
            world = market(reply, rule)
            trouble = Trouble(at, behind, lambda world=world: _second(world))  # type: ignore[misc] # bound at once
            troubled(world.action, trouble)(RUN)
            world.clock.at += LATER
            world.sell()
            is_sold_once(world)

    def test_an_open_post_is_waited_for(self, monkeypatch: pytest.MonkeyPatch) -> None:
        world = market(None)
        world.on_post(crash)
        with pytest.raises(Crashed):
            world.sell()
        looks = _counted(monkeypatch, world)
        with pytest.raises(TransientFault):
            world.sell()
        assert len(looks) == OPEN_LOOKS_MAX
        assert not world.posted

    def test_a_post_that_ends_meanwhile_is_told_as_it_ended(self) -> None:
        world = market(None)
        results: list[object] = []

        def second() -> None:
            world.on_post(lambda: None)
            world.clock.at += LATER
            results.append(world.sell())

        world.on_post(second)
        assert world.sell() == results[0] == RunResult(LeadStatus.POSTED, dollars(50))
        is_sold_once(world)

    def test_an_execution_ends_where_another_one_has_come_further(self) -> None:
        world = market(None)
        world.on_post(crash)
        with pytest.raises(Crashed):
            world.sell()
        ahead = replace(RUN, step=2, stage_id=stage(1).id)
        assert world.sell(ahead) == RunResult(LeadStatus.PROCESSING)
        assert not world.posted

    def test_a_stage_that_another_execution_passed_is_passed_before_anybody_is_posted_to(
        self,
    ) -> None:
        world = market(None)
        earlier = FlowStep(number=RUN.step)
        world.once_pinged(lambda: world.flows.add_step(TENANT_ID, RUN.flow_id, earlier))
        assert world.sell() == NEXT
        assert world.step == earlier
        assert not world.posted

    def test_a_lead_that_was_sold_meanwhile_is_posted_to_nobody(self) -> None:
        world = market(None)
        sold = lead(status=LeadStatus.ASSIGNED, payout_cents=700, version=2)
        world.once_pinged(lambda: world.leads.stored.update({sold.id: sold}))
        assert world.sell() == RunResult(LeadStatus.ASSIGNED, 700)
        assert not world.posted

    def test_a_sale_to_a_partner_is_booked_behind_a_step_that_came_first(self) -> None:
        world = market(None)
        earlier = FlowStep(number=RUN.step)
        world.on_post(lambda: world.flows.add_step(TENANT_ID, RUN.flow_id, earlier))
        assert world.sell() == RunResult(LeadStatus.POSTED, dollars(50))
        assert world.sale.step.number == RUN.step + 1

    def test_a_lead_that_was_settled_during_its_post_is_told_as_it_is(self) -> None:
        world = market(None)
        gone = lead(status=LeadStatus.DISTRIBUTION_ERROR, version=3)
        world.on_post(lambda: world.leads.stored.update({gone.id: gone}))
        assert world.sell() == RunResult(LeadStatus.DISTRIBUTION_ERROR)
        assert not world.sales.booked

    def test_a_stage_that_was_passed_while_a_partner_refused_lets_go_of_the_lead(self) -> None:
        world = World(partners=(pinged(1), pinged(2)), replies={**PINGS, post_url(1): REFUSED})
        earlier = FlowStep(number=RUN.step)
        world.on_post(lambda: world.flows.add_step(TENANT_ID, RUN.flow_id, earlier))
        assert world.sell() == replace(NEXT, step=RUN.step + 2)
        assert world.posted == [post_url(1)]
        assert world.lead.reservation is None
        assert world.lead.tried == (partner(1).id,)

    def test_a_stage_that_was_passed_and_had_posted_nothing_adds_no_step(self) -> None:
        world = World(partners=(pinged(1),), replies=dict(PINGS))
        earlier = FlowStep(number=RUN.step)

        def meanwhile() -> None:
            world.configure(pinged(1, archived=True))
            world.flows.add_step(TENANT_ID, RUN.flow_id, earlier)

        world.once_pinged(meanwhile)
        assert world.sell() == NEXT
        assert world.step == earlier

    def test_a_refusal_that_comes_too_late_to_be_noted_ends_the_execution(self) -> None:
        world = market(REFUSED)
        gone = lead(status=LeadStatus.DISTRIBUTION_ERROR, version=3)
        world.on_post(lambda: world.leads.stored.update({gone.id: gone}))
        assert world.sell() == RunResult(LeadStatus.DISTRIBUTION_ERROR)
        assert world.posted == [post_url(1)]


class TestTime:
    def test_offers_that_there_is_no_time_left_for_are_not_posted(self) -> None:
        world = World(partners=(pinged(1), pinged(2)), replies=dict(PINGS))
        world.replies[post_url(1)] = REFUSED
        world.on_post(lambda: _pass(world, POSTING_MAX))
        assert world.sell() == NEXT
        assert world.posted == [post_url(1)]
        late = world.decision(partner(2).id)
        assert (late.reason, late.verdict) == (
            Reason.PARTNER_POST_CONNECTION_FAILED,
            Verdict.NO_ANSWER,
        )
        assert late.detail == {"cause": "stage_out_of_time"}

    def test_a_bid_needs_no_post_and_gets_the_lead_all_the_same(self) -> None:
        world = market(REFUSED)
        world.on_post(lambda: _pass(world, POSTING_MAX))
        assert world.sell() == RunResult(LeadStatus.ASSIGNED, dollars(10))
        assert world.posted == [post_url(1)]

    def test_time_that_an_open_post_was_waited_for_counts(self) -> None:
        world = market(None, TreatUnknownAs.NOT_SOLD)
        world.on_post(crash)
        with pytest.raises(Crashed):
            world.sell()
        action = world.action
        resumed = action.posts.resumed

        def slow(entered: object) -> object:
            _pass(world, POSTING_MAX)
            return resumed(entered)  # type: ignore[arg-type] # passed through

        object.__setattr__(action.posts, "resumed", slow)
        world.on_post(lambda: None)
        action(RUN)
        assert not world.posted


class TestCorruption:
    def test_a_run_that_names_a_stage_of_another_method_is_a_corrupt_state(self) -> None:
        world = World()
        by_plan = plan(round_robin())
        world.configuration.newest = replace(world.configured, plan=by_plan)
        with pytest.raises(CorruptState):
            world.sell()

    def test_a_post_without_a_reservation_is_a_corrupt_state(self) -> None:
        world = market(HUNG, TreatUnknownAs.NOT_SOLD)
        world.on_post(crash)
        with pytest.raises(Crashed):
            world.sell()
        reservation = world.lead.reservation
        assert reservation
        assert reservation.offer
        with pytest.raises(CorruptState):
            settled(lead(), reservation, reservation.offer)

    def test_partners_that_refuse_more_often_than_they_offered_are_a_corrupt_state(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        world = market(REFUSED)
        deliver = type(world.posts).deliver

        def forgetful(*args: object, **options: object) -> NotDelivered | MovedOn:
            delivery = deliver(*args, **options)  # type: ignore[arg-type] # passed through
            assert isinstance(delivery, NotDelivered)
            stranger = delivery.offer.model_copy(update={"partner_id": partner(9).id})
            return replace(delivery, lead=_refused_by(delivery.lead, stranger))

        monkeypatch.setattr(type(world.posts), "deliver", forgetful)
        with pytest.raises(CorruptState):
            world.sell()


def _refused_by(of: Lead, offer: PartnerOffer) -> Lead:
    assert of.reservation
    refusals = tuple(one.model_copy(update={"offer": offer}) for one in of.reservation.refusals)
    reservation = of.reservation.model_copy(update={"refusals": refusals})
    return of.model_copy(update={"reservation": reservation})


def _pass(world: World, time: timedelta) -> None:
    world.clock.at += time


def _second(world: World) -> None:
    """Another execution of the same stage; one that meets an open post ends."""
    try:
        world.sell()
    except TransientFault:
        return


def _counted(monkeypatch: pytest.MonkeyPatch, world: World) -> list[TenantId]:
    looks: list[TenantId] = []
    get = world.leads.get

    def counted(tenant_id: TenantId, lead_id: object) -> Lead | None:
        looks.append(tenant_id)
        return get(tenant_id, lead_id)  # type: ignore[arg-type] # passed through

    monkeypatch.setattr(world.leads, "get", counted)
    return looks
