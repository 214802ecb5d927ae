"""Plan usage on real tables: the contract of the port, and races for the last places."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from leadflow.adapters.dynamodb.configuration import DynamoConfiguration
from leadflow.adapters.dynamodb.flow_items import UsageTotalItem
from leadflow.application.admissions import Admission
from leadflow.application.customer_ports import Author
from leadflow.application.ports import THRESHOLD_REACHED, Claim, Intake, Refused, Window
from leadflow.domain.flows import FlowStep
from leadflow.domain.leads import LeadStatus
from leadflow.domain.plan_usage import share_number
from leadflow.domain.subscriptions import Amounts, Limits, Measure
from tests.builders import TENANT_ID, flow, lead, submission
from tests.integration.plan_usage_shops import Shop, in_memory, in_tables, reopened, settled
from tests.unit.domain.bidding_examples import NOW

NEXT_MONTH = NOW + timedelta(days=31)
LAST_MOMENT = NOW.replace(day=31, hour=23, minute=59, second=59)
POSTS = 32


@pytest.fixture(params=[in_memory, in_tables])
def shop(request: pytest.FixtureRequest, tables: dict[str, str]) -> Shop:
    made: Callable[[], Shop] = request.param
    return made()


@pytest.fixture
def stored(tables: dict[str, str]) -> Shop:
    return in_tables()


class TestPlanUsage:
    """The contract of the port."""

    def test_a_tenant_begins_without_limits_and_is_counted(self, shop: Shop) -> None:
        shop.post(1)
        shop.sell(1, 4_500)
        standing = shop.usage.standing(TENANT_ID)
        assert (standing.limits, standing.used) == (Limits(), Amounts(leads=1, sales_cents=4_500))
        assert standing.cycle.start <= NOW < standing.cycle.end
        assert not shop.usage.is_reached(TENANT_ID)

    def test_the_last_place_is_given_and_the_next_lead_is_not_stored(self, shop: Shop) -> None:
        shop.usage.change_limits(TENANT_ID, Limits(leads=2))
        assert [shop.post(n) for n in range(3)] == [set(), set(), {THRESHOLD_REACHED}]
        assert shop.leads.get(TENANT_ID, lead(2).id) is None
        assert shop.used.leads == 2
        assert shop.usage.is_reached(TENANT_ID)

    def test_a_sale_beyond_the_limit_is_booked_and_closes_the_gate(self, shop: Shop) -> None:
        shop.usage.change_limits(TENANT_ID, Limits(sales_cents=1_000))
        shop.post(1)
        shop.post(2)
        assert not shop.sell(1, 900)
        assert not shop.usage.is_reached(TENANT_ID)
        assert not shop.sell(2, 700)
        assert shop.used.sales_cents == 1_600
        assert shop.post(3) == {THRESHOLD_REACHED}

    def test_a_sale_that_is_refused_counts_nothing(self, shop: Shop) -> None:
        shop.post(1)
        shop.sell(1, 100)
        shop.post(2)
        assert shop.sell(2, 100, version=7) == {Refused.LEAD}
        assert shop.used.sales_cents == 100

    def test_a_free_sale_and_one_of_a_test_lead_count_nothing(self, shop: Shop) -> None:
        shop.post(1)
        assert not shop.sell(1, 0)
        shop.post(2)
        assert not shop.sell(2, 100, is_test=True)
        assert shop.used.sales_cents == 0

    def test_a_lead_that_is_distributed_again_is_counted_or_checked(self, shop: Shop) -> None:
        shop.usage.change_limits(TENANT_ID, Limits(leads=1))
        shop.keep(1)
        waiting = lead(1, status=LeadStatus.UNASSIGNED)
        accepted = submission(1).accepted(waiting.id)
        shop.leads.accept(TENANT_ID, Intake(waiting, accepted, flow(1), FlowStep(number=0)))
        assert shop.used.leads == 0
        assert not reopened(shop, waiting, Admission.CHECK, 11)
        assert shop.used.leads == 0
        again = settled(shop, waiting, 11)
        assert not reopened(shop, again, Admission.COUNT, 12)
        assert shop.used.leads == 1
        once_more = settled(shop, again, 12)
        for admission in (Admission.CHECK, Admission.COUNT):
            assert reopened(shop, once_more, admission, 13) == {Refused.THRESHOLD}
        assert shop.leads.get(TENANT_ID, waiting.id) == once_more
        assert reopened(shop, waiting, Admission.COUNT, 14) == {Refused.LEAD}

    def test_limits_change_as_plans_do(self, shop: Shop) -> None:
        first = shop.usage.change_limits(TENANT_ID, Limits(leads=5))
        assert first.limits == Limits(leads=5)
        shop.usage.change_limits(TENANT_ID, Limits(leads=5))
        cut = shop.usage.change_limits(TENANT_ID, Limits(leads=3))
        assert (cut.limits, cut.next_limits) == (Limits(leads=5), Limits(leads=3))
        shop.clock.at = NEXT_MONTH
        after = shop.usage.standing(TENANT_ID)
        assert (after.limits, after.next_limits) == (Limits(leads=3), None)

    def test_first_limits_count_what_came_before(self, shop: Shop) -> None:
        for number in range(4):
            shop.post(number)
        assert shop.usage.change_limits(TENANT_ID, Limits(leads=5)).used.leads == 4
        assert [shop.post(n) for n in (4, 5)] == [set(), {THRESHOLD_REACHED}]

    def test_a_new_month_begins_with_nothing_used(self, shop: Shop) -> None:
        shop.usage.change_limits(TENANT_ID, Limits(leads=1))
        shop.clock.at = LAST_MOMENT
        assert [shop.post(n) for n in (1, 2)] == [set(), {THRESHOLD_REACHED}]
        shop.clock.at = NEXT_MONTH
        assert not shop.usage.is_reached(TENANT_ID)
        assert [shop.post(n) for n in (3, 4)] == [set(), {THRESHOLD_REACHED}]
        assert shop.used.leads == 1

    def test_an_upgrade_makes_room_where_a_plan_has_more(self, shop: Shop) -> None:
        shop.usage.change_limits(TENANT_ID, Limits(leads=0))
        assert shop.usage.upgrade(TENANT_ID)
        assert shop.usage.standing(TENANT_ID).limits == Limits(leads=5_000)
        assert shop.usage.upgrade(TENANT_ID)
        assert shop.usage.standing(TENANT_ID).limits == Limits(leads=5_000)
        assert not shop.post(1)

    def test_beyond_the_last_plan_there_is_no_upgrade(self, shop: Shop) -> None:
        shop.usage.change_limits(TENANT_ID, Limits(sales_cents=200_000_000))
        shop.post(1)
        shop.sell(1, 200_000_000)
        assert not shop.usage.upgrade(TENANT_ID)

    def test_a_warning_level_is_announced_once_in_a_cycle(self, shop: Shop) -> None:
        shop.usage.change_limits(TENANT_ID, Limits(leads=4))
        for number in range(3):
            shop.post(number)
        standing = shop.usage.standing(TENANT_ID)
        assert standing.due == ((Measure.LEADS, 75),)

        def announced(level: int) -> bool:
            return shop.usage.announced(TENANT_ID, standing.cycle, Measure.LEADS, level)

        assert [announced(75), announced(75), announced(90), announced(75)] == [True, False] * 2
        assert not shop.usage.standing(TENANT_ID).due
        shop.clock.at = NEXT_MONTH
        assert not announced(100)


def at_once(shop: Shop, numbers: Sequence[int]) -> list[frozenset[str]]:
    with ThreadPoolExecutor(8) as threads:
        return list(threads.map(shop.post, numbers))


class TestRaces:
    """Many at the same moment: C10."""

    def test_of_32_leads_for_5_places_exactly_5_are_let_in(self, stored: Shop) -> None:
        stored.usage.change_limits(TENANT_ID, Limits(leads=5))
        answers = at_once(stored, range(POSTS))
        assert answers.count(frozenset()) == stored.used.leads == 5
        assert answers.count(frozenset({THRESHOLD_REACHED})) == POSTS - 5

    def test_places_that_lie_in_other_shares_are_found(self, stored: Shop) -> None:
        stored.usage.change_limits(TENANT_ID, Limits(leads=12))
        answers = at_once(stored, range(16))
        assert answers.count(frozenset()) == stored.used.leads == 12

    def test_first_limits_that_come_meanwhile_are_not_passed(self, stored: Shop) -> None:
        for number in range(8):
            stored.post(number)
        with ThreadPoolExecutor(8) as threads:
            limiting = threads.submit(stored.usage.change_limits, TENANT_ID, Limits(leads=12))
            answers = list(threads.map(stored.post, range(8, 20)))
            before = limiting.result().used.leads
        assert stored.used.leads == max(before, 12)
        assert answers.count(frozenset()) == stored.used.leads - 8

    def test_sales_at_once_are_all_counted_to_the_cent(self, stored: Shop) -> None:
        stored.usage.change_limits(TENANT_ID, Limits(sales_cents=3_000))
        for number in range(8):
            assert not stored.post(number)
        with ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(lambda number: stored.sell(number, 700), range(8)))
        assert answers == [frozenset()] * 8
        assert stored.used.sales_cents == 5_600
        assert stored.post(9) == {THRESHOLD_REACHED}

    def test_a_month_turns_once_for_all(self, stored: Shop) -> None:
        stored.usage.change_limits(TENANT_ID, Limits(leads=3))
        assert at_once(stored, range(6)).count(frozenset()) == 3
        stored.clock.at = NEXT_MONTH
        assert at_once(stored, range(10, 18)).count(frozenset()) == stored.used.leads == 3

    def test_of_two_announcements_one_is_made(self, stored: Shop) -> None:
        stored.usage.change_limits(TENANT_ID, Limits(leads=0))
        cycle = stored.usage.standing(TENANT_ID).cycle
        with ThreadPoolExecutor(8) as threads:
            made = [
                threads.submit(stored.usage.announced, TENANT_ID, cycle, Measure.LEADS, 100)
                for _ in range(8)
            ]
        assert [one.result() for one in made].count(True) == 1


@pytest.mark.usefixtures("tables")
class TestInTables:
    """What becomes of the items."""

    def test_a_taken_claim_is_told_before_a_lack_of_room(self) -> None:
        shop = in_tables()
        claim = Claim("check_1", "digest", NOW - timedelta(days=1))
        assert not shop.post(1, [claim])
        shop.usage.change_limits(TENANT_ID, Limits(leads=1))
        assert shop.post(2, [claim]) == {"check_1"}
        assert shop.post(3) == {THRESHOLD_REACHED}

    def test_the_audit_log_tells_who_wanted_other_limits(self) -> None:
        shop = in_tables()
        author = Author("user_1", NOW)
        shop.usage.change_limits(TENANT_ID, Limits(leads=5), author)
        shop.usage.change_limits(TENANT_ID, Limits(leads=5), author)
        [line] = DynamoConfiguration().audit_log(TENANT_ID, Window(10)).items
        assert (line.actor, line.resource, line.at) == ("user_1", "subscription", NOW)
        assert line.after == {"limits": {"leads": 5}}

    def test_the_total_stays_alone_while_shares_have_something_left(self) -> None:
        shop = in_tables()
        numbers = [share_number(lead(n).id) for n in range(20)]
        for number in range(20):
            shop.post(number)
        versions = [item.version for item in UsageTotalItem.scan(UsageTotalItem.sk == "TOTAL")]
        assert versions == [len(set(numbers))]
