"""The custodian's tool: creates a key pair, shows its fingerprint, and turns a sealed package into an opening share.

It is one file, to be run on the custodian's own computer with Python 3.11 or newer and cryptography 47 or newer.
It makes no network connection. The private key never leaves the file that `keygen` writes.
"""

from __future__ import annotations

import argparse
import base64
import getpass
import hashlib
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hpke, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

SEALED = "blindread sealed arms 1"
PACKAGE = "blindread sealed package 2"
OPENED = "blindread opening share 1"
PUBLIC_KEY_BYTES = 32
# RFC 9180, base mode: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.
SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


class Refused(Exception):
    """Something that cannot be done; the text says what and why."""


def counted(number: int, noun: str) -> str:
    """A number with its noun, in the singular for one."""
    return f"{number} {noun if number == 1 else noun + 's'}"


def context(trial: str, subject: str, version: int, part: str) -> bytes:
    """What every ciphertext is bound to: it cannot be opened for another trial, subject, version or part."""
    return json.dumps([SEALED, trial, subject, version, part], separators=(",", ":")).encode()


def fingerprint(public_key: bytes) -> str:
    """The first 128 bits of the key's SHA-256, in groups that can be read aloud."""
    digits = hashlib.sha256(public_key).hexdigest()[:32]
    return "-".join(digits[place : place + 4] for place in range(0, 32, 4))


def raw(key: X25519PublicKey) -> bytes:
    """The 32 bytes of a public key."""
    return key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def make_key(path: Path, passphrase: bytes) -> bytes:
    """Writes a new private key, encrypted, in a file that only its owner can read; returns the public key."""
    if path.exists():
        raise Refused(f"{path} already exists, and a key is never overwritten. Choose another name.")
    key = X25519PrivateKey.generate()
    text = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(passphrase),
    )
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(text)
    return raw(key.public_key())


def load_key(path: Path, passphrase: bytes) -> X25519PrivateKey:
    """The private key of a file."""
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), passphrase)
    except (OSError, ValueError, TypeError) as fault:
        raise Refused(
            f"{path} cannot be opened. The file is missing or is not a key file, or the passphrase is wrong."
        ) from fault
    if not isinstance(key, X25519PrivateKey):
        raise Refused(f"{path} contains a different kind of key. Use a key file made by keygen.")
    return key


def read_package(path: Path) -> dict[str, Any]:
    """A sealed package as downloaded from the server."""
    try:
        package = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise Refused(f"{path} is not a sealed package. Download the package again.") from fault
    if not isinstance(package, dict) or package.get("format") != PACKAGE:
        raise Refused(f"{path} is not a package of the type {PACKAGE}. Download the package and this tool again.")
    return package


def statement(package: dict[str, Any]) -> bytes:
    """What the server signs: everything in the package but the signature."""
    content = {name: value for name, value in package.items() if name != "signature"}
    return f"{PACKAGE}\n{json.dumps(content, sort_keys=True, separators=(',', ':'))}".encode()


def check_package(package: dict[str, Any], server_key: str, root: str) -> None:
    """Refuses a package that is not signed by the server, or whose lock or number of subjects is another."""
    try:
        signature = bytes.fromhex(package.get("signature", ""))
        server = Ed25519PublicKey.from_public_bytes(bytes.fromhex(server_key))
    except (ValueError, TypeError) as fault:
        raise Refused("The server key or the signature is not a hexadecimal number. Check --server-key.") from fault
    if not signature:
        raise Refused("The package is not signed, so nothing was opened. Download it again from the server.")
    try:
        server.verify(signature, statement(package))
    except InvalidSignature as fault:
        raise Refused("The package was altered, or another server signed it. Nothing was opened.") from fault
    if len(package["sealed"]) != package["subjects"]:
        shares, subjects = len(package["sealed"]), package["subjects"]
        has = f"{counted(shares, 'sealed share')} for {counted(subjects, 'subject')}"
        raise Refused(f"The package has {has}. Nothing was opened.")
    if root and root.lower() != package["root"]:
        raise Refused(f"The package is for the lock root {package['root']}, not for {root}. Nothing was opened.")


def print_package(package: dict[str, Any]) -> None:
    """What the custodian reads before the tool asks for their passphrase."""
    print(f"trial        {package['trial']}, campaign {package['campaign']}, lock {package['lock']}")
    print(f"lock root    {package['root']}")
    for signer in package["signed_by"]:
        print(f"signed by    {signer}")
    print(f"subjects     {package['subjects']}, arms version {package['version']}")
    print(f"reason       {package['reason']}", flush=True)


