#!/bin/sh
# Creates every secret of docker-compose.yml that does not exist yet: sh deploy/secrets.sh
# Without containers, DATABASE_HOST and REDIS_HOST give the hosts of both servers: docs/operations/without-containers.md.
# Other accounts on this host cannot open the folder; the accounts inside the containers can read the files.
# Keep a copy of sealing_key, quarantine_key, anchor_key and audit_mac_keys in a place apart from the backups: docs/operations/keys.md.
set -eu
cd "$(dirname "$0")/.."
mkdir -p secrets
chmod 700 secrets
draw() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }
make() { [ -s "secrets/$1" ] || printf '%s' "$2" >"secrets/$1"; chmod 444 "secrets/$1"; }

for name in secret_key sealing_key quarantine_key anchor_key audit_mac_keys owner_password app_password objects_password redis_password; do
    make "$name" "$(draw)"
done
make objects_user blindread
make broker_url "redis://:$(cat secrets/redis_password)@${REDIS_HOST:-redis}:6379/0"
make database_url "postgresql://blindread_app:$(cat secrets/app_password)@${DATABASE_HOST:-postgres}:5432/blindread"
make owner_database_url "postgresql://blindread_owner:$(cat secrets/owner_password)@${DATABASE_HOST:-postgres}:5432/blindread"
make s3_credentials "$(printf '[default]\naws_access_key_id = %s\naws_secret_access_key = %s\n' \
    "$(cat secrets/objects_user)" "$(cat secrets/objects_password)")"
echo "secrets/ contains $(ls secrets | wc -l) files."
