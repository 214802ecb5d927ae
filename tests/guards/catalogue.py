"""The guards that promises of the contract rest on, each with what is left when it is taken away.

Each names tests that see it: at least one of them fails on the tree without the guard.
"""

from typing import NamedTuple

_LAYER = "layers/leadflow/leadflow"
_STORE = f"{_LAYER}/adapters/dynamodb"


class Guard(NamedTuple):
    """A guard by name, the promises that need it, and the tests that see that it is gone.

    In `path` the text `kept` is there once; `taken` is what stands there without the guard.
    """

    name: str
    promises: tuple[str, ...]
    path: str
    kept: str
    taken: str
    tests: tuple[str, ...]


GUARDS = (
    Guard(
        "a sale needs the wallet as it was read",
        ("C2", "C3"),
        f"{_STORE}/sales.py",
        "condition=CustomerItem.version == sale.customer.version - 1,",
        "condition=None,",
        ("tests/integration/test_sales.py",),
    ),
    Guard(
        "a lead changes from the version that was read",
        ("C1",),
        f"{_STORE}/leads.py",
        "condition=LeadItem.version == lead.version - 1,",
        "condition=None,",
        ("tests/integration/test_leads.py",),
    ),
    Guard(
        "a ledger row is written once",
        ("C2", "C4"),
        f"{_STORE}/sales.py",
        "condition=EntryItem.pk.does_not_exist(),",
        "condition=None,",
        ("tests/integration/test_sales.py",),
    ),
    Guard(
        "a refund needs the wallet as it was read",
        ("C2", "C4"),
        f"{_STORE}/returns.py",
        "condition=CustomerItem.version == after.customer.version - 1,",
        "condition=None,",
        ("tests/integration/test_return_races.py",),
    ),
    Guard(
        "a fingerprint is claimed by one lead",
        ("C7",),
        f"{_STORE}/claims.py",
        "ClaimItem.pk.does_not_exist() | outdated",
        "ClaimItem.pk.does_not_exist() | ClaimItem.pk.exists()",
        ("tests/integration/test_leads.py",),
    ),
    Guard(
        "a share of plan usage has what is drawn from it",
        ("C10",),
        f"{_STORE}/usage_books.py",
        "[attribute >= number for",
        "[attribute >= -number for",
        ("tests/integration/test_plan_usage.py",),
    ),
    Guard(
        "an auction changes from the version that was read",
        ("C9",),
        f"{_STORE}/auction_items.py",
        "condition=AuctionItem.version == auction.version - 1,",
        "condition=None,",
        ("tests/integration/test_marketplace_races.py",),
    ),
    Guard(
        "a rotation changes from the version that was read",
        ("C8",),
        f"{_STORE}/rotations.py",
        "condition=absent if is_first else before,",
        "condition=None,",
        ("tests/integration/test_fair_turns.py", "tests/integration/test_turns.py"),
    ),
    Guard(
        "an idempotency key belongs to one request",
        ("C6",),
        f"{_LAYER}/runtime/idempotency.py",
        '        payload_validation_jmespath="request",\n',
        "",
        ("tests/integration/test_idempotency.py",),
    ),
    Guard(
        "one at a time works on a webhook's outbox",
        ("C6",),
        f"{_STORE}/outboxes.py",
        "OutboxItem.busy_until <= _microseconds(now)",
        "OutboxItem.busy_until >= 0",
        ("tests/integration/test_delivery_contracts.py",),
    ),
    Guard(
        "a hold is covered by what may be spent",
        ("C2", "C9"),
        f"{_LAYER}/domain/buy_orders.py",
        "if held_cents > customer.spendable_cents:",
        "if held_cents > customer.balance_cents:",
        ("tests/unit/application/test_place_buy_order.py",),
    ),
    Guard(
        "a customer's user reaches its own customer",
        ("C11",),
        f"{_LAYER}/application/caller_scope.py",
        "self.is_customer and customer_id != self.own",
        "self.is_customer and not customer_id",
        ("tests/unit/application/test_caller_scope.py",),
    ),
    Guard(
        "an API key is proved by its secret",
        ("C11",),
        f"{_LAYER}/domain/credentials.py",
        "return hmac.compare_digest(digest(presented.secret), self.secret_hash)",
        "return bool(presented.secret)",
        ("tests/unit/application/test_authorize_request.py",),
    ),
    Guard(
        "a customer sees deliverable fields",
        ("C12",),
        f"{_LAYER}/application/lead_views.py",
        "for field in fields if field.deliverable)",
        "for field in fields)",
        ("tests/unit/application/test_view_lead.py",),
    ),
    Guard(
        "partners are called at public addresses",
        ("C12",),
        f"{_LAYER}/adapters/outbound_addresses.py",
        "        return allow_loopback\n",
        "        return True\n",
        ("tests/integration/test_outbound_addresses.py",),
    ),
)
