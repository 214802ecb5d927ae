"""Users and roles (`api.md`, 6 and 8)."""

from collections.abc import Iterator

from leadflow.application.manage_configuration.users import UserForm
from leadflow.runtime.representations.configuration import RoleBody
from tools.openapi.operation import Caller, Family, Operation, Shape, page, request
from tools.openapi.resources import NewUser, ShownUser

_FUNCTION = "manage_configuration"
_SHOWN = Family.LEAN
_TENANT_AND_CUSTOMERS = (Caller.TENANT, Caller.CUSTOMER)


def _users(
    path: str, of: str, callers: tuple[Caller, ...], permissions: tuple[str, str], prefix: str
) -> Iterator[Operation]:
    """The routes that list and create users of the tenant, of a customer or of a partner."""
    kinds = {"id": prefix} if prefix else {}
    yield Operation(
        id=f"list_{of}users",
        method="get",
        path=path,
        function=_FUNCTION,
        summary="List users, newest first",
        tag="Users",
        callers=callers,
        permission=permissions[0],
        answers={200: page(ShownUser, _SHOWN)},
        kinds=kinds,
    )
    yield Operation(
        id=f"create_{of}user",
        method="post",
        path=path,
        function=_FUNCTION,
        summary="Create a user; the token is told once",
        tag="Users",
        callers=callers,
        permission=permissions[1],
        body=request(UserForm),
        answers={201: Shape(NewUser, _SHOWN)},
        makes="user",
        kinds=kinds,
        has_tag=True,
    )


_ANY_USER = (Caller.TENANT, Caller.CUSTOMER, Caller.PARTNER)
USERS = (
    *_users("/users", "", (Caller.TENANT,), ("users.view", "users.create"), ""),
    *_users(
        "/customers/{id}/users",
        "customer_",
        _TENANT_AND_CUSTOMERS,
        ("customers.view", "customers.update"),
        "cus",
    ),
    *_users(
        "/partners/{id}/users",
        "partner_",
        (Caller.TENANT, Caller.PARTNER),
        ("partners.view", "partners.update"),
        "partner",
    ),
    Operation(
        id="view_user",
        method="get",
        path="/users/{id}",
        function=_FUNCTION,
        summary="Show one user",
        tag="Users",
        callers=_ANY_USER,
        permission="users.view",
        answers={200: Shape(ShownUser, _SHOWN)},
        kinds={"id": "user"},
        has_tag=True,
    ),
    Operation(
        id="change_user",
        method="patch",
        path="/users/{id}",
        function=_FUNCTION,
        summary="Change a user",
        tag="Users",
        callers=_ANY_USER,
        permission="users.update",
        body=Shape(UserForm, Family.PATCH),
        answers={200: Shape(ShownUser, _SHOWN)},
        kinds={"id": "user"},
        has_version=True,
        has_tag=True,
    ),
    Operation(
        id="remove_user",
        method="delete",
        path="/users/{id}",
        function=_FUNCTION,
        summary="End a user's access",
        tag="Users",
        callers=_ANY_USER,
        permission="users.delete",
        answers={204: None},
        kinds={"id": "user"},
        has_version=True,
    ),
    Operation(
        id="list_roles",
        method="get",
        path="/roles",
        function=_FUNCTION,
        summary="List the roles that users may have",
        tag="Users",
        permission="users.view",
        answers={200: page(RoleBody, _SHOWN)},
    ),
)
