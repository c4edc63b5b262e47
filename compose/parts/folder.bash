# Sourced by servers: the folder of one set. It holds NAME.pid, NAME.ports, NAME.log, NAME.ready, data, and `environment`, by
# which it is known as ours.

make_folder() {
    [[ ! -e $dir || -z $(ls -A "$dir") ]] || die "$dir is in use or not empty: 'servers down --dir $dir' first"
    mkdir -p "$(dirname "$dir")"
    mkdir -p -m 711 "$dir"
    (umask 077; : >"$dir/environment") # it will hold a password
}

# The servers run as an unprivileged user when we are root, as PostgreSQL insists on it. If that user cannot reach the
# folder, because some folder above it is private, the data lies under /var/tmp and is linked.
make_data() {
    local real=$dir/data
    mkdir -m 700 "$real"
    if ((EUID == 0)); then
        chown "$user:" "$real"
        if ! "${as_user[@]}" test -w "$real"; then
            rmdir "$real"
            real=$(mktemp -d /var/tmp/repazoo-servers.XXXXXXXX)
            ln -s "$real" "$dir/data"
            chown "$user:" "$real"
        fi
    fi
}

open_folder() {
    [[ -f $dir/environment ]] || die "$dir holds no servers (start some with 'servers up --dir $dir')"
    data=$(readlink -f "$dir/data" || true)
}

remove_folder() {
    local tries=0
    until rm -rf -- "${data:-$dir/data}" "$dir" 2>/dev/null; do
        ((++tries < 100)) || die "cannot remove $dir"
        sleep 0.05
    done
}

take_down() {
    [[ -f $dir/environment ]] || return 0
    open_folder
    # From here on nothing is launched any more: launch() looks for this file under the same lock.
    (flock 8; : >"$dir/closed") 8>"$dir/lock"
    stop_marked
    local file
    # The starters first: what they had begun stands in its own file by then.
    for file in "$dir"/*.starter.pid "$dir"/*.pid; do
        [[ ! -e $file ]] || kill_family "$(basename "$file" .pid)"
    done
    remove_folder
}
