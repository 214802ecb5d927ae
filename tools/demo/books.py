"""Read the tenant's books: wallets, rows, leads and bids."""

from collections.abc import Mapping

from tools.demo.checks import Books
from tools.demo.client import Management
from tools.demo.configure import Market
from tools.demo.wire import Bid, Lead, Transaction, Wallet


def read_wallets(api: Management, customers: Mapping[str, str]) -> dict[str, Wallet]:
    """Every customer's wallet, by the customer's name; `customers` has the ids."""
    return {
        name: api.read(f"/customers/{customer}/wallet", Wallet)
        for name, customer in customers.items()
    }


def read_bids(api: Management, market: Market) -> dict[str, Bid]:
    """Every bid by its name in the scenario."""
    return {name: api.read(f"/bids/{bid}", Bid) for name, bid in market.bids.items()}


def read_books(api: Management, customers: Mapping[str, str]) -> Books:
    """Everything that has to agree."""
    return Books(
        wallets=read_wallets(api, customers),
        transactions={
            name: list(api.list(f"/customers/{customer}/transactions", Transaction))
            for name, customer in customers.items()
        },
        leads={
            name: list(api.list("/leads", Lead, customer_id=one)) for name, one in customers.items()
        },
    )
