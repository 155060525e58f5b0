"""One attempt to sign on: what was sent with the browser to the provider, and what must come back.

The attempt is kept in a signed cookie of the browser, for ten minutes, and nowhere on the server.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from dataclasses import asdict, dataclass, field
from urllib.parse import urlencode

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.models import User
from accounts.sign_on.provider import callback_address, provider
from config.errors import BadInput, NotAllowed
from config.wording import quoted

SALT, SECONDS = "accounts.sign-on", 600
LONGEST_CODE = 4096


def unguessable() -> str:
    """32 random bytes, as text for an address."""
    return secrets.token_urlsafe(32)


@dataclass(frozen=True)
class Flow:
    """`state` binds the answer to this browser, `nonce` the token to this attempt, `verifier` the code to this server.

    `user` is the person who links an identity to their account, and `session` their session; 0 and empty when somebody
    signs in.
    """

    next_page: str
    user: int = 0
    generation: int = 0
    session: str = ""
    state: str = field(default_factory=unguessable)
    nonce: str = field(default_factory=unguessable)
    verifier: str = field(default_factory=unguessable)
    began: int = field(default_factory=lambda: int(time.time()))


def flow_to_link(user: User, session_key: str | None) -> Flow:
    """An attempt to link an identity to the account of the person, who has just entered their password."""
    return Flow("", user.pk, user.session_generation, session_mark(session_key))


def session_mark(key: str | None) -> str:
    """By which a session is recognised; its key cannot be found from it."""
    return salted_hmac("accounts.sign-on.session", key or "", algorithm="sha256").hexdigest()


def provider_address(flow: Flow) -> str:
    """Where the browser goes. No scope beyond `openid` is requested: neither name nor e-mail address is received."""
    wanted = {
        "response_type": "code",
        "scope": "openid",
        "client_id": settings.SIGN_ON_CLIENT_ID,
        "redirect_uri": callback_address(),
        "state": flow.state,
        "nonce": flow.nonce,
        "code_challenge": challenge(flow.verifier),
        "code_challenge_method": "S256",
    }
    if settings.SIGN_ON_FRESH:
        # `max_age` obliges the provider to say when the person signed in there.
        wanted |= {"prompt": "login", "max_age": str(SECONDS)}
    if settings.SIGN_ON_SECOND_FACTOR_ACR:
        wanted["acr_values"] = " ".join(settings.SIGN_ON_SECOND_FACTOR_ACR)
    address = provider().authorization
    return f"{address}{'&' if '?' in address else '?'}{urlencode(wanted)}"


def challenge(verifier: str) -> str:
    """The digest of the verifier that PKCE sends ahead.

    >>> challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
    """
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def remember(response: HttpResponse, flow: Flow) -> None:
    """Keeps the attempt in the browser. Lax, because the browser comes back from another site."""
    response.set_cookie(
        settings.SIGN_ON_COOKIE_NAME,
        signing.dumps(asdict(flow), salt=SALT),
        max_age=SECONDS,
        secure=settings.SECURE_COOKIES,
        httponly=True,
        samesite="Lax",
    )


def forget(response: HttpResponse) -> None:
    """An attempt ends with the first answer, whatever the answer is."""
    response.delete_cookie(settings.SIGN_ON_COOKIE_NAME, samesite="Lax")


def remembered(request: HttpRequest) -> Flow:
    """The attempt of this browser; refuses one that is too old or was begun in another browser."""
    try:
        cookie = request.COOKIES.get(settings.SIGN_ON_COOKIE_NAME, "")
        return Flow(**signing.loads(cookie, salt=SALT, max_age=SECONDS))
    except signing.BadSignature:
        text = "The sign-in took too long, or was begun in another browser or window. Please start again."
        raise BadInput(text) from None


def code_returned(request: HttpRequest, flow: Flow) -> str:
    """The code with which the browser came back; refuses an answer to another attempt."""
    if not constant_time_compare(request.GET.get("state", ""), flow.state):
        raise BadInput("The answer belongs to another sign-in. Please start again.")
    if request.GET.get("iss", settings.SIGN_ON_ISSUER) != settings.SIGN_ON_ISSUER:
        raise NotAllowed(message="The answer comes from another provider. Please start again.")
    if error := request.GET.get("error", ""):
        raise NotAllowed(message=f"{settings.SIGN_ON_NAME} did not sign you in and says {quoted(error[:60])}.")
    code = request.GET.get("code", "")
    if not 0 < len(code) <= LONGEST_CODE:
        text = f"The answer of {settings.SIGN_ON_NAME} has a code of {len(code)} characters."
        raise BadInput(f"{text} 1 to {LONGEST_CODE} are allowed. Please start again.")
    return code
