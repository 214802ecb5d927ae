"""Customers: create, list, show, change, archive, restore."""

from aws_lambda_powertools.event_handler import Response

from leadflow.application.bid_standing import CustomerView
from leadflow.application.caller_scope import caller_scope, tenant_scope
from leadflow.application.list_customers import CustomerFilters
from leadflow.application.manage_customers import CustomerChange, NewCustomer
from leadflow.runtime import actions, marketplace_actions
from leadflow.runtime.http import Api, etag, reply
from leadflow.runtime.list_requests import list_request
from leadflow.runtime.observability import logger
from leadflow.runtime.pagination import list_reply
from leadflow.runtime.representations.customers import customer_body

api = Api()


@api.post("/customers")
def post_customer() -> Response[str]:
    """Create a customer."""
    scope = tenant_scope(api.principal, "customers.create")
    view = actions.manage_customers().create(scope, api.body_as(NewCustomer))
    return answered(201, view)


@api.get("/customers")
def get_customers() -> Response[str]:
    """A page of the customers that the caller may see."""
    scope = caller_scope(api.principal, "customers.view")
    request = list_request(api, "customers", CustomerFilters)
    page = actions.list_customers()(scope, request.filters, request.window)
    return list_reply(page, request.window, customer_body)


@api.get("/customers/<customer_id>")
def get_customer(customer_id: str) -> Response[str]:
    """One customer."""
    scope = caller_scope(api.principal, "customers.view")
    return answered(200, actions.manage_customers().read(scope, customer_id))


@api.patch("/customers/<customer_id>")
def patch_customer(customer_id: str) -> Response[str]:
    """Change members of a customer."""
    scope = caller_scope(api.principal, "customers.update")
    change = api.body_as(CustomerChange)
    customers = actions.manage_customers()
    return answered(200, customers.edit(scope, customer_id, change, api.check_version))


@api.delete("/customers/<customer_id>")
def delete_customer(customer_id: str) -> Response[str]:
    """Archive a customer."""
    scope = tenant_scope(api.principal, "customers.delete")
    archived = marketplace_actions.archive_customer()(scope, customer_id, api.check_version)
    logger().info("archived", tenant_id=scope.tenant_id, customer_id=archived.id)
    return reply(204)


@api.post("/customers/<customer_id>/restore")
def restore_customer(customer_id: str) -> Response[str]:
    """Bring an archived customer back."""
    scope = tenant_scope(api.principal, "customers.delete")
    return answered(200, actions.manage_customers().restore(scope, customer_id, api.check_version))


def answered(status: int, view: CustomerView) -> Response[str]:
    """Answer one customer with its entity tag."""
    logger().info("customer", customer_id=view.customer.id, version=view.customer.version)
    return reply(status, customer_body(view), {"ETag": etag(view.customer.version)})


handler = api.handler
