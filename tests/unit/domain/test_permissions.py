"""Who may do what."""

import pytest

from leadflow.domain.errors import Forbidden
from leadflow.domain.permissions import PERMISSIONS, ROLE_PERMISSIONS, require
from leadflow.domain.principals import CUSTOMER_ROLES, PARTNER_ROLES, TENANT_ROLES, Role

CONFIGURATION = (
    "sources",
    "lead-categories",
    "lead-types",
    "stages",
    "partners",
    "integrations",
    "webhooks",
    "users",
    "company-profile",
    "billing",
    "tenant-settings",
    "bid-settings",
)


def allowed(role: Role, resource: str) -> set[str]:
    """The actions of a role on a resource."""
    names = (name.split(".") for name in ROLE_PERMISSIONS[role])
    return {action for owner, action in names if owner == resource}


def test_the_list_of_permissions_is_closed() -> None:
    assert len(PERMISSIONS) == 9 + 6 + 5 + 4 + 11 * 4 + 3 + 4 * 2
    assert "leads.approve-dispute" in PERMISSIONS
    assert "stages.archive" not in PERMISSIONS


def test_every_role_is_known_and_belongs_to_one_side() -> None:
    assert set(ROLE_PERMISSIONS) == set(Role) == TENANT_ROLES | CUSTOMER_ROLES | PARTNER_ROLES
    assert not TENANT_ROLES & (CUSTOMER_ROLES | PARTNER_ROLES)


def test_an_admin_may_do_everything() -> None:
    assert ROLE_PERMISSIONS[Role.ADMIN] == PERMISSIONS


def test_customer_support_does_all_for_customers_but_configures_nothing() -> None:
    may = allowed(Role.CUSTOMER_SUPPORT, "leads")
    assert may == allowed(Role.ADMIN, "leads") - {"reprocess", "delete-sold"}
    for resource in ("customers", "bids", "invites"):
        assert allowed(Role.CUSTOMER_SUPPORT, resource) == allowed(Role.ADMIN, resource)
    assert allowed(Role.CUSTOMER_SUPPORT, "submissions") == {"view"}


def test_sales_looks_and_invites() -> None:
    for resource in ("leads", "customers", "bids", "transactions", "analytics", "marketplace"):
        assert allowed(Role.SALES, resource) == {"view"}
    assert allowed(Role.SALES, "invites") == {"view", "create", "delete"}
    assert not allowed(Role.SALES, "submissions")


def test_data_validation_sees_and_corrects_leads_only() -> None:
    assert ROLE_PERMISSIONS[Role.DATA_VALIDATION] == {"leads.view", "leads.update"}


@pytest.mark.parametrize("role", sorted(TENANT_ROLES - {Role.ADMIN}))
@pytest.mark.parametrize("resource", CONFIGURATION)
def test_only_admins_configure(role: Role, resource: str) -> None:
    assert not allowed(role, resource)


@pytest.mark.parametrize("role", sorted(CUSTOMER_ROLES | PARTNER_ROLES))
def test_users_of_customers_and_partners_hold_no_permission_of_the_tenant(role: Role) -> None:
    assert not ROLE_PERMISSIONS[role]


def test_a_refusal_names_what_is_missing() -> None:
    require(Role.ADMIN, "leads.reprocess")
    with pytest.raises(Forbidden, match=r"leads\.reprocess") as refused:
        require(Role.CUSTOMER_SUPPORT, "leads.reprocess")
    assert refused.value.permission == "leads.reprocess"
