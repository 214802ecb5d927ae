"""The closed list of codes of refused requests, and the status of each (`product.md`, 24.4)."""

from collections.abc import Iterable, Mapping

_BY_STATUS: Mapping[int, tuple[str, ...]] = {
    400: ("malformed_json",),
    401: ("unauthorized",),
    403: ("forbidden", "bidding_access_required"),
    404: ("not_found",),
    409: (
        "conflict",
        "idempotency_in_flight",
        "in_use",
        "invalid_status",
        "test_lead",
        "integration_not_configured",
        "bid_exists",
        "bidding_disabled",
        "price_changed",
        "auction_closed",
        "customer_archived",
        "demand_closed",
        "return_already_requested",
        "invite_exists",
    ),
    412: ("precondition_failed",),
    413: ("payload_too_large",),
    422: (
        "validation_failed",
        "invalid_cursor",
        "idempotency_key_reused",
        "ping_not_found",
        "ping_expired",
        "ping_mismatch",
        "subscription_threshold",
        "incomplete_address",
        "stage_not_available",
        "direct_post_not_configured",
        "off_grid",
        "scope_disabled",
        "buy_order_below_last_price",
        "buy_order_not_above_leader",
        "insufficient_funds",
        "offer_above_ceiling",
        "criteria_not_met",
        "return_window_closed",
        "tiers_overlap",
    ),
    429: ("rate_limited",),
    500: ("internal",),
    503: ("unavailable",),
}
STATUS_OF = {code: status for status, codes in _BY_STATUS.items() for code in codes}
"""The status that a code comes with."""


def by_status(codes: Iterable[str]) -> dict[int, list[str]]:
    """Codes by their status, both in order."""
    statuses: dict[int, list[str]] = {}
    for code in sorted(set(codes)):
        statuses.setdefault(STATUS_OF[code], []).append(code)
    return dict(sorted(statuses.items()))
