"""Transactions that use up some of a subscription plan (ADR 0019).

The first try takes from what a share has left: one more write in the transaction, and nothing to
read. Only where too little is left are the books read, and a grant moved in the same transaction.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from leadflow.adapters.dynamodb.optimistic import until_written
from leadflow.adapters.dynamodb.transactions import Transaction
from leadflow.adapters.dynamodb.usage_books import USAGE, put_change, read_books, read_total
from leadflow.application.admissions import Admission
from leadflow.application.contention import Overtaken
from leadflow.application.ports import Refused
from leadflow.domain.identifiers import LeadId, TenantId
from leadflow.domain.leads import Lead
from leadflow.domain.plan_usage import (
    CHECKED,
    COUNTED,
    Change,
    Draw,
    counted_sale,
    drawn,
    from_share,
    share_number,
    sold_for,
)
from leadflow.domain.subscriptions import cycle_label

Fill = Callable[[Transaction], None]
"""Adds the writes that belong together with a draw; called for every try."""

_DRAWS = {Admission.COUNT: COUNTED, Admission.CHECK: CHECKED}


@dataclass(frozen=True)
class Drawing:
    """What a lead draws on its tenant's usage, and when; None draws nothing."""

    tenant_id: TenantId
    lead_id: LeadId
    draw: Draw | None
    at: datetime

    def refused(self, fill: Fill) -> frozenset[str]:
        """Make the writes and the draw, or nothing; empty when they are made.

        Otherwise the labels that failed, or `Refused.THRESHOLD` alone. Raises `TransientFault`
        when others kept drawing on the same shares.
        """
        if self.draw is None:
            return self._tried(fill, "", Change())
        number, cycle = share_number(self.lead_id), cycle_label(self.at)
        refused = self._tried(fill, cycle, from_share(number, self.draw))
        if refused != {USAGE}:
            return refused - {USAGE}
        granted = partial(self._granted, fill, self.draw, number, cycle)
        return until_written(granted)

    def _granted(self, fill: Fill, draw: Draw, number: int, cycle: str) -> frozenset[str]:
        books = read_books(self.tenant_id, cycle)
        change = drawn(books, number, draw)
        if change is None:
            # The shares were read after the total: nothing is left only if no grant moved since.
            if read_total(self.tenant_id, cycle).version != books.total.version:
                raise Overtaken("The usage stayed contended.")
            return frozenset({Refused.THRESHOLD})
        refused = self._tried(fill, books.total.cycle, change)
        if refused == {USAGE}:
            raise Overtaken("The usage stayed contended.")
        return refused - {USAGE}

    def _tried(self, fill: Fill, cycle: str, change: Change) -> frozenset[str]:
        transaction = Transaction()
        fill(transaction)
        put_change(transaction, self.tenant_id, cycle, change)
        return transaction.refused()


def draw_of(admission: Admission) -> Draw | None:
    """What gate 7 draws."""
    return _DRAWS.get(admission)


def draw_of_new_sale(lead: Lead) -> Draw:
    """What a lead draws that is stored as sold, and was no lead before."""
    return counted_sale(lead.assignment.charged_cents if lead.assignment else 0)


def draw_of_sale(lead: Lead) -> Draw | None:
    """What a sold lead draws; test leads and those sold for nothing draw none."""
    charged_cents = lead.assignment.charged_cents if lead.assignment else 0
    return sold_for(charged_cents) if charged_cents and not lead.is_test else None
