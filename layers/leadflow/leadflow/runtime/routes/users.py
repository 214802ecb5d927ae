"""Routes of users and roles."""

from aws_lambda_powertools.event_handler import Response
from pydantic import JsonValue

from leadflow.application.ports import Page, Window
from leadflow.domain.errors import Forbidden
from leadflow.domain.identifiers import CustomerId, OwnerId, PartnerId, UserId, is_identifier
from leadflow.domain.principals import UserPrincipal
from leadflow.domain.users import User
from leadflow.runtime import configuration_actions
from leadflow.runtime.http import Api, etag, reply
from leadflow.runtime.list_requests import list_window
from leadflow.runtime.observability import logger
from leadflow.runtime.pagination import list_reply
from leadflow.runtime.representations.configuration import role_bodies, user_body

_NOBODY = "z" * 26
"""No identifier is made with it: the first digit of a ULID is 7 at most."""


def add_users(api: Api) -> None:
    """Add the routes of the tenant's users, and of any user by its id."""

    @api.get("/users")
    def list_users() -> Response[str]:
        return _listed(api, None)

    @api.post("/users")
    def create_user() -> Response[str]:
        return _created(api, None)

    @api.get("/users/<user_id>")
    def show_user(user_id: str) -> Response[str]:
        return _answered(configuration_actions.manage_users().show(_caller(api), UserId(user_id)))

    @api.patch("/users/<user_id>")
    def change_user(user_id: str) -> Response[str]:
        caller, action = _caller(api), configuration_actions.manage_users()
        return _answered(action.change(caller, UserId(user_id), api.body(), api.check_version))

    @api.delete("/users/<user_id>")
    def remove_user(user_id: str) -> Response[str]:
        configuration_actions.manage_users().remove(
            _caller(api), UserId(user_id), api.check_version
        )
        logger().info("user removed", user_id=user_id)
        return reply(204)


def add_customer_users(api: Api) -> None:
    """Add the routes of users of customers and partners, and of the roles that users may have."""

    @api.get("/customers/<customer_id>/users")
    def list_customer_users(customer_id: str) -> Response[str]:
        return _listed(api, _customer(customer_id))

    @api.post("/customers/<customer_id>/users")
    def create_customer_user(customer_id: str) -> Response[str]:
        return _created(api, _customer(customer_id))

    @api.get("/partners/<partner_id>/users")
    def list_partner_users(partner_id: str) -> Response[str]:
        return _listed(api, _partner(partner_id))

    @api.post("/partners/<partner_id>/users")
    def create_partner_user(partner_id: str) -> Response[str]:
        return _created(api, _partner(partner_id))

    @api.get("/roles")
    def list_roles() -> Response[str]:
        api.tenant_user("users.view")
        window = list_window(api, "roles", {})
        return list_reply(_part(role_bodies(), window), window, lambda body: body)


def _customer(text: str) -> CustomerId:
    """The customer of a path; any other text, a partner's id too, names one that nobody has."""
    return CustomerId(text if is_identifier("cus", text) else f"cus_{_NOBODY}")


def _partner(text: str) -> PartnerId:
    """The partner of a path, likewise."""
    return PartnerId(text if is_identifier("partner", text) else f"partner_{_NOBODY}")


def _listed(api: Api, owner_id: OwnerId | None) -> Response[str]:
    window = list_window(api, "users", {"of": owner_id} if owner_id else {})
    page = configuration_actions.manage_users().page(_caller(api), owner_id, window)
    return list_reply(page, window, user_body)


def _part(bodies: list[JsonValue], window: Window) -> Page[JsonValue]:
    """A page of a list that is at hand as a whole; positions count what came before."""
    start = 0 if window.position is None else int(window.position)
    end = start + window.limit
    return Page(bodies[start:end], str(end) if end < len(bodies) else None)


def _created(api: Api, owner_id: OwnerId | None) -> Response[str]:
    user, token = configuration_actions.manage_users().create(_caller(api), owner_id, api.body())
    logger().info("user created", user_id=user.id, role=user.role)
    return reply(201, user_body(user, token), {"ETag": etag(user.version)})


def _answered(user: User) -> Response[str]:
    return reply(200, user_body(user), {"ETag": etag(user.version)})


def _caller(api: Api) -> UserPrincipal:
    """The calling user, of whatever kind. Raises `Forbidden` for sources."""
    principal = api.principal
    if not isinstance(principal, UserPrincipal):
        raise Forbidden("users.view")
    return principal
