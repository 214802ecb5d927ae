"""Finding the return tiers of all customers again, step by step."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from leadflow.application import move_customers_to_tiers
from leadflow.application.caller_scope import tenant_scope
from leadflow.application.customer_ports import Author
from leadflow.application.job_orders import JobOrders
from leadflow.application.move_customers_to_tiers import MoveCustomersToTiers
from leadflow.application.recalculate_return_tiers import (
    UPDATE_RETURN_TIERS,
    RecalculateReturnTiers,
    RecalculationOrder,
)
from leadflow.application.recalculation_steps import RecalculationState, RecalculationStep
from leadflow.domain.customers import Customer
from leadflow.domain.errors import CorruptState, Forbidden, NotFound, ValidationFailed
from leadflow.domain.identifiers import CustomerId, JobId, TenantId
from leadflow.domain.jobs import Job, JobKind, JobProgress, JobStatus
from leadflow.domain.principals import Role
from tests.builders import TENANT_ID, configuration, numbered
from tests.fakes.configuration import FixedConfiguration
from tests.fakes.customer_store import MemoryCustomerStore
from tests.fakes.ids import CountingIds
from tests.fakes.jobs import MemoryJobs, ScriptedRuns
from tests.trade import principal
from tests.unit.application.export_world import TickingClock
from tests.unit.domain.bidding_examples import customer
from tests.unit.domain.tier_examples import tier, with_tiers

LOW, HIGH = tier(1, "0", "50"), tier(2, "50", "100")
GONE = numbered("tier", 9)
STEPS_MAX = 20


@dataclass
class BusyStore(MemoryCustomerStore):
    """A store in which something else happens before a customer is changed."""

    meanwhile: Callable[[Customer], Customer] = lambda one: one

    def change(
        self,
        tenant_id: TenantId,
        customer_id: CustomerId,
        change: Callable[[Customer], Customer],
        author: Author,
    ) -> Customer:
        self.stored[tenant_id, customer_id] = self.meanwhile(self.stored[tenant_id, customer_id])
        return super().change(tenant_id, customer_id, change, author)


@dataclass
class World:
    """A tenant whose customers were in a tier that is gone."""

    count: int = 5
    clock: TickingClock = field(default_factory=TickingClock)

    def __post_init__(self) -> None:
        self.settled = FixedConfiguration(with_tiers(configuration(), LOW, HIGH))
        self.jobs, self.runs, self.ids = MemoryJobs(), ScriptedRuns(), CountingIds()
        stored = {one.id: one for one in map(_gone, range(self.count))}
        self.customers = BusyStore({(TENANT_ID, key): one for key, one in stored.items()})

    def order(self, *, confirm: bool = True, role: Role = Role.ADMIN) -> Job:
        orders = JobOrders(jobs=self.jobs, runs=self.runs, clock=self.clock)
        action = RecalculateReturnTiers(orders=orders, clock=self.clock, ids=self.ids)
        scope = tenant_scope(principal(role), UPDATE_RETURN_TIERS)
        return action(scope, RecalculationOrder(confirm=confirm))

    @property
    def move(self) -> MoveCustomersToTiers:
        return MoveCustomersToTiers(
            configuration=self.settled,
            customers=self.customers,
            jobs=self.jobs,
            clock=self.clock,
        )

    def run(self, job: Job) -> RecalculationStep:
        """What the workflow does."""
        step = RecalculationStep(TENANT_ID, job.id)
        for _ in range(STEPS_MAX):
            step = self.move(step)
            if step.state is RecalculationState.ENDED:
                return step
        raise AssertionError("the job never ends")

    def stored(self, job: Job) -> Job:
        return self.jobs.kept[TENANT_ID, job.id]

    @property
    def tiers(self) -> set[str | None]:
        return {one.return_tier_id for one in self.customers.stored.values()}


def _gone(number: int) -> Customer:
    return customer(number, return_tier_id=GONE)


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two customers to a page and two pages to a step."""
    monkeypatch.setattr(move_customers_to_tiers, "PAGE_CUSTOMERS", 2)
    monkeypatch.setattr(move_customers_to_tiers, "PAGES_PER_STEP", 2)


