"""Usage of subscription plans, read, limited and announced."""

from dataclasses import dataclass

from leadflow.adapters.dynamodb.audit_log import audit_item
from leadflow.adapters.dynamodb.configuration_items import ConfigurationItem
from leadflow.adapters.dynamodb.optimistic import until_written
from leadflow.adapters.dynamodb.transactions import Transaction
from leadflow.adapters.dynamodb.usage_books import (
    books_of,
    put_change,
    put_total,
    read_books,
    read_total,
)
from leadflow.application.audit_trail import audit_entry
from leadflow.application.contention import Overtaken
from leadflow.application.customer_ports import Author
from leadflow.application.ports import Clock, IdFactory
from leadflow.domain.identifiers import TenantId
from leadflow.domain.plan_usage import Books, Total, relimited, upgraded_total
from leadflow.domain.subscriptions import Cycle, Limits, Measure, Standing, Terms, cycle_label

_RESOURCE = "subscription"


@dataclass(frozen=True)
class DynamoPlanUsage:
    """Implements `PlanUsage`."""

    clock: Clock
    ids: IdFactory

    def standing(self, tenant_id: TenantId) -> Standing:
        """One read, and one batch."""
        return self._books(tenant_id).standing

    def is_reached(self, tenant_id: TenantId) -> bool:
        """One read; a batch more where all is granted to shares."""
        total = read_total(tenant_id, self._cycle)
        return not total.has_room and books_of(tenant_id, total).standing.is_reached

    def watched(self, tenant_id: TenantId) -> Standing | None:
        """One read; a batch more where much is granted to shares."""
        total = read_total(tenant_id, self._cycle)
        return None if total.is_quiet else books_of(tenant_id, total).standing

    def change_limits(
        self, tenant_id: TenantId, wanted: Limits, author: Author | None = None
    ) -> Standing:
        """One transaction on the version of the total and on what shares give back."""

        def once() -> Standing:
            books = self._books(tenant_id)
            before = books.total.terms
            after = before.changed(wanted, books.total.cycle)
            if after == before:
                return books.standing
            change = relimited(books, after)
            transaction = Transaction()
            put_change(transaction, tenant_id, books.total.cycle, change)
            if author is not None:
                transaction.put(self._audit_line(tenant_id, before, after, author))
            _commit(transaction)
            return Books(change.total or books.total, books.shares).standing

        return until_written(once)

    def upgrade(self, tenant_id: TenantId) -> bool:
        """One put of the total, on its version."""

        def once() -> bool:
            books = self._books(tenant_id)
            if not books.standing.is_reached:
                return True
            total = upgraded_total(books)
            if total is not None:
                _store(tenant_id, total)
            return total is not None

        return until_written(once)

    def announced(self, tenant_id: TenantId, cycle: Cycle, measure: Measure, level: int) -> bool:
        """One read, and one put of the total on its version."""

        def once() -> bool:
            total = read_total(tenant_id, self._cycle)
            if total.cycle != cycle.label or total.announced.of(measure) >= level:
                return False
            marked = total.announced.model_copy(update={measure.value: level})
            _store(tenant_id, total.next(announced=marked))
            return True

        return until_written(once)

    def _audit_line(
        self, tenant_id: TenantId, before: Terms, after: Terms, author: Author
    ) -> ConfigurationItem:
        entry = audit_entry(
            self.ids,
            author.at,
            author.actor,
            resource=_RESOURCE,
            resource_id=_RESOURCE,
            before=before,
            after=after,
        )
        return audit_item(tenant_id, entry)

    @property
    def _cycle(self) -> str:
        return cycle_label(self.clock.now())

    def _books(self, tenant_id: TenantId) -> Books:
        return read_books(tenant_id, self._cycle)


def _store(tenant_id: TenantId, total: Total) -> None:
    transaction = Transaction()
    put_total(transaction, tenant_id, total)
    _commit(transaction)


def _commit(transaction: Transaction) -> None:
    if transaction.refused():
        raise Overtaken("The usage stayed contended.")
