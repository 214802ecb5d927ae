"""`GET /partners/{id}/payouts`: what a partner's sources are owed for a period."""

from aws_lambda_powertools.event_handler import Response

from leadflow.application.report_payouts import PayoutPeriod
from leadflow.application.requests import validated
from leadflow.runtime import lead_actions
from leadflow.runtime.http import Api, reply
from leadflow.runtime.observability import logger
from leadflow.runtime.representations.payouts import payouts_body

api = Api()


@api.get("/partners/<partner_id>/payouts")
def get_payouts(partner_id: str) -> Response[str]:
    """The report, as of now."""
    asked = {name: text for name in ("from", "to") if (text := api.query(name)) is not None}
    period = validated(PayoutPeriod, asked)
    report = lead_actions.report_payouts()(api.principal, partner_id, period)
    logger().info("payouts reported", partner_id=partner_id, leads=report.leads)
    return reply(200, payouts_body(report))


handler = api.handler
