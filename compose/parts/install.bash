# Sourced by servers: the Debian packages that building and testing need.

packages=(librabbitmq-dev libpq-dev libhiredis-dev libcurl4-openssl-dev rabbitmq-server redis-server postgresql
    python3-aiosmtpd chromium chromium-driver python3-selenium pkg-config openssl ca-certificates python3-venv
    libarchive-dev python3-croniter python3-fastapi python3-uvicorn python3-aio-pika python3-jsonschema python3-yaml python3-cryptography prometheus)

# Debian starts a server that it installs, unless policy-rc.d forbids it: none of the machine's own is wanted here.
verb_install() {
    local missing=() name policy=/usr/sbin/policy-rc.d root=()
    for name in "${packages[@]}"; do
        [[ $(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null) == installed ]] || missing+=("$name")
    done
    ((${#missing[@]} > 0)) || return 0
    if ((EUID != 0)); then
        command -v sudo >/dev/null || die "as root, run: apt-get install ${missing[*]}"
        root=(sudo)
    fi
    say "installing: ${missing[*]}"
    if [[ ! -e $policy ]]; then
        trap "${root[*]} rm -f $policy" EXIT
        trap 'exit 130' INT
        trap 'exit 143' TERM
        printf '#!/bin/sh\nexit 101\n' | "${root[@]}" tee "$policy" >/dev/null
        "${root[@]}" chmod 755 "$policy"
    fi
    local apt=("${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300)
    # No lists, or lists so old that their files are gone: fetch them and try again.
    "${apt[@]}" install -y --no-install-recommends "${missing[@]}" >&2 ||
        { "${apt[@]}" update >&2 && "${apt[@]}" install -y --no-install-recommends "${missing[@]}" >&2; }
}
