"""What a partner's sources are owed for the leads of a period (`product.md`, 16.3)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import Field

from leadflow.application.list_filters import Since, Until
from leadflow.application.list_pages import period_of
from leadflow.application.list_ports import LeadLists, LeadTrait, LeadWalk, Period, Spot
from leadflow.application.ports import Clock, ConfigurationReader
from leadflow.domain.configuration import Configuration
from leadflow.domain.errors import Forbidden, NotFound, ValidationFailed
from leadflow.domain.identifiers import PartnerId, TenantId
from leadflow.domain.model import Frozen
from leadflow.domain.partners import Partner
from leadflow.domain.permissions import require
from leadflow.domain.principals import PARTNER_ROLES, TENANT_ROLES, Principal, UserPrincipal
from leadflow.domain.supplied_leads import SourcePayout, sources_of

VIEW_PARTNERS = "partners.view"

LEADS_MAX = 10_000
"""Leads that one report looks at, sold or not."""

READ_AT_ONCE = 500
"""Leads that are in memory together."""


class PayoutPeriod(Frozen):
    """From when to when leads were received; without bounds, the current month so far."""

    since: Since | None = Field(default=None, alias="from")
    until: Until | None = Field(default=None, alias="to")


@dataclass(frozen=True)
class PayoutReport:
    """The payouts of a period, by source; returned leads are left out if the partner is so set."""

    partner: Partner
    since: datetime
    until: datetime
    by_source: Sequence[SourcePayout]

    @property
    def leads(self) -> int:
        """How many sold leads count."""
        return sum(one.leads for one in self.by_source)

    @property
    def payout_cents(self) -> int:
        """What is owed for them."""
        return sum(one.payout_cents for one in self.by_source)


@dataclass(frozen=True, kw_only=True)
class ReportPayouts:
    """The action with its ports."""

    configuration: ConfigurationReader
    lists: LeadLists
    clock: Clock

    def __call__(self, principal: Principal, partner_id: str, asked: PayoutPeriod) -> PayoutReport:
        """The payouts of leads that were received in a period, as of now.

        Raises `Forbidden`, `NotFound` for a partner out of reach, and `ValidationFailed` (`to`;
        `from` when more than `LEADS_MAX` leads were received).
        """
        tenant_id = _reader_of(principal, partner_id)
        configuration = self.configuration.current(tenant_id)
        partner = configuration.live_partners.get(PartnerId(partner_id))
        if partner is None:
            raise NotFound
        since, until = self._bounds(asked)
        period = period_of(configuration, self.clock.now(), since, until)
        by_source = tuple(self._by_source(tenant_id, configuration, partner, period))
        return PayoutReport(partner, since, until, by_source)

    def _bounds(self, asked: PayoutPeriod) -> tuple[datetime, datetime]:
        until = asked.until or self.clock.now()
        since = asked.since or until.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        if until < since:
            raise ValidationFailed({"to": ["This must not be before from."]})
        return since, until

    def _by_source(
        self,
        tenant_id: TenantId,
        configuration: Configuration,
        partner: Partner,
        period: Period,
    ) -> Iterator[SourcePayout]:
        left = LEADS_MAX
        for source in sources_of(partner.id, configuration):
            walk = LeadWalk(LeadTrait.SOURCE, source.id, is_test=False, period=period)
            spots = self.lists.spots(tenant_id, walk, limit=left + 1, position=None)
            if len(spots) > left:
                message = f"More than {LEADS_MAX} leads were received; ask for less time."
                raise ValidationFailed({"from": [message]})
            left -= len(spots)
            yield self._added_up(tenant_id, partner, SourcePayout(source.id), spots)

    def _added_up(
        self, tenant_id: TenantId, partner: Partner, payout: SourcePayout, spots: Sequence[Spot]
    ) -> SourcePayout:
        for start in range(0, len(spots), READ_AT_ONCE):
            part = [spot.id for spot in spots[start : start + READ_AT_ONCE]]
            payout = payout.with_leads(self.lists.many(tenant_id, part).values(), partner)
        return payout


def _reader_of(principal: Principal, partner_id: str) -> TenantId:
    """The tenant of a caller who may read the report. Raises `Forbidden` and `NotFound`."""
    if not isinstance(principal, UserPrincipal):
        raise Forbidden(VIEW_PARTNERS)
    if principal.role in PARTNER_ROLES:
        if principal.partner_id != partner_id:
            raise NotFound
        return principal.tenant_id
    if principal.role not in TENANT_ROLES:
        raise Forbidden(VIEW_PARTNERS)
    require(principal.role, VIEW_PARTNERS)
    return principal.tenant_id
