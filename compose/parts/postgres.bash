# Sourced by servers: PostgreSQL.

choose_postgres() { free_port >"$dir/postgres.ports"; }
prepare_postgres() {
    local home=$data/postgres
    # Whoever starts it again has made sure that the old one is dead. PostgreSQL would not believe it while the dead
    # process is a zombie, as in containers whose process 1 buries nobody.
    rm -f "$home/main/postmaster.pid"
    [[ ! -e $home/main/PG_VERSION ]] || return 0
    head -c 18 /dev/urandom | od -An -tx1 | tr -d ' \n' >"$home/password"
    # Only this first filling goes unsynced; the server itself syncs every commit, so that figures are honest.
    "${as_user[@]}" "$pg_bin/initdb" --no-sync --no-instructions --pgdata="$home/main" --username=repazoo --encoding=UTF8 \
        --locale=C.UTF-8 --auth=scram-sha-256 --pwfile="$home/password" >>"$dir/postgres.log" 2>&1 || return 1
    cat >>"$home/main/postgresql.conf" <<CONF
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 200
$([[ ! -e $pg_bin/../lib/pg_stat_statements.so ]] || echo "shared_preload_libraries = 'pg_stat_statements'")
${SERVERS_POSTGRES_CONF:-}
CONF
}
launch_postgres() { launch postgres "$pg_bin/postgres" -D "$data/postgres/main" -p "$port"; }
query() {
    PGPASSWORD=$(cat "$data/postgres/password") PGCONNECT_TIMEOUT=5 "$pg_bin/psql" -XAtqw -h 127.0.0.1 -p "$port" -U repazoo -d "$1" -c "$2"
}
answers_postgres() {
    (exec 9<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || return 1
    [[ $(query repazoo 'select 1' 2>/dev/null) == 1 ]] || { query postgres 'create database repazoo' && query repazoo 'select 1'; } >/dev/null 2>&1
}
urls_postgres() { ports postgres && echo "DATABASE_URL=postgresql://repazoo:$(cat "$data/postgres/password")@127.0.0.1:$port/repazoo"; }
