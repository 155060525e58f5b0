"""The part of the Compose specification that docker-compose.yml uses; a key that is not here is refused."""

from __future__ import annotations

from typing import Any

TEXT = {"type": "string", "minLength": 1}
TEXTS = {"type": "array", "items": TEXT, "minItems": 1, "uniqueItems": True}
COMMAND = {"oneOf": [TEXT, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}
SCALAR = {"type": ["string", "number", "boolean", "null"]}
DURATION = {"type": "string", "pattern": r"^\d+(us|ms|s|m|h)$"}
NAME = r"^[a-z0-9][a-z0-9_.-]*$"
CONDITIONS = ["service_started", "service_healthy", "service_completed_successfully"]


def mapping(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def named(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "patternProperties": {NAME: item}, "additionalProperties": False}


HEALTHCHECK = mapping(
    test={"type": "array", "items": TEXT, "minItems": 2, "prefixItems": [{"enum": ["CMD", "CMD-SHELL"]}]},
    interval=DURATION,
    timeout=DURATION,
    retries={"type": "integer", "minimum": 1},
    start_period=DURATION,
)
SERVICE = mapping(
    image=TEXT,
    build=TEXT,
    command=COMMAND,
    entrypoint=COMMAND,
    restart={"enum": ["no", "always", "on-failure", "unless-stopped"]},
    environment={"type": "object", "additionalProperties": SCALAR},
    secrets=TEXTS,
    ulimits=mapping(core={"const": 0}),
    volumes={"type": "array", "items": {"type": "string", "pattern": r"^(\./)?[\w./-]+:/[\w./-]+(:ro)?$"}},
    ports={"type": "array", "items": {"type": "string", "pattern": r"^([\d.]+:)?\d+:\d+$"}},
    depends_on=named(mapping(condition={"enum": CONDITIONS})),
    deploy=mapping(replicas={"type": "integer", "minimum": 1}),
    healthcheck=HEALTHCHECK,
    user=TEXT,
    cap_drop={"const": ["ALL"]},
    cap_add={"type": "array", "items": {"enum": ["NET_BIND_SERVICE"]}, "minItems": 1},
    security_opt={"const": ["no-new-privileges:true"]},
    read_only={"const": True},
    tmpfs={"type": "array", "items": {"type": "string", "pattern": r"^/[\w/]+$"}, "minItems": 1},
    networks=TEXTS,
    network_mode={"enum": ["none", "bridge", "host"]},
    stop_grace_period=DURATION,
)
SERVICE["required"] = ["image"]
SCHEMA = mapping(
    name={"type": "string", "pattern": NAME},
    services=named(SERVICE),
    networks=named(mapping(internal={"const": True})),
    secrets=named({**mapping(file=TEXT), "required": ["file"]}),
    volumes=named({"type": "object", "maxProperties": 0}),
)
SCHEMA["patternProperties"] = {"^x-": {}}
SCHEMA["required"] = ["services"]
