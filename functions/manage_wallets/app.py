"""Deposits, withdrawals, the wallet and its transactions."""

from aws_lambda_powertools.event_handler import Response

from leadflow.application.caller_scope import CallerScope, caller_scope, tenant_scope
from leadflow.application.manage_wallets import Deposit, Withdrawal
from leadflow.domain.ledger import Entry
from leadflow.runtime import actions
from leadflow.runtime.http import Api, reply
from leadflow.runtime.list_requests import list_window
from leadflow.runtime.observability import logger
from leadflow.runtime.pagination import list_reply
from leadflow.runtime.representations.customers import wallet_body
from leadflow.runtime.representations.transactions import transaction_body

api = Api()


@api.post("/customers/<customer_id>/deposits")
def add_funds(customer_id: str) -> Response[str]:
    """Put money into a wallet."""
    scope = tenant_scope(api.principal, "customers.add-funds")
    wallets = actions.manage_wallets()
    entry = wallets.deposit(scope, customer_id, api.body_as(Deposit), api.repeat)
    return booked(scope, entry)


@api.post("/customers/<customer_id>/withdrawals")
def remove_funds(customer_id: str) -> Response[str]:
    """Take money out of a wallet."""
    scope = tenant_scope(api.principal, "customers.remove-funds")
    wallets = actions.manage_wallets()
    entry = wallets.withdraw(scope, customer_id, api.body_as(Withdrawal), api.repeat)
    return booked(scope, entry)


@api.get("/customers/<customer_id>/wallet")
def get_wallet(customer_id: str) -> Response[str]:
    """What a customer has and may spend."""
    scope = caller_scope(api.principal, "customers.view")
    return reply(200, wallet_body(actions.manage_wallets().wallet(scope, customer_id)))


@api.get("/customers/<customer_id>/transactions")
def get_transactions(customer_id: str) -> Response[str]:
    """A page of a wallet's history."""
    scope = caller_scope(api.principal, "transactions.view")
    window = list_window(api, "transactions", {"customer_id": customer_id})
    page = actions.manage_wallets().transactions(scope, customer_id, window)
    return list_reply(page, window, transaction_body)


def booked(scope: CallerScope, entry: Entry) -> Response[str]:
    """Log and answer a transaction."""
    logger().info("booked", tenant_id=scope.tenant_id, transaction_id=entry.id, event=entry.event)
    return reply(201, transaction_body(entry))


handler = api.handler
