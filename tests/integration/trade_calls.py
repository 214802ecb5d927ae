"""Requests about customers, wallets and bids."""

from typing import Any

from leadflow.domain.principals import Principal, Role
from tests.integration.http import Answer, Client
from tests.trade import principal
from tests.unit.domain.bidding_examples import bid, customer

OWNER = customer(1, spendable=1_000)
STORED = bid(100, 1)
ADMIN = principal(Role.ADMIN)
Json = dict[str, Any]


def call(
    method: str,
    path: str,
    body: object = None,
    *,
    by: Principal = ADMIN,
    headers: dict[str, str] | None = None,
    query: dict[str, str] | None = None,
) -> Answer:
    """One request to the function behind the path."""
    is_money = path.endswith(("/deposits", "/withdrawals", "/wallet", "/transactions"))
    name = "wallets" if is_money else path.split("/")[1]
    client = Client(f"manage_{name}", by)
    return client.call(method, path, body, headers=headers, query=query)