def opening_share(package: dict[str, Any], key: X25519PrivateKey) -> dict[str, Any]:
    """The custodian's half: one share for each subject of the package, but no arm."""
    own = fingerprint(raw(key.public_key()))
    if package["fingerprint"] != own:
        raise Refused(f"The package is for the key {package['fingerprint']}, not for {own}. Use that key with --key.")
    trial, version, part = package["trial"], package["version"], f"share {package['place']}"
    shares = {}
    for subject, sealed in package["sealed"].items():
        try:
            share = SUITE.decrypt(base64.b64decode(sealed), key, info=context(trial, subject, version, part))
        except InvalidTag as fault:
            raise Refused(f"The share of subject {subject} was altered. Download the package again.") from fault
        shares[subject] = base64.b64encode(share).decode()
    facts = {name: package[name] for name in ("request", "trial", "version", "fingerprint", "place")}
    return {"format": OPENED, **facts, "shares": shares}


def print_key(public_key: bytes) -> None:
    """What the custodian registers, and what they compare."""
    print(f"public key   {base64.b64encode(public_key).decode()}")
    print(f"fingerprint  {fingerprint(public_key)}")


def write_share(package: dict[str, Any], key: X25519PrivateKey, target: Path) -> None:
    """Opens the package and writes the share to a file that only its owner can read."""
    share = opening_share(package, key)
    try:
        handle = os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError as fault:
        raise Refused(f"{target} already exists. Choose another file with --out.") from fault
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(share, file)
    print(f"Opening share written to {target}. Upload it on the page where you downloaded the package, then delete it.")


def passphrase_of(arguments: argparse.Namespace, *, twice: bool) -> bytes:
    """The passphrase, read from a file or typed."""
    if arguments.passphrase_file:
        text = Path(arguments.passphrase_file).read_text(encoding="utf-8").rstrip("\r\n")
    else:
        text = getpass.getpass("Passphrase of the key: ")
        if twice and getpass.getpass("Repeat the passphrase: ") != text:
            raise Refused("The two passphrases differ. Enter the same one twice.")
    if len(text) < 12:
        raise Refused("The passphrase has fewer than 12 characters. Choose a longer one.")
    return text.encode()


def parser() -> argparse.ArgumentParser:
    """The three commands."""
    whole = argparse.ArgumentParser(prog="custodian.py", description="A custodian's tool for the arms of a trial.")
    commands = whole.add_subparsers(dest="command", required=True)
    for name, says in (
        ("keygen", "create a key pair; prints the public key and its fingerprint"),
        ("fingerprint", "print the public key and the fingerprint of a key file"),
        ("open", "turn a sealed package into an opening share"),
    ):
        command = commands.add_parser(name, help=says, description=says)
        if name == "open":
            command.add_argument("package", type=Path, help="the sealed package, as downloaded from the server")
            command.add_argument("--server-key", required=True, help="the server's public key that you noted down")
            command.add_argument("--root", default="", help="the root of the lock, as you received it separately")
            command.add_argument("--out", type=Path, help="file for the opening share (default: next to the package)")
        command.add_argument("--key", type=Path, default=Path("custodian-key.pem"), help="the key file")
        command.add_argument("--passphrase-file", help="read the passphrase from this file instead of asking")
    return whole


def run(arguments: argparse.Namespace) -> None:
    """Carries out one command; a package is checked and shown before the key is touched."""
    package: dict[str, Any] = {}
    if arguments.command == "open":
        package = read_package(arguments.package)
        check_package(package, arguments.server_key, arguments.root)
        print_package(package)
    passphrase = passphrase_of(arguments, twice=arguments.command == "keygen")
    if arguments.command == "keygen":
        print_key(make_key(arguments.key, passphrase))
        print(f"private key  {arguments.key}")
        print("Keep this file and its passphrase in different places, with a copy of each in a second place.")
        return
    key = load_key(arguments.key, passphrase)
    if arguments.command == "fingerprint":
        print_key(raw(key.public_key()))
        return
    write_share(package, key, arguments.out or arguments.package.with_suffix(".share.json"))


def main(words: Sequence[str] | None = None) -> int:
    """0 when done, 1 with the reason on stderr."""
    try:
        run(parser().parse_args(words))
    except (Refused, OSError, KeyError) as fault:
        print(f"Not done. {fault}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
