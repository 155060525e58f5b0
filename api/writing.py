"""Writing once: a request that is repeated with the same idempotency key gets the response of the first one."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response

from api.models import AccessToken, WrittenAnswer
from audit.trail import audited_atomic
from config.errors import BadInput

HEADER = "Idempotency-Key"
KEY = re.compile(r"[!-~]{1,64}")


class KeyUsed(APIException):
    """The key belongs to another request."""

    status_code = 422
    default_detail = "The idempotency key was used before with another request. Make a new key for each request."


def write_once(*, request: Request, token: AccessToken, do: Callable[[], Any], status: int) -> Response:
    """Carries out `do` and stores its response under the key, in one transaction; a repetition gets the same response.

    A refusal stores nothing, because nothing was written: the same request may succeed later.
    """
    key, digest = key_of(request), digest_of(request)
    with audited_atomic():
        # The lock makes requests of one token take turns, so that a repetition finds the first answer.
        AccessToken.objects.select_for_update().get(pk=token.pk)
        earlier = WrittenAnswer.objects.filter(token=token, key=key).first()
        if earlier is None:
            content = do()
            WrittenAnswer.objects.create(token=token, key=key, digest=digest, status=status, content=content)
            return Response(content, status=status)
    if earlier.digest != digest:
        raise KeyUsed
    return Response(earlier.content, status=earlier.status, headers={"Idempotency-Replayed": "true"})


def key_of(request: Request) -> str:
    """The idempotency key that the program chose."""
    key = request.headers.get(HEADER, "")
    if not KEY.fullmatch(key):
        raise BadInput(
            f"The header {HEADER} is missing or not valid. Send a new random string of 1 to 64 visible ASCII characters"
            " with each request, and the same one when you send a request again.",
            field=HEADER,
        )
    return key


def digest_of(request: Request) -> str:
    """The identity of a request: method, address and content."""
    parts = [request.method, request.path, request._request.body.decode(errors="replace")]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
