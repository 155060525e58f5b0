"""The owner of the tables of this PostgreSQL database and the roles that use them, before a restore replaces them."""

from __future__ import annotations

from django.db import connection

OWNERS = (
    "SELECT DISTINCT tableowner::text FROM pg_tables WHERE schemaname = 'public' AND tablename = ANY(%s)"
    " AND NOT pg_has_role(current_user, tableowner, 'USAGE') ORDER BY 1"
)
GRANTED = (
    "SELECT DISTINCT grantee::text FROM information_schema.role_table_grants WHERE table_schema = 'public'"
    " AND table_name = 'jobs_job' AND privilege_type = 'INSERT' AND grantee NOT IN"
    " (SELECT tableowner FROM pg_tables WHERE schemaname = 'public' AND tablename = 'jobs_job') ORDER BY 1"
)


def owned_by_others() -> str:
    """The role that owns Blindread's tables here, if the role of this connection may not replace them."""
    if connection.vendor != "postgresql":
        return ""
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    with connection.cursor() as cursor:
        cursor.execute(OWNERS, [[*tables, "django_migrations"]])
        return ", ".join(owner for (owner,) in cursor.fetchall())


def granted_roles() -> list[str]:
    """The roles of web, workers and sweeper: a restored table has no rights until they are granted again."""
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(GRANTED)
        return [role for (role,) in cursor.fetchall()]