def test_it_is_begun_once_confirmed() -> None:
    world = World()
    job = world.order()
    assert (job.kind, job.status) == (JobKind.RETURN_TIER_RECALCULATION, JobStatus.QUEUED)
    assert (job.owner, world.runs.started) == ("user_1", [job.id])


def test_without_a_confirmation_nothing_begins() -> None:
    world = World()
    with pytest.raises(ValidationFailed) as refused:
        world.order(confirm=False)
    assert set(refused.value.errors) == {"confirm"}
    assert not world.jobs.kept


def test_it_takes_the_permission() -> None:
    with pytest.raises(Forbidden):
        World().order(role=Role.CUSTOMER_SUPPORT)


@pytest.mark.usefixtures("small_steps")
@pytest.mark.parametrize("count", [0, 1, 4, 5, 9])
def test_all_customers_are_moved_and_counted(count: int) -> None:
    world = World(count)
    job = world.order()
    step = world.run(job)
    assert world.tiers == ({LOW.id} if count else set())
    assert step.steps == count // 4 + 1
    done = world.stored(job)
    assert (done.status, done.progress) == (
        JobStatus.SUCCEEDED,
        JobProgress(total=count, done=count),
    )
    assert done.outcome
    assert done.outcome.result == {"customers": count, "moved": count}


def test_who_is_in_the_right_tier_is_left_alone() -> None:
    world = World(2)
    world.run(world.order())
    world.customers.audit.clear()
    again = world.run(world.order())
    assert (again.customers, again.moved, world.customers.audit) == (2, 0, [])


def test_the_totals_of_the_moment_decide() -> None:
    world = World(1)
    totals = {"lifetime_charged_cents": 900_000, "lifetime_refunded_cents": 800_000}
    world.customers.meanwhile = lambda one: one.model_copy(update=totals)
    assert world.run(world.order()).moved == 1
    assert world.tiers == {HIGH.id}


def test_who_was_moved_by_a_charge_meanwhile_is_not_counted_twice() -> None:
    world = World(1)
    world.customers.meanwhile = lambda one: one.model_copy(update={"return_tier_id": LOW.id})
    world.run(world.order())
    assert world.customers.audit == []


@pytest.mark.usefixtures("small_steps")
def test_a_repeated_step_counts_its_customers_once() -> None:
    world = World(9)
    job = world.order()
    first = RecalculationStep(TENANT_ID, job.id)
    world.move(first)
    again = world.move(first)
    assert (again.customers, again.moved) == (4, 0)
    assert world.stored(job).progress.done == 4


def test_tiers_of_the_moment_count_for_each_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(move_customers_to_tiers, "PAGE_CUSTOMERS", 1)
    world = World(2)

    def replaced_by_another(one: Customer) -> Customer:
        world.settled.newest = with_tiers(configuration(), tier(7))
        return one

    world.customers.meanwhile = replaced_by_another
    world.run(world.order())
    assert world.tiers == {LOW.id, tier(7).id}


def test_a_step_takes_no_longer_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(move_customers_to_tiers, "PAGE_CUSTOMERS", 1)
    world = World(3, TickingClock(timedelta(seconds=20)))
    step = world.move(RecalculationStep(TENANT_ID, world.order().id))
    assert (step.customers, step.state) == (1, RecalculationState.MOVING)


def test_a_cancelled_job_moves_nobody() -> None:
    world = World()
    job = world.order()
    world.jobs.cancel(TENANT_ID, job.id, world.clock.now())
    assert world.run(job).customers == 0
    assert world.tiers == {GONE}


def test_a_job_that_never_was_is_a_mistake() -> None:
    with pytest.raises(NotFound):
        World().move(RecalculationStep(TENANT_ID, JobId(numbered("job", 3))))


def test_a_job_has_so_many_steps_at_most() -> None:
    world = World()
    step = RecalculationStep(TENANT_ID, world.order().id)
    with pytest.raises(CorruptState):
        world.move(replace(step, steps=move_customers_to_tiers.STEPS_MAX))
    assert world.tiers == {GONE}
