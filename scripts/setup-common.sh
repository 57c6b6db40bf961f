# What the set-up scripts share: sourced by them, from the repository's top directory. Installs with apt, keeps the
# installers' output in a log, and shows it only when something fails.

setup_log=${TSTRACE_CACHE:-.cache}/setup.log

say() {
  echo "tstrace: $*" >&2
}

fail() {
  say "$*"
  exit 1
}

# Wait until no other set-up of this checkout runs; the lock ends with this process.
lock_setup() {
  mkdir -p "${setup_log%/*}"
  exec 9>"${setup_log%/*}/setup.lock"
  flock 9 2>/dev/null || true
}

# Run a command; its output goes to the log, which is shown if the command fails.
quietly() {
  if ! "$@" >"$setup_log" 2>&1 </dev/null 9>&-; then
    tail -n 30 "$setup_log" >&2
    fail "'$*' failed (its last lines are above, all of them in $setup_log)"
  fi
}

# require_apt WHAT [HINT]: end with a clear message where we cannot install packages.
require_apt() {
  command -v apt-get >/dev/null ||
    fail "$1, and this machine has no apt-get: install it with this system's own package manager ${2:-}"
  [ "$(id -u)" = 0 ] || fail "$1, and only root can install it: run this once as root ${2:-}"
}

update_apt() {
  say 'updating the package lists'
  quietly apt-get -q -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 update
}

# The first of the named packages that apt knows.
first_known() {
  for candidate in "$@"; do
    if apt-cache show "$candidate" 2>/dev/null | grep -q '^Filename:'; then
      echo "$candidate"
      return 0
    fi
  done
  return 1
}

# The same, with fresh package lists if the present ones (a new machine has none) know none of them.
first_available() {
  first_known "$@" && return 0
  update_apt
  first_known "$@"
}

apt_install() {
  say "installing $* with apt"
  first_known "$@" >/dev/null || update_apt
  # Where it fails, the lists may be older than a point release that has replaced the packages which they name.
  if ! (quietly try_install "$@") 2>/dev/null; then
    update_apt
    quietly try_install "$@"
  fi
}

try_install() {
  DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 \
    install --no-install-recommends "$@"
}
