"""Payout reports: whose, of which period, and how many leads at most."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from leadflow.application import report_payouts
from leadflow.application.report_payouts import PayoutPeriod, PayoutReport, ReportPayouts
from leadflow.domain.configuration import Configuration
from leadflow.domain.errors import Forbidden, NotFound, ValidationFailed
from leadflow.domain.leads import LeadStatus
from leadflow.domain.principals import Principal, Role
from tests.fakes.lead_lists import FakeLeadLists
from tests.fakes.readings import StillClock
from tests.reading import NOON, OTHER_SOURCE, SOURCE, TENANT, buyer, sender, sold_lead, user
from tests.unit.application.export_world import Configured
from tests.unit.domain.supplied_examples import FREE_SOURCE, RECEIVER, SUPPLIER, supplier, supplying

EVERYTHING = {"from": "2026-01-01", "to": "2026-03-31"}


@dataclass
class World:
    """The example of 16.3, over two sources, and a lead of nobody's source."""

    configured: Configuration = field(default_factory=supplying)

    def __post_init__(self) -> None:
        self.lists = FakeLeadLists()
        returned = sold_lead(3, status=LeadStatus.RETURNED, payout_cents=500)
        self.lists.put(
            TENANT,
            sold_lead(1, payout_cents=700),
            sold_lead(2, payout_cents=700, source_id=OTHER_SOURCE),
            returned,
            sold_lead(4, payout_cents=900, source_id=FREE_SOURCE),
        )

    def report(
        self,
        principal: Principal | None = None,
        partner_id: str = SUPPLIER,
        asked: Mapping[str, str] = EVERYTHING,
    ) -> PayoutReport:
        action = ReportPayouts(
            configuration=Configured(self.configured), lists=self.lists, clock=StillClock()
        )
        period = PayoutPeriod.model_validate(asked)
        return action(principal or supplier(), partner_id, period)


@pytest.mark.parametrize(("excludes", "leads", "owed"), [(False, 3, 1_900), (True, 2, 1_400)])
def test_the_report_adds_up_by_source(excludes: bool, leads: int, owed: int) -> None:
    report = World(supplying(exclude_returned_from_payout=excludes)).report()
    assert (report.leads, report.payout_cents) == (leads, owed)
    assert {one.source_id: one.payout_cents for one in report.by_source} == {
        SOURCE: owed - 700,
        OTHER_SOURCE: 700,
    }


@pytest.mark.parametrize("at_once", [1, 2, 3])
def test_leads_are_read_in_parts(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_payouts, "READ_AT_ONCE", at_once)
    assert World().report().payout_cents == 1_900


def test_the_time_received_decides() -> None:
    world = World()
    received = world.lists.kept[TENANT, sold_lead(2).id].received_at
    moment = received.isoformat()
    assert world.report(asked={"from": moment, "to": moment}).payout_cents == 700


def test_without_a_period_it_is_the_month_so_far() -> None:
    world = World()
    report = world.report(asked={"to": "2026-02-28"})
    assert (report.since.isoformat(), report.leads) == ("2026-02-01T00:00:00+00:00", 0)
    now = world.report(asked={"from": "2026-03-01"})
    assert (now.until, now.leads) == (NOON, 3)


def test_a_period_ends_after_it_begins() -> None:
    with pytest.raises(ValidationFailed) as refused:
        World().report(asked={"from": "2026-03-02", "to": "2026-03-01"})
    assert refused.value.errors == {"to": ["This must not be before from."]}


@pytest.mark.parametrize(("most", "too_many"), [(3, False), (2, True)])
def test_a_report_looks_at_so_many_leads(
    most: int, too_many: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_payouts, "LEADS_MAX", most)
    if not too_many:
        assert World().report().leads == most
        return
    with pytest.raises(ValidationFailed) as refused:
        World().report()
    assert set(refused.value.errors) == {"from"}


@pytest.mark.parametrize(
    "principal", [user(), supplier(role=Role.PARTNER_ADMIN), supplier()], ids=lambda one: one.role
)
def test_the_tenant_and_the_partners_own_users_read_it(principal: Principal) -> None:
    assert World().report(principal).leads == 3


@pytest.mark.parametrize(
    "principal", [user(Role.SALES), user(Role.CUSTOMER_SUPPORT), buyer(), sender()]
)
def test_others_may_not(principal: Principal) -> None:
    with pytest.raises(Forbidden) as refused:
        World().report(principal)
    assert refused.value.permission == "partners.view"


@pytest.mark.parametrize("partner_id", [RECEIVER, "partner_x", "nobody"])
def test_another_partner_looks_like_none(partner_id: str) -> None:
    with pytest.raises(NotFound):
        World().report(supplier(), partner_id)


def test_a_partner_that_is_gone_has_no_report() -> None:
    for principal in (user(), supplier()):
        with pytest.raises(NotFound):
            World(supplying(archived=True)).report(principal)
