#!/bin/sh
# Run once at each start: the three stores as buckets of their own, none of them public.
set -eu
until mc alias set house http://objects:9000 "$(cat /run/secrets/objects_user)" "$(cat /run/secrets/objects_password)" >/dev/null 2>&1; do
    sleep 1
done
for bucket in $BUCKETS; do
    mc mb --ignore-existing "house/$bucket"
done
