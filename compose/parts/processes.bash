# Sourced by servers: finding and killing processes.

stop_grace=35 # seconds for COMMAND to end after SIGTERM; a consumer's own SHUTDOWN_GRACE is 30

# Prints "pid parent session start" of every live process. /proc is read by hand, as a small Debian has no ps.
processes() {
    { cat /proc/[0-9]*/stat 2>/dev/null || true; } |
        awk '{ pid = $1; sub(/^.*\) /, ""); if ($1 != "Z" && $1 != "X") print pid, $2, $4, $20 }'
}

# Prints the live processes of session (or process) $1 and all their descendants: PostgreSQL's backends have sessions
# of their own.
family() {
    processes | awk -v session="$1" '
        { parent[$1] = $2; if ($1 == session || $3 == session) ours[$1] = 1 }
        END {
            do { grew = 0; for (p in parent) if (!(p in ours) && parent[p] in ours) { ours[p] = 1; grew = 1 } } while (grew)
            for (p in ours) print p
        }'
}

started_at() { processes | awk -v pid="$1" '$1 == pid { print $4 }'; }
boot() { cat /proc/sys/kernel/random/boot_id; }

# The session that server $1 leads, or nothing. Its start time and the boot tell it from a stranger with the same pid.
leader() {
    local pid start booted now
    read -r pid start booted 2>/dev/null <"$dir/$1.pid" || return 0
    now=$(started_at "$pid")
    if [[ $booted == "$(boot)" && (-z $now || $now == "$start") ]]; then echo "$pid"; fi
}

alive() { local pid; pid=$(leader "$1"); [[ -n $pid && -n $(started_at "$pid") ]]; }

# Alive and not frozen.
awake() { alive "$1" && ! grep -q '^State:.T' "/proc/$(leader "$1")/status" 2>/dev/null; }

# Stops what the family has running, the leader first so that it forks no more, until nobody new is found.
freeze_family() {
    local pid members= before=none
    pid=$(leader "$1")
    [[ -n $pid ]] || die "$1 is not running"
    kill -STOP "$pid"
    while members=$(family "$pid" | sort) && [[ $members != "$before" ]]; do
        kill -STOP $members 2>/dev/null || true
        before=$members
    done
}

thaw_family() {
    local pid
    pid=$(leader "$1")
    [[ -n $pid ]] || die "$1 is not running"
    kill -CONT $(family "$pid") 2>/dev/null || true
}

kill_family() {
    local pid members
    pid=$(leader "$1")
    [[ -n $pid ]] || return 0
    kill -STOP "$pid" 2>/dev/null || true # it must not fork while its children are being counted
    while members=$(family "$pid") && [[ -n $members ]]; do
        kill -KILL $members 2>/dev/null || true
        sleep 0.02
    done
}

# Prints what COMMAND has running: every process whose environment names this set of servers.
marked() { { grep -lzxsF "REPAZOO_RUN=$dir" /proc/[0-9]*/environ || true; } | cut -d/ -f3; }

stop_marked() {
    local pids until=$((SECONDS + stop_grace))
    pids=$(marked)
    [[ -z $pids ]] || kill -TERM $pids 2>/dev/null || true
    while pids=$(marked) && [[ -n $pids ]]; do
        if ((SECONDS >= until)); then kill -KILL $pids 2>/dev/null || true; fi
        sleep 0.05
    done
}
