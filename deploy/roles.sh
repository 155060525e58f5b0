#!/bin/sh
# Run once by the PostgreSQL image on an empty database: creates the role Blindread runs as, which owns no table.
set -eu
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" -v password="$(cat "$APP_PASSWORD_FILE")" <<'SQL'
CREATE ROLE blindread_app LOGIN PASSWORD :'password';
SQL
