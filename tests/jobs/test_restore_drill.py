"""A backup is restored by the owner of the tables alone, whatever a superuser has added to either database."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest
from django.db import connection
from psycopg import sql
from pyrage.x25519 import Identity

from tests.servers import ROOT, BlankDatabase, environment_of_a_part, run_on_server

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@dataclass(frozen=True)
class Installation:
    """An installation on its own database, whose tables belong to a role without any special right."""

    url: str
    owner: str
    folder: Path

    @property
    def database(self) -> str:
        """The name of the database."""
        return self.url.partition("@/")[2].partition("?")[0]

    def manage(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A command of this installation."""
        folders = {name: str(self.folder / name.lower()) for name in ("ANCHOR_FOLDER", "BACKUP_FOLDER", "WORK_FOLDER")}
        kept = folders | {"AUDIT_MAC_KEYS": f"1:{'ab' * 32}"}
        environment = environment_of_a_part(DATABASE_URL=self.url, BLINDREAD_VAR=str(self.folder), **kept)
        command = [sys.executable, str(ROOT / "manage.py"), *words]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)

    def by_superuser(self, *statements: LiteralString) -> list[Any]:
        """What somebody else does in this database; the rows of the last statement."""
        details = connection.settings_dict
        place = {"host": details["HOST"], "port": details["PORT"] or None, "user": details["USER"]}
        with psycopg.connect(dbname=self.database, autocommit=True, **place) as link:
            for statement in statements:
                done = link.execute(statement)
            return done.fetchall() if done.description else []


MakeInstallation = Callable[[str], Installation]


@pytest.fixture
def make_installation(blank_database: BlankDatabase, tmp_path: Path) -> Iterator[MakeInstallation]:
    """Installations, each with an extension of a superuser that the owner of the tables cannot drop."""
    made: list[Installation] = []

    def make(name: str) -> Installation:
        url = blank_database(name)
        installation = Installation(url, f"owner_{url.partition('@/')[2].partition('?')[0]}", tmp_path / name)
        run_on_server("CREATE ROLE {} LOGIN", installation.owner)
        made.append(installation)
        owned = Installation(
            url.replace("//postgres", f"//{installation.owner}", 1), installation.owner, installation.folder
        )
        give = sql.SQL("ALTER DATABASE {} OWNER TO {}").format(
            sql.Identifier(installation.database), sql.Identifier(installation.owner)
        )
        installation.by_superuser(give.as_string(), "CREATE EXTENSION hstore", "CREATE EXTENSION pg_stat_statements")
        assert owned.manage("migrate", "--verbosity", "0").returncode == 0
        return owned

    yield make
    for installation in made:
        details = connection.settings_dict
        place = {"host": details["HOST"], "port": details["PORT"] or None, "user": details["USER"]}
        with psycopg.connect(dbname="postgres", autocommit=True, **place) as server:
            names = {"database": sql.Identifier(installation.database), "role": sql.Identifier(installation.owner)}
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {database} WITH (FORCE)").format(**names))
            server.execute(sql.SQL("DROP ROLE {role}").format(**names))


def backup_of(installation: Installation, *options: str) -> Path:
    """A backup of the installation; its folder."""
    done = installation.manage("backup", *options)
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.splitlines()[0])


def test_a_superusers_extension_and_another_owner_do_not_stop_a_restore(
    make_installation: MakeInstallation, tmp_path: Path
) -> None:
    first, second = make_installation("first"), make_installation("second")
    first.manage("verify_audit")
    key = Identity.generate()
    (tmp_path / "identity.txt").write_text(str(key))
    folder = backup_of(first, "--recipient", str(key.to_public()))
    second.manage("verify_audit")
    done = second.manage("restore", str(folder), "--replace", "--identity", str(tmp_path / "identity.txt"))
    assert done.returncode == 0, done.stderr
    assert done.stdout == "2 events, 0 rows, 0 anchors: intact\n"
    owners = second.by_superuser("SELECT DISTINCT tableowner FROM pg_tables WHERE tablename LIKE 'audit%'")
    assert owners == [(second.owner,)]
    assert second.by_superuser("SELECT count(*) FROM pg_extension WHERE extname = 'hstore'") == [(1,)]


@pytest.mark.full
def test_the_working_role_has_its_rights_after_a_restore(make_installation: MakeInstallation) -> None:
    installation = make_installation("first")
    installation.by_superuser("CREATE ROLE app_of_the_drill")
    try:
        assert installation.manage("grant_rights", "app_of_the_drill").returncode == 0
        done = installation.manage("restore", str(backup_of(installation)), "--replace")
        assert done.returncode == 0, done.stderr
        asked = "SELECT has_table_privilege('app_of_the_drill', 'audit_event', 'INSERT'),"
        asked += " has_table_privilege('app_of_the_drill', 'audit_event', 'DELETE')"
        assert installation.by_superuser(asked) == [(True, False)]
    finally:
        installation.by_superuser("DROP OWNED BY app_of_the_drill", "DROP ROLE app_of_the_drill")


@pytest.mark.full
def test_a_role_that_does_not_own_the_tables_learns_who_does(make_installation: MakeInstallation) -> None:
    installation, other = make_installation("first"), make_installation("second")
    folder = backup_of(installation)
    stranger = Installation(
        installation.url.replace(f"//{installation.owner}", f"//{other.owner}"), other.owner, installation.folder
    )
    installation.by_superuser("GRANT SELECT ON ALL TABLES IN SCHEMA public TO PUBLIC")
    done = stranger.manage("restore", str(folder), "--replace")
    assert done.returncode == 1
    assert f"belong to {installation.owner}" in done.stderr


@pytest.mark.full
def test_a_backup_of_a_newer_server_is_refused_before_anything_is_changed(make_installation: MakeInstallation) -> None:
    installation = make_installation("first")
    folder = backup_of(installation)
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(manifest | {"server": "990001"}))
    done = installation.manage("restore", str(folder), "--replace")
    assert done.returncode == 1
    assert "The backup was made on PostgreSQL 99. This server has the older version" in done.stderr


def test_a_dump_that_the_tool_cannot_read_leaves_the_database_as_it_was(make_installation: MakeInstallation) -> None:
    installation = make_installation("first")
    folder = backup_of(installation)
    installation.manage("verify_audit")
    manifest = json.loads((folder / "manifest.json").read_text())
    dump = folder / "database.dump"
    dump.write_bytes(dump.read_bytes()[:-2000])
    entry = next(entry for entry in manifest["files"] if entry["name"] == "database.dump")
    entry |= {"size": dump.stat().st_size, "sha256": hashlib.sha256(dump.read_bytes()).hexdigest()}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    done = installation.manage("restore", str(folder), "--replace")
    assert done.returncode == 1
    assert "The program pg_restore failed" in done.stderr
    assert installation.by_superuser("SELECT count(*) FROM audit_event") == [(2,)]
