#!/bin/sh
# Makes ready what the tests need beyond scripts/setup-run.sh: C and C++ compilers for the test programs, bpftool as an
# independent loader, xz for kernel modules, nix to evaluate flake.nix. What guests need is unpacked privately by scripts/guest.mjs.
set -eu
cd "${0%/*}/.."

missing=
command -v gcc >/dev/null || missing="$missing gcc"
command -v g++ >/dev/null || missing="$missing g++"
[ -e /usr/include/stdio.h ] || missing="$missing libc6-dev"
command -v bpftool >/dev/null || [ -x /usr/sbin/bpftool ] || missing="$missing bpftool"
command -v xz >/dev/null || missing="$missing xz-utils"
command -v nix-instantiate >/dev/null || missing="$missing nix-bin"
[ -z "$missing" ] && exit 0

. scripts/setup-common.sh
lock_setup
require_apt "the tests need$missing"
apt_install $missing
