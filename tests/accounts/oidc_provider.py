"""A small OpenID Connect provider: a real HTTP server in a thread, with keys and codes of its own.

It keeps to the standard unless a test bends it: one use of each code, PKCE, the client's secret, registered addresses.
It signs without the library that the product checks with.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlencode, urlsplit

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

Claims = dict[str, Any]
CLIENT, SECRET = "blindread:reading", "s/cret + %"
HEAD = "<title>The provider</title><link rel=icon href=data:,>"
PAGE = HEAD + "<form method=post action=/login?{query}><button>It is I</button></form>"


@cache
def rsa_key(name: str) -> rsa.RSAPrivateKey:
    """A key pair by name, made once for the run."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def encoded(data: bytes) -> str:
    """Bytes as the parts of a token have them."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value: int) -> str:
    return encoded(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def token_of(header: Claims, claims: Claims, signature: Callable[[bytes], bytes]) -> str:
    """A token with this header and a signature of this kind."""
    signed = ".".join(encoded(json.dumps(part).encode()) for part in (header, claims))
    return f"{signed}.{encoded(signature(signed.encode()))}"


def rs256(claims: Claims, key: str = "first") -> str:
    """Signed with a private key, as it must be."""

    def signature(signed: bytes) -> bytes:
        return rsa_key(key).sign(signed, padding.PKCS1v15(), SHA256())

    return token_of({"alg": "RS256", "kid": "first"}, claims, signature)


def unsigned(claims: Claims) -> str:
    """alg none."""
    return token_of({"alg": "none"}, claims, lambda signed: b"")


def hs256_with_the_public_key(claims: Claims) -> str:
    """Whoever knows the public key, as everybody does, could make this one."""
    public = rsa_key("first").public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return token_of({"alg": "HS256", "kid": "first"}, claims, lambda signed: hmac.digest(public, signed, "sha256"))


class OidcProvider:
    """What the provider says, which a test may bend before the browser comes."""

    def __init__(self, port: int, callback: str) -> None:
        self.issuer = f"http://127.0.0.1:{port}"
        self.callback = callback
        self.subject = "00u-anna"
        self.sign: Callable[[Claims], str] = rs256
        self.claims: Claims = {}
        self.document: Claims = {}
        self.answers: dict[str, tuple[int, bytes]] = {}
        self.asks = False
        self.codes: dict[str, dict[str, str]] = {}
        self.asked: list[dict[str, str]] = []

    def discovery(self) -> Claims:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize?tenant=acme",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        } | self.document

    def keys(self) -> Claims:
        numbers = rsa_key("first").public_key().public_numbers()
        key = {"kty": "RSA", "kid": "first", "use": "sig", "n": number(numbers.n), "e": number(numbers.e)}
        return {"keys": [key, {**key, "kid": "for encryption", "use": "enc"}]}

    def code_for(self, asked: dict[str, str]) -> str:
        """Where the browser goes with its code; an address that is not registered gets none."""
        self.asked.append(asked)
        wanted = {"client_id": CLIENT, "redirect_uri": self.callback, "response_type": "code", "scope": "openid"}
        assert {name: asked[name] for name in wanted} == wanted
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return f"{self.callback}?{urlencode({'code': code, 'state': asked['state']})}"

    def exchange(self, sent: dict[str, str], login: str) -> tuple[int, Claims]:
        """The tokens for a code, once."""
        asked = self.codes.pop(sent.get("code", ""), None)
        client = [unquote_plus(part) for part in base64.b64decode(login.removeprefix("Basic ")).decode().split(":")]
        if client != [CLIENT, SECRET]:
            return 401, {"error": "invalid_client"}
        verified = encoded(hashlib.sha256(sent.get("code_verifier", "").encode()).digest())
        fits = asked and verified == asked["code_challenge"] and sent["redirect_uri"] == asked["redirect_uri"]
        if not asked or not fits or sent["grant_type"] != "authorization_code":
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": "never used", "token_type": "Bearer", "id_token": self.id_token(asked["nonce"])}

    def id_token(self, nonce: str) -> str:
        now = int(time.time())
        times = {"iat": now, "exp": now + 300, "auth_time": now}
        claims = {"iss": self.issuer, "aud": CLIENT, "sub": self.subject, "nonce": nonce} | times | self.claims
        return self.sign({name: value for name, value in claims.items() if value is not None})


class OidcServer(ThreadingHTTPServer):
    """Serves one provider."""

    provider: OidcProvider


class OidcHandler(BaseHTTPRequestHandler):
    """The HTTP side."""

    server: OidcServer

    def do_GET(self) -> None:
        path, query = urlsplit(self.path).path, urlsplit(self.path).query
        provider = self.server.provider
        if path in provider.answers:
            self.send(*provider.answers[path])
        elif path == "/authorize" and provider.asks:
            self.send(200, PAGE.format(query=query).encode(), "text/html")
        elif path == "/authorize":
            self.go_to(provider.code_for(dict(parse_qsl(query))))
        else:
            pages = {"/.well-known/openid-configuration": provider.discovery(), "/keys": provider.keys()}
            self.send(200 if path in pages else 404, json.dumps(pages.get(path)).encode())

    def do_POST(self) -> None:
        path, query = urlsplit(self.path).path, urlsplit(self.path).query
        body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
        if path == "/login":
            self.go_to(self.server.provider.code_for(dict(parse_qsl(query))))
        else:
            login = self.headers.get("authorization", "")
            status, answer = self.server.provider.exchange(dict(parse_qsl(body)), login)
            self.send(status, json.dumps(answer).encode())

    def go_to(self, address: str) -> None:
        self.send_response(303)
        self.send_header("location", address)
        self.send_header("content-length", "0")
        self.end_headers()

    def send(self, status: int, body: bytes, kind: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Says nothing."""


@contextmanager
def running_provider(callback: str) -> Iterator[OidcProvider]:
    """A provider at a port of its own, at which this callback is registered."""
    server = OidcServer(("127.0.0.1", 0), OidcHandler)
    server.provider = OidcProvider(server.server_port, callback)
    rsa_key("first")  # made before a request has to wait for it
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
