# Sourced by servers: RabbitMQ 3.10, one node with an epmd of its own.

choose_rabbitmq() { echo "$(free_port) $(free_port) $(free_port) $(free_port)" >"$dir/rabbitmq.ports"; }
prepare_rabbitmq() {
    local plugins=${SERVERS_RABBITMQ_PLUGINS:-} conf=$data/rabbitmq/rabbitmq.conf
    echo "[$plugins]." >"$data/rabbitmq/enabled_plugins"
    : >"$data/rabbitmq/empty.conf" # instead of the machine's own rabbitmq-env.conf
    {
        echo "listeners.tcp.1 = 127.0.0.1:$port"
        printf '%s\n' 'log.console = true' 'log.console.level = info' 'log.file = false'
        # A small machine or disk must not raise alarms; the log of the quorum queues must not take 512 MiB.
        printf '%s\n' 'disk_free_limit.absolute = 50MB' 'vm_memory_high_watermark.absolute = 1GB' 'raft.wal_max_size_bytes = 33554432'
        [[ ,$plugins, != *,rabbitmq_management,* ]] || printf '%s\n' 'management.tcp.ip = 127.0.0.1' "management.tcp.port = $management"
        printf '%s\n' "${SERVERS_RABBITMQ_CONF:-}"
    } >"$conf"
}
rabbitmq_environment() {
    local home=$data/rabbitmq
    echo "RABBITMQ_NODENAME=repazoo$port@localhost" ERL_EPMD_PORT="$epmd" ERL_EPMD_ADDRESS=127.0.0.1 \
        RABBITMQ_CONF_ENV_FILE="$home/empty.conf" RABBITMQ_MNESIA_BASE="$home/mnesia"
}
# epmd is started here, inside the broker's session, or Erlang would leave one of its own running for ever.
launch_rabbitmq() {
    local home=$data/rabbitmq
    launch rabbitmq $(rabbitmq_environment) RABBITMQ_DIST_PORT="$dist" RABBITMQ_LOG_BASE="$home/log" \
        RABBITMQ_CONFIG_FILE="$home/rabbitmq.conf" RABBITMQ_ADVANCED_CONFIG_FILE="$home/advanced.config" \
        RABBITMQ_ENABLED_PLUGINS_FILE="$home/enabled_plugins" RABBITMQ_GENERATED_CONFIG_DIR="$home/config" \
        RABBITMQ_PID_FILE="$home/pid" detached=1 \
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none -start_epmd false' \
        sh -c 'epmd & exec /usr/lib/rabbitmq/bin/rabbitmq-server'
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
    echo "AMQP_URL=amqp://guest:guest@127.0.0.1:$port/%2F"
    [[ ,${SERVERS_RABBITMQ_PLUGINS:-}, != *,rabbitmq_management,* ]] || echo "RABBITMQ_MANAGEMENT_URL=http://guest:guest@127.0.0.1:$management"
}

verb_rabbitmqctl() {
    open_folder
    ports rabbitmq
    cd "$data/rabbitmq"
    exec "${as_user[@]}" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 HOME="$data/rabbitmq" \
        $(rabbitmq_environment) /usr/lib/rabbitmq/bin/rabbitmqctl "${words[@]}"
}
