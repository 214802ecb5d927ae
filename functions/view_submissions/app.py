"""`GET /submissions` and `GET /submissions/{id}`: show what sources sent."""

from aws_lambda_powertools.event_handler import Response

from leadflow.application.view_submissions import SubmissionFilters, reader_of_submissions
from leadflow.runtime import actions
from leadflow.runtime.http import Api, reply
from leadflow.runtime.list_requests import list_request
from leadflow.runtime.pagination import list_reply
from leadflow.runtime.representations.submissions import submission_body

api = Api()


@api.get("/submissions")
def get_submissions() -> Response[str]:
    """A page of the submissions that the caller may see."""
    principal = reader_of_submissions(api.principal)
    request = list_request(api, "submissions", SubmissionFilters)
    page = actions.list_submissions()(principal, request.filters, request.window)
    return list_reply(page, request.window, submission_body)


@api.get("/submissions/<submission_id>")
def get_submission(submission_id: str) -> Response[str]:
    """One submission with what became of it."""
    return reply(200, submission_body(actions.view_submission()(api.principal, submission_id)))


handler = api.handler
