"""`POST /partners/{id}/test-exchange`: call a partner by way of trial."""

from aws_lambda_powertools.event_handler import Response

from leadflow.application.try_partner_exchange import TrialForm
from leadflow.runtime import actions
from leadflow.runtime.http import Api, reply
from leadflow.runtime.observability import logger
from leadflow.runtime.representations.trials import trial_body

api = Api()


@api.post("/partners/<partner_id>/test-exchange")
def test_exchange(partner_id: str) -> Response[str]:
    """One call, and what came of it."""
    user, form = api.tenant_user("partners.update"), api.body_as(TrialForm)
    trial = actions.test_partner_exchange()(user, partner_id, form)
    logger().info("exchange tried", partner_id=partner_id, outcome=trial.outcome)
    return reply(200, trial_body(trial))


handler = api.handler
