/* A header for tests of scripts with a C part. */
#pragma once
#include <stdint.h>

#define SHAPES_MAX 12

enum shape { ROUND, SQUARE = 4, OTHER = -1 };

struct shape_list {
  struct shape_list *next;
  enum shape kind;
};
