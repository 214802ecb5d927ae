"""The decision record and the closed lists of its codes (`product.md`, 15.9 and 24)."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from pydantic import SerializerFunctionWrapHandler, field_serializer, model_serializer

from leadflow.domain.identifiers import StageId
from leadflow.domain.model import Frozen
from leadflow.domain.money import Cents, Percentage

Phase = Literal["ping", "post"]


class Verdict(StrEnum):
    """What became of a candidate."""

    WON = "won"
    OUTSCORED = "outscored"
    BLOCKED = "blocked"
    NO_ANSWER = "no_answer"
    DECLINED = "declined"


class Reason(StrEnum):
    """Why a candidate did not get the lead (24.1)."""

    SCOPE_NOT_IN_STAGE = "scope_not_in_stage"
    SCOPE_DISABLED = "scope_disabled"
    LOCATION_OUTSIDE_SCOPE = "location_outside_scope"
    CUSTOMER_ARCHIVED = "customer_archived"
    CUSTOMER_PAUSED = "customer_paused"
    BID_ARCHIVED = "bid_archived"
    BID_PAUSED = "bid_paused"
    BID_BELOW_MINIMUM = "bid_below_minimum"
    WALLET_BELOW_MINIMUM = "wallet_below_minimum"
    BID_CAP_REACHED = "bid_cap_reached"
    CUSTOMER_CAP_REACHED = "customer_cap_reached"
    BID_BUDGET_EXHAUSTED = "bid_budget_exhausted"
    CUSTOMER_BUDGET_EXHAUSTED = "customer_budget_exhausted"
    LOWER_BID_SAME_CUSTOMER = "lower_bid_same_customer"
    OUTSCORED = "outscored"
    TIE_LOST = "tie_lost"
    NOT_SELECTED = "not_selected"
    LEAD_TYPE_CHANGED = "lead_type_changed"
    ALREADY_TRIED = "already_tried"
    CHARGE_FAILED = "charge_failed"
    NOT_IN_STAGE = "not_in_stage"
    SPENDABLE_BELOW_PRICE = "spendable_below_price"
    ROTATION_NOT_DUE = "rotation_not_due"
    PARTNER_NOT_ELIGIBLE = "partner_not_eligible"
    PARTNER_ARCHIVED = "partner_archived"
    PARTNER_NOT_PINGED = "partner_not_pinged"
    PARTNER_PING_NOT_CONFIGURED = "partner_ping_not_configured"
    PARTNER_PING_PAUSED = "partner_ping_paused"
    PARTNER_POST_NOT_CONFIGURED = "partner_post_not_configured"
    PARTNER_POST_PAUSED = "partner_post_paused"
    PARTNER_PING_TIMEOUT = "partner_ping_timeout"
    PARTNER_PING_CONNECTION_FAILED = "partner_ping_connection_failed"
    PARTNER_POST_CONNECTION_FAILED = "partner_post_connection_failed"
    PARTNER_PING_INVALID_RESPONSE = "partner_ping_invalid_response"
    PARTNER_PING_HTTP_ERROR = "partner_ping_http_error"
    PARTNER_PING_DECLINED = "partner_ping_declined"
    PARTNER_PING_DUPLICATE = "partner_ping_duplicate"
    PARTNER_PING_NO_PRICE = "partner_ping_no_price"
    PARTNER_BELOW_MINIMUM_PRICE = "partner_below_minimum_price"
    PARTNER_POST_HTTP_ERROR = "partner_post_http_error"
    PARTNER_POST_DECLINED = "partner_post_declined"
    PARTNER_POST_DUPLICATE = "partner_post_duplicate"
    PARTNER_POST_UNKNOWN = "partner_post_unknown"


_R = Reason
_OUTSCORED = frozenset({_R.OUTSCORED, _R.TIE_LOST, _R.NOT_SELECTED, _R.ROTATION_NOT_DUE})
_NO_ANSWER = frozenset(
    {
        _R.PARTNER_PING_TIMEOUT,
        _R.PARTNER_PING_CONNECTION_FAILED,
        _R.PARTNER_POST_CONNECTION_FAILED,
        _R.PARTNER_PING_INVALID_RESPONSE,
        _R.PARTNER_POST_UNKNOWN,
    }
)
_DECLINED = frozenset(
    {
        _R.PARTNER_PING_HTTP_ERROR,
        _R.PARTNER_PING_DECLINED,
        _R.PARTNER_PING_DUPLICATE,
        _R.PARTNER_PING_NO_PRICE,
        _R.PARTNER_BELOW_MINIMUM_PRICE,
        _R.PARTNER_POST_HTTP_ERROR,
        _R.PARTNER_POST_DECLINED,
        _R.PARTNER_POST_DUPLICATE,
    }
)
VERDICTS: Mapping[Reason, Verdict] = (
    dict.fromkeys(Reason, Verdict.BLOCKED)
    | dict.fromkeys(_OUTSCORED, Verdict.OUTSCORED)
    | dict.fromkeys(_NO_ANSWER, Verdict.NO_ANSWER)
    | dict.fromkeys(_DECLINED, Verdict.DECLINED)
)
"""The one verdict that each reason goes with."""


class Kind(StrEnum):
    """What a candidate is."""

    BID = "bid"
    PARTNER = "partner"
    CUSTOMER = "customer"


class _Sparse(Frozen):
    """A value whose members without a value are left out when it is dumped."""

    @model_serializer(mode="wrap")
    def _without_blanks(self, dump: SerializerFunctionWrapHandler) -> dict[str, object]:
        return {name: value for name, value in dump(self).items() if value is not None}


class Candidate(_Sparse):
    """Somebody who might have got the lead; `customer_id` names the owner of a bid."""

    kind: Kind
    id: str
    customer_id: str | None = None


class Decision(_Sparse):
    """What one stage decided about one candidate: won, or exactly one reason why not.

    Those that competed carry their way to the price; `score` and `runner_up_score` are exact
    cents as decimal text.
    """

    stage_id: StageId
    phase: Phase
    candidate: Candidate
    verdict: Verdict
    reason: Reason | None = None
    amount_cents: Cents | None = None
    effective_cents: Cents | None = None
    penalty_percentage: Percentage | None = None
    score: str | None = None
    runner_up_score: str | None = None
    price_cents: Cents | None = None
    discount_percentage: Percentage | None = None
    charged_cents: Cents | None = None
    detail: Mapping[str, str] | None = None

    @field_serializer("penalty_percentage", "discount_percentage", when_used="json-unless-none")
    def _as_number(self, percentage: Decimal) -> float:
        return float(percentage)


class AttemptStatus(StrEnum):
    """How far a stage came (15.5)."""

    PROCESSING = "processing"
    SUCCESS = "success"
    FAILED = "failed"
    SKIPPED = "skipped"
    ERROR = "error"
    CONTINUE = "continue"


class AttemptReason(StrEnum):
    """Why an attempt ended without a taker, or passed (24.2)."""

    STAGE_PAUSED = "stage_paused"
    CONDITIONS_NOT_MET = "conditions_not_met"
    CATEGORY_MISMATCH = "category_mismatch"
    NOT_EVALUATED_ON_PING = "not_evaluated_on_ping"
    MARKETPLACE_DISABLED = "marketplace_disabled"
    LEAD_TYPE_MARKETPLACE_DISABLED = "lead_type_marketplace_disabled"
    NO_FALLBACK_PRICE = "no_fallback_price"
    NO_CANDIDATES = "no_candidates"
    NO_ELIGIBLE_CANDIDATE = "no_eligible_candidate"
    ALL_REFUSED = "all_refused"
    DEADLINE_PASSED = "deadline_passed"
    AUCTION_UNSOLD = "auction_unsold"
    INTEGRATION_NOT_CONFIGURED = "integration_not_configured"
    INCOMPLETE_ADDRESS = "incomplete_address"
    ENRICHMENT_FAILED = "enrichment_failed"
    ENRICHMENT_NO_DATA = "enrichment_no_data"
    LEAD_TYPE_UNAVAILABLE = "lead_type_unavailable"
    FIELD_VALUE_INVALID = "field_value_invalid"
    UNEXPECTED_ERROR = "unexpected_error"


class Outcome(StrEnum):
    """How a lead, ping, demand offer or bulk item ended when it was not sold (24.3)."""

    DUPLICATE = "duplicate"
    NO_LEAD_TYPE = "no_lead_type"
    AUDIT_CONDITION = "audit_condition"
    TEST_MODE = "test_mode"
    SUBSCRIPTION_THRESHOLD = "subscription_threshold"
    DEADLINE_PASSED = "deadline_passed"
    ALL_REFUSED = "all_refused"
    NO_ELIGIBLE_CANDIDATE = "no_eligible_candidate"
    NO_STAGE_ACCEPTED = "no_stage_accepted"
    DIRECT_POST_FAILED = "direct_post_failed"
    DISTRIBUTION_ERROR = "distribution_error"
    STUCK = "stuck"
    CUSTOMER_ARCHIVED = "customer_archived"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    STATUS_NOT_REPROCESSABLE = "status_not_reprocessable"
    NOT_FOUND = "not_found"


_LATE = frozenset({Reason.PARTNER_PING_TIMEOUT})
_ASKED_VERDICTS = frozenset({Verdict.NO_ANSWER, Verdict.DECLINED})


def failure_of(decisions: Collection[Decision]) -> AttemptReason:
    """Why a stage that sells found no taker, from what it decided about everybody (24.2).

    Nobody to look at; somebody was asked and all were late, or not all; everybody was blocked.
    """
    if not decisions:
        return AttemptReason.NO_CANDIDATES
    asked = {one.reason for one in decisions if one.verdict in _ASKED_VERDICTS}
    if not asked:
        return AttemptReason.NO_ELIGIBLE_CANDIDATE
    return AttemptReason.DEADLINE_PASSED if asked <= _LATE else AttemptReason.ALL_REFUSED


_UNSOLD = (Outcome.DEADLINE_PASSED, Outcome.ALL_REFUSED, Outcome.NO_ELIGIBLE_CANDIDATE)


def unsold_outcome(reasons: frozenset[AttemptReason]) -> Outcome:
    """Why nobody took the lead: the first code of the row that any attempt of the run had."""
    codes = frozenset(reason.value for reason in reasons)
    return next((code for code in _UNSOLD if code.value in codes), Outcome.NO_STAGE_ACCEPTED)
