# Sourced by servers: Erlang's name server, by which the nodes of a cluster and rabbitmqctl find each other. We start our
# own, or Erlang would leave one running for ever. Its folder is the home of every node, as all need the same cookie.

choose_epmd() { free_port >"$dir/epmd.ports"; }
prepare_epmd() {
    local cookie=$data/epmd/.erlang.cookie
    [[ ! -e $cookie ]] || return 0
    (umask 377; head -c 20 /dev/urandom | od -An -tx1 | tr -d ' \n' >"$cookie")
}
launch_epmd() { launch epmd ERL_EPMD_ADDRESS=127.0.0.1 epmd -port "$port"; }
answers_epmd() { (exec 9<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; }
