#!/bin/sh
# Makes ready what ./tstrace needs: npm packages, libLLVM, tracefs. Does nothing, silently, where all is there. Says on
# stderr what it installs.
set -eu
cd "${0%/*}/.."
here=.
. scripts/setup-checks.sh

# A libLLVM from version 15 on, where distributions put it. The link tells the launcher that there is one.
have_llvm() {
  have_known_llvm && return 0
  for directory in /usr/lib/*-linux-gnu /usr/lib64 /usr/lib /usr/local/lib; do
    for library in "$directory"/libLLVM-1[5-9].so* "$directory"/libLLVM-2[0-9].so* \
      "$directory"/libLLVM.so.1[5-9]* "$directory"/libLLVM.so.2[0-9]*; do
      [ -e "$library" ] || continue
      mkdir -p dist && ln -sfn "$library" dist/libllvm
      return 0
    done
  done
  return 1
}

if lacks_tracefs; then
  mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null &&
    echo 'tstrace: mounted tracefs at /sys/kernel/tracing' >&2
fi

have_packages && have_llvm && exit 0

# The slow part. Only one at a time, and the one that waited finds its work done.
. scripts/setup-common.sh
lock_setup

if ! have_packages; then
  command -v npm >/dev/null || fail "npm is missing: install Node 20.19 or newer together with npm"
  say 'installing npm packages'
  quietly npm ci --include=dev --no-audit --no-fund
fi

if ! have_llvm; then
  hint='(or set TSTRACE_LLVM to the path of a libLLVM.so from version 15 on)'
  require_apt "libLLVM from version 15 on is missing" "$hint"
  package=$(first_available libllvm19 libllvm18 libllvm17 libllvm16 libllvm15) ||
    fail "apt has none of libllvm15 to libllvm19: add a Debian source that has one $hint"
  apt_install "$package"
  have_llvm || fail "$package is installed, and its library is in none of the usual folders $hint"
fi
