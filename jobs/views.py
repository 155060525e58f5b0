"""/healthz, for load balancers and for whoever starts the house: no sign-in, no data."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

from jobs.health import Answer, vital


@login_not_required
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """200 only when database, broker, worker and disk all answer and, in the demo, it has been filled."""
    answers = vital()
    well = all(answer.well for answer in answers)
    parts = {answer.part: {"well": answer.well, "says": in_public(answer)} for answer in answers}
    return JsonResponse({"well": well, **parts}, status=200 if well else 503)


def in_public(answer: Answer) -> str:
    """What a part says, without how much room is left: whoever watched that would see films arrive."""
    if answer.part != "disk":
        return answer.says
    return "room enough" if answer.well else "too little room, or it cannot be written to"
