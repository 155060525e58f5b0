"""deploy/systemd without a running systemd: by its own checker, by the settings and by the services of Compose."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.house.test_deployment import commands_of, interpolate
from tests.servers import ROOT

UNITS = ROOT / "deploy/systemd"
COMMON = UNITS / "blindread-app-.service.d/common.conf"
INSTALLED = "/opt/blindread"
PARTS = ("web", "worker", "receiver", "sweeper", "migrations")


def lines_of(name: str, unit: Path) -> list[str]:
    """The values that a unit gives to a key, in order."""
    pairs = [line.split("=", 1) for line in unit.read_text(encoding="utf-8").splitlines() if "=" in line]
    return [value for key, value in pairs if key == name]


def unit_of(part: str) -> Path:
    return UNITS / f"blindread-app-{part}.service"


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What deploy/secrets.sh makes for servers on the same host."""
    folder = tmp_path_factory.mktemp("host")
    shutil.copytree(ROOT / "deploy", folder / "deploy")
    here = {**os.environ, "DATABASE_HOST": "localhost", "REDIS_HOST": "localhost"}
    subprocess.run(["sh", str(folder / "deploy/secrets.sh")], check=True, capture_output=True, env=here)
    return folder / "secrets"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_accepts_every_unit(tmp_path: Path) -> None:
    for path in (*UNITS.glob("*.service"), *UNITS.glob("*.target"), COMMON):
        copy = tmp_path / path.relative_to(UNITS)
        copy.parent.mkdir(exist_ok=True)
        copy.write_text(path.read_text(encoding="utf-8").replace(INSTALLED, str(ROOT)), encoding="utf-8")
    units = sorted(map(str, (*tmp_path.glob("*.service"), *tmp_path.glob("*.target"))))
    command = ["systemd-analyze", "verify", "--man=no", *units]
    said = subprocess.run(
        command, env={**os.environ, "SYSTEMD_UNIT_PATH": f"{tmp_path}:"}, capture_output=True, text=True
    )
    assert len(units) == len(PARTS) + 2
    assert [line for line in said.stderr.splitlines() if "blindread" in line] == []
    assert said.returncode == 0, said.stderr


def test_the_services_run_the_commands_of_the_containers() -> None:
    compose: dict[str, Any] = yaml.safe_load(interpolate((ROOT / "docker-compose.yml").read_text(encoding="utf-8")))
    here = [line for path in UNITS.glob("*.service") for line in lines_of("ExecStart", path)]
    wanted = {plainly(" ".join(command)) for command in commands_of(compose)}
    own = {"python manage.py collectstatic --noinput --verbosity 0"}  # the image has done it already
    assert {plainly(line) for line in here} == wanted | own


def plainly(command: str) -> str:
    """A command without its folder, and without the address that it listens on."""
    words = command.replace(f"{INSTALLED}/.venv/bin/", "").split()
    return " ".join(word for word in words if ":8000" not in word and word not in ("0.0.0.0", "127.0.0.1"))


def test_every_service_has_the_secrets_that_the_script_makes_and_the_owners_role_is_for_migrations_alone(
    secrets: Path,
) -> None:
    assert "@localhost:" in (secrets / "database_url").read_text()
    assert "@localhost:" in (secrets / "broker_url").read_text()
    for part in PARTS:
        loaded = dict(
            line.split(":", 1) for unit in (COMMON, unit_of(part)) for line in lines_of("LoadCredential", unit)
        )
        read = {line.split("%d/")[1] for line in lines_of("Environment", COMMON) if "%d/" in line}
        assert set(loaded) == read
        assert {Path(path).name for path in loaded.values()} <= {path.name for path in secrets.iterdir()}
        assert loaded["database_url"].endswith("owner_database_url") == (part == "migrations")


def test_the_settings_stand_in_production_without_a_warning(secrets: Path, tmp_path: Path) -> None:
    given = dict(line.split("=", 1) for line in settings_lines())
    named = dict(line.split("=", 1) for line in lines_of("Environment", COMMON))
    environment = {name: value.replace("%d", str(secrets)) for name, value in {**given, **named}.items()}
    environment |= {"BLINDREAD_VAR": str(tmp_path), "PATH": os.environ["PATH"]}
    command = [sys.executable, str(ROOT / "manage.py"), "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def settings_lines() -> list[str]:
    """The settings in the file that is to be adapted."""
    lines = (UNITS / "environment").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_every_setting_in_the_file_is_explained() -> None:
    page = (ROOT / "docs/operations/installation.md").read_text(encoding="utf-8")
    assert [line for line in settings_lines() if f"`{line.split('=')[0]}`" not in page] == []


def test_the_decoders_know_nothing_of_the_application() -> None:
    unit = UNITS / "blindread-decoders.service"
    assert lines_of("LoadCredential", unit) == lines_of("EnvironmentFile", unit) == []
    assert lines_of("PrivateNetwork", unit) == lines_of("PrivateUsers", unit) == ["yes"]
    assert "/opt/blindread/secrets" in lines_of("InaccessiblePaths", unit)[0]
