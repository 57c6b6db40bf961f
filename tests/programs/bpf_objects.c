/* bpf_objects: holds a program "deeds_prog" and an array of programs "deeds_array" with it in slot 2, until its standard
 * input ends. bpf_objects once: makes them and ends.
 */
#include <linux/bpf.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int bpf(int command, union bpf_attr *attributes) {
  return syscall(SYS_bpf, command, attributes, sizeof *attributes);
}

static int make_program(void) {
  /* r0 = 0; exit */
  struct bpf_insn code[] = {{.code = BPF_ALU64 | BPF_MOV | BPF_K}, {.code = BPF_JMP | BPF_EXIT}};
  union bpf_attr attributes;
  memset(&attributes, 0, sizeof attributes);
  attributes.prog_type = BPF_PROG_TYPE_SOCKET_FILTER;
  attributes.insns = (uintptr_t)code;
  attributes.insn_cnt = 2;
  attributes.license = (uintptr_t) "GPL";
  strcpy(attributes.prog_name, "deeds_prog");
  return bpf(BPF_PROG_LOAD, &attributes);
}

static int make_array(void) {
  union bpf_attr attributes;
  memset(&attributes, 0, sizeof attributes);
  attributes.map_type = BPF_MAP_TYPE_PROG_ARRAY;
  attributes.key_size = attributes.value_size = 4;
  attributes.max_entries = 4;
  strcpy(attributes.map_name, "deeds_array");
  return bpf(BPF_MAP_CREATE, &attributes);
}

static int put(int array, uint32_t slot, int program) {
  union bpf_attr attributes;
  memset(&attributes, 0, sizeof attributes);
  attributes.map_fd = array;
  attributes.key = (uintptr_t)&slot;
  attributes.value = (uintptr_t)&program;
  return bpf(BPF_MAP_UPDATE_ELEM, &attributes);
}

int main(int argc, char **argv) {
  (void)argv;
  char byte;
  int program = make_program();
  int array = make_array();
  if (put(array, 2, program) != 0) return 1;
  if (argc > 1) return 0;
  if (write(1, "ready\n", 6) != 6) return 1;
  return read(0, &byte, 1) < 0;
}
