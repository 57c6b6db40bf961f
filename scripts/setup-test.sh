#!/bin/sh
# Makes ready what the tests need beyond scripts/setup-run.sh: C and C++ compilers for the test programs, bpftool as an
# independent loader, xz for kernel modules, libclang and clang for scripts with C, nix to evaluate flake.nix. What guests need is unpacked
# privately by scripts/guest.mjs. mandoc and groff read the manual page, zsh and fish the completion.
set -eu
cd "${0%/*}/.."

package_of() {
  case $1 in groff) echo groff-base ;; *) echo "$1" ;; esac
}

missing=
command -v gcc >/dev/null || missing="$missing gcc"
command -v g++ >/dev/null || missing="$missing g++"
[ -e /usr/include/stdio.h ] || missing="$missing libc6-dev"
command -v bpftool >/dev/null || [ -x /usr/sbin/bpftool ] || missing="$missing bpftool"
command -v xz >/dev/null || missing="$missing xz-utils"
command -v nix-instantiate >/dev/null || missing="$missing nix-bin"
for tool in groff mandoc zsh fish; do
  command -v "$tool" >/dev/null || missing="$missing $(package_of "$tool")"
done
have_libclang() {
  for library in /usr/lib/*-linux-gnu/libclang-*.so.1 /usr/lib64/libclang.so.* /usr/lib/libclang.so.*; do
    [ -e "$library" ] && return 0
  done
  return 1
}

# Its code is read by a libLLVM of its version or a later one.
have_clang() {
  for version in 22 21 20 19 18 17 16 15; do
    command -v "clang-$version" >/dev/null && return 0
  done
  return 1
}

[ -z "$missing" ] && have_libclang && have_clang && exit 0

. scripts/setup-common.sh
lock_setup
require_apt "the tests need$missing libclang and clang"
if ! have_libclang; then
  missing="$missing $(first_available libclang1-19 libclang1-18 libclang1-17 libclang1-16 libclang1-15 libclang1-14)"
fi
if ! have_clang; then
  missing="$missing $(first_available clang-19 clang-18 clang-17 clang-16 clang-15)"
fi
apt_install $missing
