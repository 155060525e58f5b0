"""Speaks to the provider: where its parts are, the exchange of a code, its keys. Nothing it sends is stored.

Every address is HTTPS, except on this computer outside production; redirects are not followed, long answers refused.
"""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

import urllib3
from django.conf import settings
from django.urls import reverse

from config.env import BadSetting
from config.errors import NotAllowed, WrongState
from config.process_cache import Kept

POOL = urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(connect=3, read=5))
# A slow provider holds at most three threads of a process.
REQUESTS = threading.BoundedSemaphore(3)
LONGEST_ANSWER = 1024 * 1024
CHECKED_EVERY_SECONDS = 300
FORM = "application/x-www-form-urlencoded"
SETTINGS = ("SIGN_ON_ISSUER", "SIGN_ON_NAME", "SIGN_ON_CLIENT_ID")


@dataclass(frozen=True)
class Provider:
    """The addresses that the provider publishes."""

    authorization: str
    token: str
    keys: str


PROVIDERS = Kept[Provider](size=1)


def demand_complete_settings() -> None:
    """BadSetting when single sign-on is half configured, or its issuer is not an address that can be trusted."""
    given = [name for name in SETTINGS if getattr(settings, name)]
    if given and len(given) < len(SETTINGS):
        missing = next(name for name in SETTINGS if name not in given)
        raise BadSetting(f"{missing} is not set, but {given[0]} is. Set all of SIGN_ON_*, or none.")
    if given and not is_secure(settings.SIGN_ON_ISSUER):
        text = f"SIGN_ON_ISSUER is “{settings.SIGN_ON_ISSUER}”."
        raise BadSetting(f"{text} Set it to an address that begins with https:// and has no ? or #.")


def is_secure(address: str) -> bool:
    """Whether the address is HTTPS, or on this computer while this is no production installation."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    local = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost") and not settings.PRODUCTION
    return bool(parts.hostname) and (parts.scheme == "https" or local) and not set("?#") & set(address)


def callback_address() -> str:
    """Where the provider sends people back; it must be registered there exactly like this."""
    return settings.PUBLIC_URL.rstrip("/") + reverse("sign_on_callback")


def provider() -> Provider:
    """The provider's addresses; asked for at most every five minutes by each process."""
    period = str(int(time.time()) // CHECKED_EVERY_SECONDS)
    return PROVIDERS.of(settings.SIGN_ON_ISSUER, period, discover)


def discover() -> Provider:
    """Reads the published addresses; refuses a document about another issuer, and addresses without HTTPS."""
    found = fetch("GET", f"{settings.SIGN_ON_ISSUER.rstrip('/')}/.well-known/openid-configuration")
    if found.get("issuer") != settings.SIGN_ON_ISSUER:
        raise misconfigured("states a different issuer from the one in the settings")
    addresses = [found.get(f"{name}_endpoint") for name in ("authorization", "token")] + [found.get("jwks_uri")]
    if not all(isinstance(one, str) and is_secure(one.partition("?")[0]) for one in addresses):
        raise misconfigured("publishes no usable HTTPS addresses")
    return Provider(*map(str, addresses))


def id_token_for(code: str, verifier: str) -> str:
    """Exchanges the code for the ID token; the other tokens are dropped."""
    name, secret = quote_plus(settings.SIGN_ON_CLIENT_ID), quote_plus(settings.SIGN_ON_CLIENT_SECRET)
    headers = urllib3.make_headers(basic_auth=f"{name}:{secret}") | {"content-type": FORM}
    fields = {"code": code, "redirect_uri": callback_address(), "code_verifier": verifier}
    body = urlencode({"grant_type": "authorization_code", **fields})
    return str(fetch("POST", provider().token, headers=headers, body=body).get("id_token", ""))


def signing_keys() -> list[Any]:
    """The provider's public keys, read for every sign-on: a withdrawn key is refused at once."""
    found = fetch("GET", provider().keys).get("keys")
    return found if isinstance(found, list) else []


def fetch(method: str, address: str, **sent: Any) -> dict[str, Any]:
    """One request and its JSON object."""
    unreachable = f"{settings.SIGN_ON_NAME} cannot be reached now. Sign in with your password, or try again later."
    if not REQUESTS.acquire(blocking=False):
        raise WrongState(unreachable)
    try:
        status, body = answer_to(method, address, sent)
    except urllib3.exceptions.HTTPError:
        raise WrongState(unreachable) from None
    finally:
        REQUESTS.release()
    if 400 <= status < 500 and method == "POST":
        raise NotAllowed(message=f"{settings.SIGN_ON_NAME} did not accept this sign-in. Please start again.")
    if status != 200 or len(body) > LONGEST_ANSWER:
        raise misconfigured("gave an answer that cannot be used")
    return json_object(body)


def answer_to(method: str, address: str, sent: dict[str, Any]) -> tuple[int, bytes]:
    """The status and the first bytes of an answer; its connection is closed, whether or not it was read to the end."""
    answer = POOL.request(method, address, redirect=False, preload_content=False, **sent)
    try:
        return answer.status, answer.read(LONGEST_ANSWER + 1)
    finally:
        answer.close()


def json_object(body: bytes) -> dict[str, Any]:
    """The object in the answer."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise misconfigured("gave an answer that cannot be used")
    return found


def misconfigured(what: str) -> WrongState:
    """The refusal when the settings of the provider and those of this installation do not agree."""
    return WrongState(f"{settings.SIGN_ON_NAME} {what}. Sign in with your password, and inform an administrator.")
