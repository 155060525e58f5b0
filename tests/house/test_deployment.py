"""docker-compose.yml and Dockerfile without an engine: by schema, by the settings and the entry points they name."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jsonschema
import psycopg
import pytest
import yaml
from django.core.management import call_command, get_commands
from django.db import connection

from tests.house.compose_schema import SCHEMA
from tests.servers import ROOT

GIVEN = {"SITE": "reading.example", "EMAIL_HOST": "mail.example", "DEFAULT_FROM_EMAIL": "reading@reading.example"}
OURS = ("web", "worker", "receiver", "sweeper", "migrations")
PARTS = (*OURS, "decoders")
# Read by boto3, not by our settings.
FOREIGN = {"AWS_SHARED_CREDENTIALS_FILE", "AWS_DEFAULT_REGION"}


def interpolate(text: str) -> str:
    """${NAME}, ${NAME:-default} and ${NAME:?message}, as Compose fills them in."""

    def value(match: re.Match[str]) -> str:
        name, kind, rest = match.groups()
        assert name in GIVEN or kind == ":-", f"{name} has no default and is not among the settings of .env"
        return GIVEN.get(name, rest or "")

    return re.sub(r"\$\{(\w+)(?:(:-|:\?)([^}]*))?\}", value, text)


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(interpolate((ROOT / "docker-compose.yml").read_text(encoding="utf-8")))
    return found


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What deploy/secrets.sh makes, in a folder of its own."""
    folder = tmp_path_factory.mktemp("house")
    shutil.copytree(ROOT / "deploy", folder / "deploy")
    subprocess.run(["sh", str(folder / "deploy/secrets.sh")], check=True, capture_output=True)
    return folder / "secrets"


def environment_of(service: dict[str, Any], secrets: Path) -> dict[str, str]:
    """A service's environment with its secrets where this machine has them."""
    given = {name: "" if value is None else str(value) for name, value in service["environment"].items()}
    moved = {name: value.replace("/run/secrets", str(secrets)) for name, value in given.items()}
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH") if name in os.environ}
    return inherited | moved


