"""/healthz, for load balancers and start-up scripts: no sign-in, no data."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

from jobs.health import ComponentHealth, vital


@login_not_required
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """200 only when database, broker, worker and disk all respond and, in the demo, its data are complete."""
    answers = vital()
    well = all(answer.well for answer in answers)
    parts = {answer.part: {"well": answer.well, "says": in_public(answer)} for answer in answers}
    return JsonResponse({"well": well, **parts}, status=200 if well else 503)


def in_public(answer: ComponentHealth) -> str:
    """A component's message without the free space, from which one could infer when films arrive."""
    if answer.part != "disk":
        return answer.says
    return "enough space" if answer.well else "not enough space, or not writable"
