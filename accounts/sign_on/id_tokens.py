"""Checks an ID token: signature, issuer, audience, time, nonce, and whether the person has just signed in there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import jwt
from django.conf import settings
from django.utils.crypto import constant_time_compare
from jwt.exceptions import InvalidSubjectError

from accounts.sign_on.flow import Flow
from config.errors import NotAllowed
from config.given_text import unstorable

# Signatures with a private key only: neither unsigned tokens, nor those that anyone with the public key could make.
ALGORITHMS = ("RS256", "PS256", "ES256")
REQUIRED = ["iss", "aud", "sub", "exp", "iat", "nonce"]
LEEWAY_SECONDS = 60
LONGEST_SUBJECT = 255
FAULTS: tuple[tuple[type[jwt.PyJWTError], str], ...] = (
    (jwt.ExpiredSignatureError, "has expired"),
    (jwt.ImmatureSignatureError, "is dated in the future"),
    (jwt.InvalidAudienceError, "is meant for another application"),
    (jwt.InvalidIssuerError, "comes from another issuer"),
    (jwt.MissingRequiredClaimError, "is incomplete"),
    (InvalidSubjectError, "is incomplete"),
    (jwt.PyJWTError, "is not signed as required"),
)


@dataclass(frozen=True)
class Identity:
    """The person as the provider identifies them, and whether they used a second factor there."""

    issuer: str
    subject: str
    second_factor: bool


def token_refusal(what: str) -> NotAllowed:
    """The refusal of a token."""
    return NotAllowed(message=f"The answer of {settings.SIGN_ON_NAME} {what}. Please start again.")


def identity_in(token: str, keys: Sequence[Any], flow: Flow) -> Identity:
    """The identity that the token proves for this attempt."""
    claims = verified_claims(token, keys)
    nonce, subject = str(claims["nonce"]), claims["sub"]
    if not 0 < len(subject) <= LONGEST_SUBJECT or unstorable(nonce) or unstorable(subject):
        raise token_refusal("is incomplete")
    if not constant_time_compare(nonce, flow.nonce):
        raise token_refusal("belongs to another sign-in")
    demand_only_audience(claims)
    if settings.SIGN_ON_FRESH and not signed_in_since(claims.get("auth_time"), flow.began):
        raise token_refusal("does not say that you have just signed in there")
    return Identity(claims["iss"], subject, has_second_factor(claims))


def verified_claims(token: str, keys: Sequence[Any]) -> dict[str, Any]:
    """What the token says, once its signature, issuer, audience and times have been checked."""
    try:
        key = key_of(jwt.get_unverified_header(token), keys)
        return dict(
            jwt.decode(
                token,
                key,
                algorithms=ALGORITHMS,
                audience=settings.SIGN_ON_CLIENT_ID,
                issuer=settings.SIGN_ON_ISSUER,
                leeway=LEEWAY_SECONDS,
                options={"require": REQUIRED},
            )
        )
    except jwt.PyJWTError as fault:
        raise token_refusal(next(what for kind, what in FAULTS if isinstance(fault, kind))) from None


def key_of(header: dict[str, Any], keys: Sequence[Any]) -> jwt.PyJWK:
    """The one public key that fits the header of the token."""
    algorithm, name = header.get("alg"), header.get("kid")
    if algorithm not in ALGORITHMS:
        raise jwt.InvalidAlgorithmError
    fitting = [key for key in keys if isinstance(key, dict) and fits(key, algorithm, name)]
    if len(fitting) != 1:
        raise token_refusal("is signed with an unknown key")
    return jwt.PyJWK(fitting[0], algorithm)


def fits(key: dict[str, Any], algorithm: str, name: object) -> bool:
    """Whether the key is for signatures of this kind and has the name, if the token gives one."""
    for_signing = key.get("use", "sig") == "sig" and key.get("alg", algorithm) == algorithm
    kind = "EC" if algorithm.startswith("ES") else "RSA"
    return for_signing and key.get("kty") == kind and name in (None, key.get("kid"))


def demand_only_audience(claims: dict[str, Any]) -> None:
    """Refuses a token that was issued to another application, even if this one is among its audiences."""
    audience, issued_to = claims["aud"], claims.get("azp", settings.SIGN_ON_CLIENT_ID)
    several = isinstance(audience, list) and len(audience) > 1 and "azp" not in claims
    if several or issued_to != settings.SIGN_ON_CLIENT_ID:
        raise token_refusal("is meant for another application")


def signed_in_since(at: object, began: int) -> bool:
    """Whether the person signed in at the provider after the attempt began."""
    return isinstance(at, int) and at >= began - LEEWAY_SECONDS


def has_second_factor(claims: dict[str, Any]) -> bool:
    """Whether the provider states one of the methods or classes that the settings accept as a second factor."""
    methods = claims.get("amr")
    stated = {str(method) for method in methods} if isinstance(methods, list) else set()
    if stated & set(settings.SIGN_ON_SECOND_FACTOR_AMR):
        return True
    return claims.get("acr") in settings.SIGN_ON_SECOND_FACTOR_ACR