def test_the_file_fits_the_schema(compose: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator(SCHEMA).validate(compose)


def test_services_refer_to_things_that_are_there(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert set(service.get("depends_on", {})) <= set(compose["services"]), name
        assert set(service.get("secrets", [])) <= set(compose["secrets"]), name
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert (ROOT / source).exists() if source.startswith("./") else source in compose["volumes"], volume


def test_a_service_that_is_waited_for_as_healthy_says_when_it_is(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        for name, wanted in service.get("depends_on", {}).items():
            if wanted["condition"] == "service_healthy":
                assert "healthcheck" in compose["services"][name]


def test_every_part_of_the_installation_is_a_service(compose: dict[str, Any]) -> None:
    assert {*PARTS, "proxy", "postgres", "redis", "objects"} <= set(compose["services"])


def test_every_secret_that_is_mounted_is_made_by_the_script(compose: dict[str, Any], secrets: Path) -> None:
    assert {path.name for path in secrets.iterdir()} == set(compose["secrets"])
    assert all(path.read_text() for path in secrets.iterdir())
    assert secrets.stat().st_mode & 0o077 == 0


def test_every_secret_a_service_reads_is_mounted_there(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        read = {
            Path(str(value)).name
            for value in service.get("environment", {}).values()
            if str(value).startswith("/run/secrets/")
        }
        assert read <= set(service.get("secrets", [])), name


def test_no_service_can_gain_rights_or_change_its_image(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["read_only"], name
        assert set(service.get("cap_add", [])) <= ({"NET_BIND_SERVICE"} if name == "proxy" else set()), name


def test_every_folder_a_service_writes_to_is_mounted(compose: dict[str, Any]) -> None:
    for name in OURS:
        service = compose["services"][name]
        mounted = {volume.split(":")[1] for volume in service["volumes"]} | set(service["tmpfs"])
        folders = {value for key, value in service["environment"].items() if key.endswith("_FOLDER")}
        assert folders <= mounted, name
        assert "/tmp" in mounted, name


def test_each_service_reaches_only_the_networks_of_its_work(compose: dict[str, Any]) -> None:
    joined = {name: set(service.get("networks", [])) for name, service in compose["services"].items()}
    assert {network for names in joined.values() for network in names} == set(compose["networks"])
    assert joined["proxy"] == {"front"}
    assert (joined["postgres"], joined["redis"], joined["objects"]) == ({"data"}, {"queue"}, {"files"})
    assert {name for name, networks in joined.items() if "front" in networks} == {"proxy", "web"}
    assert all(compose["networks"][name].get("internal") for name in ("data", "queue", "files"))


def test_the_decoders_know_nothing_of_the_application(compose: dict[str, Any]) -> None:
    decoders = compose["services"]["decoders"]
    assert decoders["network_mode"] == "none"
    assert "secrets" not in decoders
    assert set(decoders["environment"]) == {"OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"}
    assert not [volume for volume in decoders["volumes"] if volume.startswith(("backups", "anchors"))]


def test_the_broker_asks_for_a_password(compose: dict[str, Any], secrets: Path) -> None:
    password = (secrets / "redis_password").read_text()
    assert "requirepass" in compose["services"]["redis"]["command"][-1]
    assert (secrets / "broker_url").read_text() == f"redis://:{password}@redis:6379/0"


@pytest.mark.parametrize("name", OURS)
def test_every_variable_is_one_that_the_settings_read(compose: dict[str, Any], name: str) -> None:
    source = (ROOT / "config/settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'(?:env_\w+|secret)\("(\w+)"', source)) | {"S3_QUARANTINE", "S3_READING", "S3_EXPORTS"}
    given = {variable.removesuffix("_FILE") for variable in compose["services"][name]["environment"]} - {
        variable.removesuffix("_FILE") for variable in FOREIGN
    }
    assert given - read == set()


@pytest.mark.parametrize("name", ["web", "migrations"])
def test_the_settings_stand_in_production_without_a_warning(
    compose: dict[str, Any], secrets: Path, name: str, tmp_path: Path
) -> None:
    environment = environment_of(compose["services"][name], secrets) | {"BLINDREAD_VAR": str(tmp_path)}
    command = [sys.executable, str(ROOT / "manage.py"), "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def commands_of(compose: dict[str, Any]) -> list[list[str]]:
    docker = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    default = yaml.safe_load(re.findall(r"^CMD (.*)$", docker, re.MULTILINE)[-1])
    found = [default, *(compose["services"][name].get("command", default) for name in PARTS)]
    shell = [part for command in found if command[0] == "sh" for part in command[2].split("&&")]
    return [command for command in found if command[0] != "sh"] + [part.split() for part in shell]


def test_every_command_is_an_entry_point_that_is_there(compose: dict[str, Any]) -> None:
    for command in commands_of(compose):
        if command[:2] == ["python", "manage.py"]:
            assert command[2] in get_commands(), command
        elif command[:2] == ["python", "-m"]:
            assert find_spec(command[2]), command
        elif command[0] == "gunicorn":
            assert find_spec("gunicorn")
            assert find_spec(command[1])
        else:
            assert command[:3] == ["celery", "-A", "config.celery"]
            assert find_spec(command[2])


def test_the_image_holds_every_package_and_nothing_that_is_not_there() -> None:
    docker = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    copied = set(re.findall(r"^COPY (\w[\w./]*) ", docker, re.MULTILINE))
    assert {name for name in copied if not (ROOT / name).exists()} == set()
    assert {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "bench"} <= copied


def test_every_folder_that_is_mounted_is_made_in_the_image(compose: dict[str, Any]) -> None:
    docker = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    mounted = {volume.split(":")[1] for volume in compose["services"]["web"]["volumes"]}
    assert {folder for folder in mounted if folder not in docker} == set()


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
class TestTheRoleTheInstallationWorksUnder:
    """It may add to regulated tables and nothing else; the protection is out of its reach."""

    @pytest.fixture
    def link(self) -> Any:
        name = f"app_{os.getpid()}"
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE ROLE {name} LOGIN")
            call_command("grant_rights", name, verbosity=0)
        details = connection.settings_dict
        place = {"host": details["HOST"], "port": details["PORT"] or None, "dbname": details["NAME"]}
        with psycopg.connect(user=name, autocommit=True, **place) as link:
            yield link
        with connection.cursor() as cursor:
            cursor.execute(f"DROP OWNED BY {name}; DROP ROLE {name}")

    @pytest.mark.parametrize(
        "sql",
        [
            "DELETE FROM audit_event",
            "UPDATE audit_event SET body = ''",
            "TRUNCATE audit_event",
            "ALTER TABLE audit_event DISABLE TRIGGER ALL",
            "DROP TRIGGER regulated_rows ON audit_event",
            "DROP TABLE audit_event",
            "SET session_replication_role = replica",
            "CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$",
        ],
    )
    def test_it_cannot_change_what_is_regulated(self, link: Any, sql: str) -> None:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            link.execute(sql)

    def test_it_can_do_the_work_of_the_installation(self, link: Any) -> None:
        link.execute("INSERT INTO jobs_pulse (part, at, well, says) VALUES ('worker', now(), true, '')")
        link.execute("UPDATE jobs_pulse SET says = 'x'")
        link.execute("DELETE FROM jobs_pulse")
        link.execute("INSERT INTO audit_head (stream, seq, hash) VALUES ('T', 0, '')")
        assert link.execute("SELECT count(*) FROM audit_event").fetchone() == (0,)


@pytest.mark.postgresql
@pytest.mark.django_db
def test_an_owner_or_a_superuser_is_not_taken_for_the_role_of_the_installation() -> None:
    with pytest.raises(Exception, match="must not own a table"):
        call_command("grant_rights", connection.settings_dict["USER"])
