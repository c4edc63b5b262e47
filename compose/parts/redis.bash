# Sourced by servers: Redis, nothing written to disk.

choose_redis() { free_port >"$dir/redis.ports"; }
prepare_redis() {
    local socket=$data/redis/redis.sock
    {
        printf '%s\n' "port $port" 'bind 127.0.0.1' 'save ""' 'appendonly no' "dir $data/redis"
        # A socket's path may have 107 bytes at most.
        ((${#socket} > 107)) || printf '%s\n' "unixsocket $socket" 'unixsocketperm 700'
        printf '%s\n' "${SERVERS_REDIS_CONF:-}"
    } >"$data/redis/redis.conf"
}
launch_redis() { launch redis redis-server "$data/redis/redis.conf"; }
answers_redis() (
    { printf 'PING\r\n' >&9 && read -r -t 5 answer <&9 && [[ $answer == +PONG* ]]; } 2>/dev/null 9<>"/dev/tcp/127.0.0.1/$port"
)
urls_redis() { ports redis && printf '%s\n' "REDIS_URL=redis://127.0.0.1:$port/0" "REDIS_SOCKET=$data/redis/redis.sock"; }
