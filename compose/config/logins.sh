#!/bin/bash
# At the first start of the database: the programs' logins, from the secret that `compose/secrets` made.
set -euo pipefail
psql -q -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" -f /run/secrets/logins.sql
