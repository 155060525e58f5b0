#!/bin/sh
# Runs once at each start: creates a private bucket for each of the three stores.
set -eu
until mc alias set blindread http://objects:9000 "$(cat /run/secrets/objects_user)" "$(cat /run/secrets/objects_password)" >/dev/null 2>&1; do
    sleep 1
done
for bucket in $BUCKETS; do
    mc mb --ignore-existing "blindread/$bucket"
done
