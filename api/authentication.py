"""The sender of a request: the person to whom the access token belongs. Sessions are ignored here."""

from __future__ import annotations

import time
from typing import cast

from django.conf import settings
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from accounts.models import User
from api.models import AccessToken
from api.problems import UNKNOWN_SENDER
from api.tokens import note_use, valid_token
from studies.plan.first_request import note_first_use


class TokenAuthentication(BaseAuthentication):
    """Accepts a valid access token and nothing else."""

    def authenticate(self, request: Request) -> tuple[User, AccessToken]:
        """The person and the token; its first use counts as the first request under the role."""
        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        token = valid_token(text.strip()) if scheme.lower() == "bearer" and text.strip() else None
        if token is None:
            raise AuthenticationFailed(UNKNOWN_SENDER)
        note_first_use([token.membership])
        note_use(token)
        return token.membership.user, token

    def authenticate_header(self, request: Request) -> str:
        """The header that a request without a token should have sent."""
        return 'Bearer realm="api"'


class TokenThrottle(SimpleRateThrottle):
    """A limit of requests per minute for each token, counted by each web process."""

    scope = "token"

    def get_rate(self) -> str:
        """The rate of the settings."""
        return f"{settings.API_REQUESTS_PER_MINUTE}/min"

    def timer(self) -> float:
        """The current time, read at each request."""
        return time.time()

    def get_cache_key(self, request: Request, view: APIView) -> str:
        """One count for each token."""
        return f"api-requests-{cast(AccessToken, request.auth).digest}"
