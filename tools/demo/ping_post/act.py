"""The second act: set up, play, show, check."""

from collections.abc import Sequence
from dataclasses import dataclass

from tools.demo.books import read_books, read_wallets
from tools.demo.checks import ledger_problems
from tools.demo.client import Management
from tools.demo.configure import Step
from tools.demo.display import Display
from tools.demo.ping_post.checks import (
    expected_balances,
    owed_by_partners,
    partner_problems,
    problems_of,
)
from tools.demo.ping_post.configure import Shop, Stubs, configure
from tools.demo.ping_post.explain import explain
from tools.demo.ping_post.play import Played, Player
from tools.demo.ping_post.script import EXPLAINED, STEPS
from tools.demo.ping_post.show import (
    Closed,
    show_buyers,
    show_decisions,
    show_enriched,
    show_timeline,
)
from tools.demo.wire import Lead
from tools.stub_partner import stub_partner
from tools.stub_real_estate import stub_real_estate


@dataclass(frozen=True)
class SecondAct:
    """What came of it; amounts in cents."""

    problems: Sequence[str]
    charges: int
    charged_cents: int
    posted: int
    owed_cents: int


def second_act(api: Management, api_url: str, display: Display, step: Step) -> SecondAct:
    """Play it for a new tenant, with stub partners within this process."""
    with stub_partner() as partners, stub_real_estate() as real_estate:
        shop = configure(api, api_url, Stubs(partners, real_estate), step)
        before = read_wallets(api, shop.customers)
        played, problems = _play(Player(api, shop), display)
        customers = read_books(api, shop.customers)
        closed = Closed(customers, list(api.list("/leads", Lead)), partners.calls)
    show_buyers(display, before, closed, shop)
    _explain(display, played, shop)
    return _summed_up(closed, shop, [*problems, *_book_problems(closed, played, shop)])


def _play(player: Player, display: Display) -> tuple[list[Played], list[str]]:
    played, problems = [], []
    with display.live(len(STEPS), "calls") as table:
        for number, step in enumerate(STEPS, start=1):
            one = player.play(number, step)
            found = list(problems_of(one, player.shop))
            table.add(explain(one, player.shop), as_expected=not found)
            played.append(one)
            problems += found
    return played, problems


def _explain(display: Display, played: Sequence[Played], shop: Shop) -> None:
    for one in played:
        if one.lead is not None and one.lead.enriched_data:
            show_enriched(display, one, one.lead)
    explained = played[EXPLAINED]
    if explained.flow is not None:
        show_decisions(display, explained, explained.flow, shop)
        show_timeline(display, explained, explained.flow)


def _book_problems(closed: Closed, played: Sequence[Played], shop: Shop) -> list[str]:
    leads = [one.lead for one in played if one.lead]
    balances = expected_balances(played)
    return [
        *ledger_problems(closed.customers, shop.customers, leads, balances),
        *partner_problems(closed.leads, closed.calls, played, shop),
    ]


def _summed_up(closed: Closed, shop: Shop, problems: Sequence[str]) -> SecondAct:
    sold = [one.assignment for one in closed.leads if one.assignment]
    charges = [one.charged_cents for one in sold if one.customer_id]
    owed = owed_by_partners(closed.leads, shop).values()
    return SecondAct(
        problems,
        len(charges),
        sum(charges),
        sum(number for number, _ in owed),
        sum(cents for _, cents in owed),
    )
