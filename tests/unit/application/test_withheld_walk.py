"""Withheld leads leave in the order received, within the limit, whatever breaks (contract C10).

Tokens of a tenant are redeemed one after the other; meanwhile leads come, are edited and deleted,
limits change, and any port call may fail, lose its answer, be repeated or be overtaken.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from leadflow.application.release_withheld_leads import ReleaseWithheldLeads
from leadflow.domain.errors import Refusal, TransientFault
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.subscriptions import Measure
from tests.builders import TENANT_ID
from tests.fakes.unreliable import Fate, Killed, Trouble, Wire, wired
from tests.unit.application.walk_figures import Figures, walks
from tests.unit.application.withheld_world import CHAIN, IN_TIME, TOKEN, Waiting, waiting
from tests.unit.domain.bidding_examples import NOW

CALLS_MAX = 8
LEADS_MAX = 40
FIGURES = Figures("Walk over withheld leads", ["C6", "C10"])
TOKENS = [TOKEN, CHAIN, replace(TOKEN, receives=900)]


@dataclass
class TroubledWaiting(Waiting):
    """Leads that wait, behind a wire."""

    wire: Wire = field(default_factory=Wire)
    came: int = 1

    @property
    def redeem(self) -> ReleaseWithheldLeads:
        return wired(super().redeem, self.wire)

    def come(self) -> None:
        """One more lead, younger than all others."""
        self.came += 1
        one = waiting(self.came)
        self.leads.stored[one.id] = one

    def delete_some(self, place: int) -> None:
        if left := self.with_status(LeadStatus.WITHHELD):
            del self.leads.stored[left[place % len(left)].id]

    def edit_some(self, place: int) -> None:
        if left := self.with_status(LeadStatus.WITHHELD):
            one = left[place % len(left)]
            self.leads.stored[one.id] = one.changed(NOW)

    def with_status(self, status: LeadStatus) -> list[Lead]:
        """In the order received."""
        found = [one for one in self.leads.stored.values() if one.status is status]
        return sorted(found, key=lambda one: one.received_at)


Act = Callable[[TroubledWaiting], object]
places = some.integers(0, LEADS_MAX)
redemptions = some.builds(
    lambda token: lambda world: world.redeem(token, IN_TIME), some.sampled_from(TOKENS)
)
others = some.one_of(
    some.just(TroubledWaiting.come),
    some.builds(lambda place: lambda world: world.delete_some(place), places),
    some.builds(lambda place: lambda world: world.edit_some(place), places),
    some.builds(lambda leads: lambda world: world.raise_to(leads), some.integers(0, 20)),
)
troubles = some.none() | some.tuples(some.integers(1, CALLS_MAX), some.sampled_from(Fate), others)


class Walk(RuleBasedStateMachine):
    """Leads come and wait, tokens let them out."""

    def __init__(self) -> None:
        super().__init__()
        self.world = TroubledWaiting.of(waiting(1), room=2)

    @rule(act=others)
    def something_happens(self, act: Act) -> None:
        act(self.world)

    @rule(token=redemptions, trouble=troubles)
    def a_token_is_redeemed(self, token: Act, trouble: tuple[int, Fate, Act] | None) -> None:
        FIGURES.operations += 1
        if trouble is not None:
            at, fate, other = trouble
            self.world.wire.plan(Trouble(at, fate, lambda: other(self.world)))
        with suppress(Refusal, TransientFault, Killed):
            token(self.world)
        self.world.wire.plan(None)

    @invariant()
    def whoever_is_out_came_before_whoever_waits(self) -> None:
        out = self.world.with_status(LeadStatus.PROCESSING)
        left = self.world.with_status(LeadStatus.WITHHELD)
        assert not (out and left) or out[-1].received_at < left[0].received_at

    @invariant()
    def each_place_is_taken_by_one_lead(self) -> None:
        standing = self.world.leads.usage.standing(TENANT_ID)
        out = self.world.with_status(LeadStatus.PROCESSING)
        assert standing.used.leads == len(out) <= standing.limits.of(Measure.LEADS)
        assert all(len(one.flow_ids) == 2 for one in out), "let out once"

    def teardown(self) -> None:
        """With room enough everybody comes out."""
        FIGURES.faults += self.world.wire.faults
        self.world.raise_to(1_000)
        for _ in range(self.world.came):
            self.world.redeem(TOKEN, IN_TIME)
        assert not self.world.with_status(LeadStatus.WITHHELD)
        self.each_place_is_taken_by_one_lead()


TestWalk = Walk.TestCase
TestWalk.settings = walks(quick=20, thorough=120, steps=40)


@pytest.fixture(scope="module", autouse=True)
def _noted(request: pytest.FixtureRequest) -> Iterator[None]:
    yield from FIGURES.noted(request)
