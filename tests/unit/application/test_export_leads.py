import pytest

from leadflow.application.caller_scope import caller_scope
from leadflow.application.export_leads import EXPORT_LEADS
from leadflow.domain.errors import Forbidden, NotFound, ValidationFailed
from leadflow.domain.identifiers import CustomerId
from leadflow.domain.jobs import JobKind, JobStatus
from leadflow.domain.principals import Principal, Role
from tests.reading import BUYER, NOON, RIVAL, SOURCE, buyer, identify, sender, user
from tests.unit.application.export_world import ExportWorld


@pytest.fixture
def world() -> ExportWorld:
    return ExportWorld()


def refusal(world: ExportWorld, principal: Principal, **members: object) -> dict[str, list[str]]:
    with pytest.raises(ValidationFailed) as refused:
        world.order(principal, BUYER, **members)
    assert not world.jobs.kept
    assert not world.runs.started
    return {path: list(messages) for path, messages in refused.value.errors.items()}


@pytest.mark.parametrize("role", [Role.ADMIN, Role.CUSTOMER_SUPPORT])
def test_tenant_users_with_the_permission_export_for_any_customer(
    world: ExportWorld, role: Role
) -> None:
    job = world.order(user(role), RIVAL, received_from="2026-01-01", test_mode=False)
    assert (job.kind, job.status, job.customer_id) == (
        JobKind.LEAD_EXPORT,
        JobStatus.QUEUED,
        RIVAL,
    )
    assert job.wish["view"] == "tenant"
    assert (job.owner, job.created_at) == ("user_1", NOON)
    assert world.runs.started == [job.id]


@pytest.mark.parametrize("role", [Role.CUSTOMER_ADMIN, Role.CUSTOMER_USER])
def test_users_of_a_customer_export_what_it_sees(world: ExportWorld, role: Role) -> None:
    assert world.order(user(role, customer_id=BUYER)).wish == {"view": "customer", "filter": {}}


@pytest.mark.parametrize(
    "principal",
    [user(Role.SALES), user(Role.DATA_VALIDATION), user(Role.PARTNER_ADMIN), sender()],
)
def test_others_may_not_export(principal: Principal) -> None:
    with pytest.raises(Forbidden) as refused:
        caller_scope(principal, EXPORT_LEADS)
    assert refused.value.permission == "leads.export"


@pytest.mark.parametrize("customer_id", [RIVAL, identify("cus", 9), "cus_1"])
def test_another_customer_looks_the_same_as_none(world: ExportWorld, customer_id: str) -> None:
    with pytest.raises(NotFound):
        world.order(buyer(), CustomerId(customer_id))
    assert not world.jobs.kept


def test_there_is_nothing_to_export_of_an_unknown_customer(world: ExportWorld) -> None:
    with pytest.raises(NotFound):
        world.order(user(), CustomerId(identify("cus", 9)))
    assert not world.jobs.kept


def test_every_wrong_filter_is_named_where_it_stands(world: ExportWorld) -> None:
    errors = refusal(world, user(), received_from="2026-02-30", status="sold", price=5, q="a\0b")
    assert set(errors) == {"filter.q"}
    errors = refusal(world, user(), received_from="2026-02-30", status="sold", price=5)
    assert set(errors) == {"filter.received_from", "filter.status", "filter.price"}
    assert "2026-01-31" in errors["filter.received_from"][0]


def test_the_customer_of_the_filter_must_be_that_of_the_path(world: ExportWorld) -> None:
    assert set(refusal(world, user(), customer_id=RIVAL)) == {"filter.customer_id"}
    assert world.order(user(), customer_id=BUYER)


def test_customers_filter_by_nothing_that_they_do_not_see(world: ExportWorld) -> None:
    errors = refusal(world, buyer(), source_id=SOURCE, customer_id=BUYER)
    assert set(errors) == {"filter.source_id", "filter.customer_id"}
