# Sourced by the other scripts here: Debian packages by purpose, and how to install what is missing.
# docs/dependencies.md says what each package is for.

build_packages="g++ cmake ninja-build libasmjit-dev libcli11-dev libdeflate-dev libfmt-dev libgmp-dev libgtest-dev
    libiberty-dev libnats-dev libsecp256k1-dev libssl-dev libzstd-dev nlohmann-json3-dev"
guest_packages="gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf python3"
rust_packages="cargo-web rustc-web rust-web-src lld-19 ca-certificates" # the last lets Cargo download
source_packages="dpkg-dev" # to unpack Debian's sources of zlib, bzip2, Lua and SQLite
cxx_packages="gcc-12-source make xz-utils" # libstdc++ for guests is built from it
oracle_packages="qemu-user"
# SQLite's own build, what results are checked against and compared with, and a browser for flame graphs.
check_packages="nats-server make tcl bzip2 lua5.4 openssl sqlite3 zstd chromium gdb-multiarch"
style_packages="clang-format clang-tidy"

die() {
    echo "$(basename "$0"): $*" >&2
    exit 1
}

say() {
    printf '\n==> %s\n' "$*"
}

is_installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# install_missing PACKAGE...: asks nothing, needs root or sudo only if something is missing.
install_missing() {
    missing=
    for package; do
        is_installed "$package" || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    say "Installing:$missing"
    command -v apt-get >/dev/null || die "no apt-get here; install what corresponds to:$missing"
    as_root=
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || die "run as root, or install sudo, or as root: apt-get install$missing"
        as_root=sudo
    fi
    $as_root apt-get -q update </dev/null || die "apt-get update failed"
    $as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -q -y --no-install-recommends install $missing </dev/null ||
        die "apt-get install failed for:$missing"
}

# As many compilers as there are processors, and memory at 1 GB each.
job_count() {
    by_memory=$(awk '/^MemAvailable/ { print int($2 / 1000000) }' /proc/meminfo)
    by_cpu=$(nproc)
    [ "$by_memory" -ge 2 ] || by_memory=2
    [ "$by_cpu" -lt "$by_memory" ] && echo "$by_cpu" || echo "$by_memory"
}

# Fetches the sources that some examples are built from, unless they are there.
fetch_guest_sources() {
    sources=build/guest-sources
    for package in zlib bzip2 lua5.4 sqlite3; do
        [ -e "$sources/$package/.complete" ] && continue
        say "Fetching Debian's sources of zlib, bzip2, Lua and SQLite"
        guest/fetch-sources "$sources" </dev/null
        return
    done
}
