"""Everything that a tenant configures, except the distribution plan."""

from leadflow.runtime.http import Api
from leadflow.runtime.routes.integrations import add_integrations
from leadflow.runtime.routes.resources import add_resources
from leadflow.runtime.routes.settings import add_settings
from leadflow.runtime.routes.users import add_customer_users, add_users

api = Api()
add_settings(api)
add_integrations(api)
add_users(api)
add_customer_users(api)
add_resources(api)

handler = api.handler
