"""The first act: varied leads, sold to bids."""

from collections.abc import Sequence
from dataclasses import dataclass

from tools.demo.books import read_bids, read_books, read_wallets
from tools.demo.checks import (
    bid_problems,
    expected_balances,
    ledger_problems,
    limit_problems,
    outcome_problems,
)
from tools.demo.client import Management
from tools.demo.configure import Market, Step, configure
from tools.demo.display import Display, show_decisions, show_wallets
from tools.demo.explain import explain
from tools.demo.leads import EXPLAINED, POSTS
from tools.demo.market import OFFERS, POSITIONS_BEFORE, STATUSES_AFTER, STATUSES_BEFORE
from tools.demo.posting import Outcome, post
from tools.demo.wire import Bid, Wallet


@dataclass(frozen=True)
class FirstAct:
    """What came of it."""

    market: Market
    outcomes: Sequence[Outcome]
    problems: Sequence[str]

    @property
    def explained(self) -> Outcome:
        """The lead whose record was shown."""
        return self.outcomes[EXPLAINED]

    @property
    def charges(self) -> int:
        """How many leads were charged."""
        return len(self._charged)

    @property
    def charged_cents(self) -> int:
        """What they cost in all."""
        return sum(self._charged)

    @property
    def _charged(self) -> Sequence[int]:
        sold = [one.lead.assignment for one in self.outcomes if one.lead and one.lead.assignment]
        return [one.charged_cents for one in sold]


def first_act(api: Management, api_url: str, display: Display, step: Step) -> FirstAct:
    """Set up a new tenant, post the leads, show and check what became of them."""
    market = configure(api, api_url, step)
    outcomes, problems = _Bidding(api, market, display).run()
    return FirstAct(market, outcomes, problems)


@dataclass(frozen=True)
class _Bidding:
    """A configured tenant, and where to show what happens to it."""

    api: Management
    market: Market
    display: Display

    def run(self) -> tuple[list[Outcome], list[str]]:
        """Post the leads; the outcomes and what is wrong, in the order found."""
        before = read_wallets(self.api, self.market.customers)
        bids = read_bids(self.api, self.market)
        problems = list(bid_problems(bids, STATUSES_BEFORE, POSITIONS_BEFORE))
        outcomes = []
        with self.display.live(len(POSTS)) as table:
            for number, planned in enumerate(POSTS, start=1):
                outcome = post(self.api, self.market, number, planned)
                found = list(outcome_problems(outcome, self.market))
                table.add(explain(outcome, self.market), as_expected=not found)
                problems += found
                outcomes.append(outcome)
        return outcomes, problems + self._settled(before, outcomes)

    def _settled(self, before: dict[str, Wallet], outcomes: list[Outcome]) -> list[str]:
        customers = self.market.customers
        books, bids = read_books(self.api, customers), read_bids(self.api, self.market)
        show_wallets(self.display, before, books, _by_owner(bids))
        explained = outcomes[EXPLAINED]
        if explained.flow is not None:
            show_decisions(self.display, explained, explained.flow, self.market)
        leads = [one.lead for one in outcomes if one.lead]
        return [
            *ledger_problems(books, customers, leads, expected_balances(outcomes)),
            *limit_problems(self.market, outcomes),
            *bid_problems(bids, STATUSES_AFTER, {}),
        ]


def _by_owner(bids: dict[str, Bid]) -> dict[str, list[Bid]]:
    owned: dict[str, list[Bid]] = {offer.buyer: [] for offer in OFFERS.values()}
    for name, bid in bids.items():
        owned[OFFERS[name].buyer].append(bid)
    return owned
