/* What the programs that do deeds for tests of tools/ share: `program DEED...` does them one after the other, in a folder of its own. */
#ifndef DEEDS_H
#define DEEDS_H
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct deed {
  const char *name;
  void (*act)(void);
};

/* Ends the test where an act that must work does not. */
#define must(condition) \
  do { \
    if (!(condition)) { \
      perror(#condition); \
      exit(1); \
    } \
  } while (0)

static int do_deeds(const struct deed *deeds, int argc, char **argv) {
  char folder[] = "/tmp/deeds-XXXXXX";
  must(mkdtemp(folder) && chdir(folder) == 0);
  for (int at = 1; at < argc; at++) {
    const struct deed *deed = deeds;
    while (deed->name && strcmp(deed->name, argv[at]) != 0) deed++;
    must(deed->name);
    deed->act();
  }
  must(chdir("/") == 0 && rmdir(folder) == 0);
  return 0;
}
#endif
