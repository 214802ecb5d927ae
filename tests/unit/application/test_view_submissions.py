from datetime import timedelta

import pytest

from leadflow.application.ports import Window
from leadflow.application.view_submissions import (
    ListSubmissions,
    SubmissionFilters,
    SubmissionView,
    ViewSubmission,
)
from leadflow.domain.errors import Forbidden, NotFound
from leadflow.domain.principals import Principal, Role
from leadflow.domain.submissions import BROKEN_OFF_AFTER, SubmissionStatus
from tests.fakes.lead_lists import FakeLeadLists
from tests.fakes.readings import FixedConfiguration, StillClock
from tests.fakes.submission_lists import FakeSubmissionLists
from tests.reading import (
    NOON,
    OTHER_SOURCE,
    SOURCE,
    STRANGER,
    TENANT,
    buyer,
    identify,
    sender,
    sold_lead,
    submission,
    user,
)

KEPT = (
    submission(1),
    submission(2, source_id=OTHER_SOURCE, status=SubmissionStatus.REJECTED, lead_id=None),
    submission(3),
    submission(4, is_test=True),
)


def view(principal: Principal, submission_id: str) -> SubmissionView:
    submissions, leads = stores()
    return ViewSubmission(submissions=submissions, leads=leads, clock=StillClock())(
        principal, submission_id
    )


def listed(principal: Principal, limit: int = 50, **filters: str) -> list[int]:
    submissions, leads = stores()
    action = ListSubmissions(
        configuration=FixedConfiguration(),
        submissions=submissions,
        leads=leads,
        clock=StillClock(),
    )
    found: list[SubmissionView] = []
    window = Window(limit)
    while True:
        page = action(principal, SubmissionFilters.model_validate(filters), window)
        found += page.items
        if page.position is None:
            return [int(one.submission.id[-9:]) for one in found]
        window = Window(limit, page.position)


def stores() -> tuple[FakeSubmissionLists, FakeLeadLists]:
    submissions, leads = FakeSubmissionLists(), FakeLeadLists()
    submissions.put(TENANT, *KEPT)
    leads.put(TENANT, sold_lead(1))
    return submissions, leads


def test_a_source_sees_its_submission_with_the_lead_that_came_of_it() -> None:
    assert view(sender(), KEPT[0].id) == SubmissionView(KEPT[0], sold_lead(1))


def test_a_submission_without_a_lead_that_exists_has_no_outcome() -> None:
    assert view(user(), KEPT[1].id).lead is None
    assert view(user(), KEPT[2].id).lead is None


@pytest.mark.parametrize(
    "principal",
    [sender(OTHER_SOURCE), user(tenant_id=STRANGER), user(Role.CUSTOMER_SUPPORT, STRANGER)],
)
def test_somebody_elses_submission_does_not_exist(principal: Principal) -> None:
    with pytest.raises(NotFound):
        view(principal, KEPT[0].id)


@pytest.mark.parametrize("submission_id", [identify("submission", 9), "submission_1", "lead"])
def test_an_id_of_nothing_is_not_found(submission_id: str) -> None:
    with pytest.raises(NotFound):
        view(user(), submission_id)


@pytest.mark.parametrize(
    "principal", [user(Role.DATA_VALIDATION), buyer(), user(Role.PARTNER_ADMIN)]
)
def test_submissions_need_their_permission(principal: Principal) -> None:
    for ask in (lambda: view(principal, KEPT[0].id), lambda: listed(principal)):
        with pytest.raises(Forbidden) as refused:
            ask()
        assert refused.value.permission == "submissions.view"


@pytest.mark.parametrize("limit", [1, 50])
def test_the_tenant_lists_all_and_a_source_its_own(limit: int) -> None:
    assert listed(user(), limit) == [3, 2, 1]
    assert listed(sender(), limit) == [3, 1]
    assert listed(sender(OTHER_SOURCE), limit) == [2]
    assert listed(sender(), limit, source_id=OTHER_SOURCE) == []
    assert listed(user(tenant_id=STRANGER), limit) == []


def test_filters_narrow_the_list() -> None:
    assert listed(user(), source_id=SOURCE) == [3, 1]
    assert listed(user(), status="rejected") == [2]
    assert listed(user(), test_mode="true") == [4]
    assert listed(user(), received_to=KEPT[1].received_at.isoformat()) == [2, 1]


def test_a_submission_whose_request_broke_off_is_rejected_by_the_clock_alone() -> None:
    pending = {"status": SubmissionStatus.PENDING, "http_status": None, "lead_id": None}
    old = submission(1, **pending, received_at=NOON - BROKEN_OFF_AFTER)
    young = submission(2, **pending, received_at=NOON - BROKEN_OFF_AFTER + timedelta(seconds=1))
    submissions, leads = FakeSubmissionLists(), FakeLeadLists()
    submissions.put(TENANT, old, young)
    action = ViewSubmission(submissions=submissions, leads=leads, clock=StillClock())
    seen = [action(user(), one.id).submission for one in (old, young)]
    assert [(one.status, one.http_status) for one in seen] == [
        (SubmissionStatus.REJECTED, 503),
        (SubmissionStatus.PENDING, None),
    ]
    listing = ListSubmissions(
        configuration=FixedConfiguration(),
        submissions=submissions,
        leads=leads,
        clock=StillClock(),
    )
    for status, expected in (("rejected", old), ("pending", young)):
        filters = SubmissionFilters.model_validate({"status": status})
        assert [one.submission.id for one in listing(user(), filters, Window(9)).items] == [
            expected.id
        ]
