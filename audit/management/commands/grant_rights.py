"""manage.py grant_rights ROLE: on PostgreSQL, grants the role that Blindread uses its rights; run it as the owner."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from psycopg import sql

from audit.protection import existing

EVERYTHING = [
    "GRANT USAGE ON SCHEMA public TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
]
ROLE = (
    "SELECT rolsuper, EXISTS(SELECT 1 FROM pg_tables WHERE schemaname = 'public' AND tableowner = rolname)"
    " FROM pg_roles WHERE rolname = %s"
)


class Command(BaseCommand):
    help = "Grant a PostgreSQL role the rights that Blindread needs. In regulated tables, the role can only add rows."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("role", help="the role of web, workers and sweeper; not the owner of the tables")

    def handle(self, *args: Any, **options: Any) -> None:
        if connection.vendor != "postgresql":
            raise CommandError("Rights can be granted only on PostgreSQL. This database is SQLite.")
        role = sql.Identifier(options["role"])
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(ROLE, [options["role"]])
            found = cursor.fetchone()
            if found is None or any(found):
                raise CommandError(
                    f"The role {options['role']} must exist, must not be a superuser, and must not own a table of"
                    " Blindread. Choose another role."
                )
            for statement in EVERYTHING:
                cursor.execute(sql.SQL(statement).format(role=role))
            for protection in existing():
                taken = "DELETE" if protection.column else "UPDATE, DELETE"
                table = sql.Identifier(protection.table)
                cursor.execute(sql.SQL(f"REVOKE {taken} ON {{table}} FROM {{role}}").format(table=table, role=role))
        self.stdout.write(f"{options['role']} has its rights. {len(existing())} regulated tables are insert-only.")
