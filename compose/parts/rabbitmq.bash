# Sourced by servers: RabbitMQ 3.10, one node or a cluster of several.

rabbitmq_names() {
    local number
    if ((nodes == 1)); then echo rabbitmq; return; fi
    for ((number = 1; number <= nodes; number++)); do echo "rabbitmq.$number"; done
}
# What Erlang calls server $1.
node_name() { echo "${1/./}@localhost"; }

choose_rabbitmq() { echo "$(free_port) $(free_port) $(free_port)" >"$dir/$1.ports"; }
prepare_rabbitmq() {
    local home=$data/$1 plugins=${SERVERS_RABBITMQ_PLUGINS:-}
    [[ ! -e $dir/$1.ready ]] || return 0 # it starts again as it was, whatever the environment says now
    echo "[$plugins]." >"$home/enabled_plugins"
    : >"$home/empty.conf" # instead of the machine's own rabbitmq-env.conf
    users_of_programs >"$home/users.json"
    {
        echo "listeners.tcp.1 = 127.0.0.1:$port"
        echo "load_definitions = $home/users.json"
        printf '%s\n' 'log.console = true' 'log.console.level = info' 'log.file = false'
        # A small machine or disk must not raise alarms; the log of the quorum queues must not take 512 MiB.
        printf '%s\n' 'disk_free_limit.absolute = 50MB' 'vm_memory_high_watermark.absolute = 1GB' 'raft.wal_max_size_bytes = 33554432'
        [[ ,$plugins, != *,rabbitmq_management,* ]] || printf '%s\n' 'management.tcp.ip = 127.0.0.1' "management.tcp.port = $management"
        ((nodes == 1)) || cluster_conf
        printf '%s\n' "${SERVERS_RABBITMQ_CONF:-}"
    } >"$home/rabbitmq.conf"
    [[ -z ${SERVERS_RABBITMQ_ADVANCED:-} ]] || echo "$SERVERS_RABBITMQ_ADVANCED" >"$home/advanced.config"
}
# The users of topology/users.json, each with its name as its password, as guest has: nobody else can reach this broker.
users_of_programs() {
    local file
    file=$(dirname "$self")/../topology/users.json
    echo '{"vhosts": [{"name": "/"}], "users": [{"name": "guest", "password": "guest", "tags": ["administrator"]},'
    sed -n '/"users"/,/^  \]/s/{"name": "\([a-z]*\)",/{"name": "\1", "password": "\1",/p' "$file"
    echo '], "permissions": [{"user": "guest", "vhost": "/", "configure": ".*", "write": ".*", "read": ".*"},'
    sed '1,/"permissions"/d' "$file"
}
cluster_conf() {
    local name number=0
    echo 'cluster_formation.peer_discovery_backend = classic_config'
    for name in $(rabbitmq_names); do
        echo "cluster_formation.classic_config.nodes.$((++number)) = $(node_name "$name")"
    done
}
rabbitmq_environment() {
    echo "RABBITMQ_NODENAME=$(node_name "$1")" ERL_EPMD_PORT="$(<"$dir/epmd.ports")" ERL_EPMD_ADDRESS=127.0.0.1 \
        HOME="$data/epmd" RABBITMQ_CONF_ENV_FILE="$data/$1/empty.conf" RABBITMQ_MNESIA_BASE="$data/$1/mnesia"
}
launch_rabbitmq() {
    local home=$data/$1
    launch "$1" $(rabbitmq_environment "$1") RABBITMQ_DIST_PORT="$dist" RABBITMQ_LOG_BASE="$home/log" \
        RABBITMQ_CONFIG_FILE="$home/rabbitmq.conf" RABBITMQ_ADVANCED_CONFIG_FILE="$home/advanced.config" \
        RABBITMQ_ENABLED_PLUGINS_FILE="$home/enabled_plugins" RABBITMQ_GENERATED_CONFIG_DIR="$home/config" \
        RABBITMQ_PID_FILE="$home/pid" detached=1 \
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none -start_epmd false' \
        /usr/lib/rabbitmq/bin/rabbitmq-server
}
# A whole AMQP login sent in one go: Start-Ok (PLAIN, guest), Tune-Ok, Open "/", Close. The third answer must be Open-Ok.
# In a subshell, as writing to whoever hangs up on us ends in SIGPIPE.
answers_rabbitmq() (
    {
        printf 'AMQP\0\0\11\1' >&9
        printf '\1\0\0\0\0\0\44\0\12\0\13\0\0\0\0\5PLAIN\0\0\0\14\0guest\0guest\5en_US\316' >&9
        printf '\1\0\0\0\0\0\14\0\12\0\37\7\377\0\2\0\0\0\0\316\1\0\0\0\0\0\10\0\12\0\50\1/\0\0\316' >&9
        printf '\1\0\0\0\0\0\13\0\12\0\62\0\310\0\0\0\0\0\316' >&9
        for frame in start tune open; do
            size=$(timeout 5 head -c 7 <&9 | od -An -v -tx1 -j3 | tr -d ' \n')
            [[ -n $size ]] || exit 1
            frame=$(timeout 5 head -c $((16#$size + 1)) <&9 | od -An -v -tx1 | tr -d ' \n')
        done
        [[ $frame == 000a0029* ]]
    } 2>/dev/null 9<>"/dev/tcp/127.0.0.1/$port"
)
urls_rabbitmq() {
    local name urls=
    for name in $(servers_named rabbitmq); do
        ports "$name"
        urls+=${urls:+,}amqp://guest:guest@127.0.0.1:$port/%2F
    done
    echo "AMQP_URL=$urls"
    [[ ,${SERVERS_RABBITMQ_PLUGINS:-}, != *,rabbitmq_management,* ]] || echo "RABBITMQ_MANAGEMENT_URL=http://guest:guest@127.0.0.1:$management"
}

# A queue declared before all nodes are together would have too few members for ever.
await_cluster() { rabbitmqctl rabbitmq.1 await_online_nodes "$nodes" --timeout "${SERVERS_TIMEOUT:-120}" >/dev/null; }

# RabbitMQ's command line against server $1.
rabbitmqctl() {
    local name=$1
    shift
    (
        cd "$data/$name"
        exec "${as_user[@]}" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
            $(rabbitmq_environment "$name") /usr/lib/rabbitmq/bin/rabbitmqctl "$@"
    )
}

verb_rabbitmqctl() {
    local name
    open_folder
    for name in $(servers_named rabbitmq); do
        if awake "$name"; then
            rabbitmqctl "$name" "${words[@]}"
            exit
        fi
    done
    die "no RabbitMQ runs in $dir"
}
