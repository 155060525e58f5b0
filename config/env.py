"""Typed readers of environment variables with clear errors; imports nothing of ours."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


class BadSetting(Exception):
    """An environment variable is missing or has a value that is not allowed."""


def env_str(name: str, default: str | None = None) -> str:
    """The variable's text; BadSetting when it is unset and has no default."""
    value = os.environ.get(name, default)
    if value is None:
        raise BadSetting(f"{name} is not set.")
    return value


def env_bool(name: str, default: bool) -> bool:
    """True or False; any other word is refused."""
    value = os.environ.get(name)
    if value is None:
        return default
    if value not in ("True", "False"):
        raise BadSetting(f"{name} is “{value}”. Set it to True or False.")
    return value == "True"


def env_int(name: str, default: int) -> int:
    """A whole number."""
    value = os.environ.get(name)
    if value is None:
        return default
    try:
        return int(value)
    except ValueError:
        raise BadSetting(f"{name} is “{value}”. Set it to a whole number.") from None


def env_list(name: str, default: str = "") -> list[str]:
    """Words separated by commas."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def env_targets(name: str) -> list[str]:
    """Places for copies, each of a known kind: folder:PATH, s3:BUCKET/PREFIX or mail:ADDRESS."""
    targets = env_list(name)
    for target in targets:
        kind, _, place = target.partition(":")
        if kind not in ("folder", "s3", "mail") or not place:
            raise BadSetting(f"{name} has “{target}”. Give folder:PATH, s3:BUCKET/PREFIX or mail:ADDRESS.")
    return targets


def env_secret(name: str) -> str:
    """A secret from NAME, or from the file named by NAME_FILE."""
    if value := os.environ.get(name):
        return value
    if path := os.environ.get(f"{name}_FILE"):
        return Path(path).read_text(encoding="utf-8").strip()
    raise BadSetting(f"{name} is not set. Set it, or {name}_FILE.")


def numbered_keys(name: str, text: str) -> dict[int, bytes]:
    """Keys by number, from 1:KEY,2:KEY; a single key without a number is key 1. Each has 64 hexadecimal digits.

    >>> {number: key.hex()[:4] for number, key in numbered_keys("KEYS", "1:" + "ab" * 32 + ",2:" + "cd" * 32).items()}
    {1: 'abab', 2: 'cdcd'}
    """
    keys: dict[int, bytes] = {}
    for word in text.split(","):
        number, _, key = word.strip().rpartition(":")
        try:
            keys[int(number or 1)] = bytes.fromhex(key)
        except ValueError:
            raise BadSetting(f"{name} is not a list such as 1:KEY,2:KEY with hexadecimal keys.") from None
    if any(len(key) != 32 for key in keys.values()) or min(keys) < 1 or len(keys) != len(text.split(",")):
        raise BadSetting(f"{name} must give each number, from 1 upwards, one key of 64 hexadecimal digits.")
    return keys


def kept_secret(name: str, folder: Path) -> str:
    """A secret from the environment, otherwise one generated once and kept in the folder, readable by its owner only.

    If the folder is not writable, the secret is for this process only: commands on plain files need none.
    """
    if value := os.environ.get(name):
        return value
    path = folder / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
        return path.read_text(encoding="ascii")
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    except OSError:
        return secrets.token_hex(32)
