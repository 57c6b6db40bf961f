# What ./tstrace needs, asked by it on every start and by scripts/setup-run.sh: the shell answers by itself, without starting
# a program. `here` is the repository's top directory.

have_packages() {
  [ -e "$here/node_modules/.package-lock.json" ] &&
    ! [ "$here/package-lock.json" -nt "$here/node_modules/.package-lock.json" ]
}

# The libLLVM that the set-up has found is still there: searching for one would take a while. TSTRACE_LLVM names another.
have_known_llvm() {
  [ -n "${TSTRACE_LLVM:-}" ] || [ -e "$here/dist/libllvm" ]
}

# Only root can mount, and only where sysfs is writable; elsewhere the program itself says what it misses.
lacks_tracefs() {
  ! [ -e /sys/kernel/tracing/events ] && [ -w /sys/kernel/tracing ]
}
