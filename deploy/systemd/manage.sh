#!/bin/sh
# Runs a command of manage.py with the settings and secrets of an installation without containers, as its account:
# sh deploy/systemd/manage.sh COMMAND. With OWNER=1 it uses the database role that owns the tables.
set -eu
ROOT=$(CDPATH= cd -- "$(dirname -- "$0")/../.." && pwd)
SECRETS="$ROOT/secrets"
set -a
. "${ENVIRONMENT:-/etc/blindread/environment}"
BROKER_URL=$(cat "$SECRETS/broker_url")
SECRET_KEY=$(cat "$SECRETS/secret_key")
SEALING_KEY=$(cat "$SECRETS/sealing_key")
QUARANTINE_KEY=$(cat "$SECRETS/quarantine_key")
ANCHOR_KEY=$(cat "$SECRETS/anchor_key")
AUDIT_MAC_KEYS=$(cat "$SECRETS/audit_mac_keys")
DATABASE_URL=$(cat "$SECRETS/${OWNER:+owner_}database_url")
MPLCONFIGDIR=/tmp/matplotlib
set +a
cd "$ROOT"
umask 077
exec setpriv --reuid blindread --regid blindread --init-groups "$ROOT/.venv/bin/python" manage.py "$@"
