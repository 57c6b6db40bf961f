/** The headers that C compilers bring along themselves. libclang's own are in a package of their own, which need not be installed. */

import type { VirtualFile } from './libclang/translation-unit.ts';

/** No such folder exists: libclang is handed the files. */
export const freestandingFolder = '/virtual/tstrace/include';

const stddef = `#pragma once
typedef __SIZE_TYPE__ size_t;
typedef __PTRDIFF_TYPE__ ptrdiff_t;
typedef __WCHAR_TYPE__ wchar_t;
typedef struct { long long a; long double b; } max_align_t;
#undef NULL
#define NULL ((void *)0)
#define offsetof(type, member) __builtin_offsetof(type, member)
`;

const stdarg = `#pragma once
typedef __builtin_va_list va_list;
typedef __builtin_va_list __gnuc_va_list;
#define va_start(list, last) __builtin_va_start(list, last)
#define va_arg(list, type) __builtin_va_arg(list, type)
#define va_copy(to, from) __builtin_va_copy(to, from)
#define va_end(list) __builtin_va_end(list)
`;

const stdbool = `#pragma once
#define bool _Bool
#define true 1
#define false 0
#define __bool_true_false_are_defined 1
`;

const widths = [8, 16, 32, 64];

const stdint = `#pragma once
${widths.map((bits) => `typedef __INT${bits}_TYPE__ int${bits}_t;\ntypedef __UINT${bits}_TYPE__ uint${bits}_t;`).join('\n')}
typedef __INTPTR_TYPE__ intptr_t;
typedef __UINTPTR_TYPE__ uintptr_t;
typedef __INTMAX_TYPE__ intmax_t;
typedef __UINTMAX_TYPE__ uintmax_t;
${widths.map((bits) => `#define INT${bits}_MAX __INT${bits}_MAX__\n#define INT${bits}_MIN (-INT${bits}_MAX - 1)\n#define UINT${bits}_MAX __UINT${bits}_MAX__`).join('\n')}
#define SIZE_MAX __SIZE_MAX__
`;

const limits = `#pragma once
#define CHAR_BIT 8
#define SCHAR_MAX __SCHAR_MAX__
#define SCHAR_MIN (-SCHAR_MAX - 1)
#define UCHAR_MAX (SCHAR_MAX * 2 + 1)
#define SHRT_MAX __SHRT_MAX__
#define SHRT_MIN (-SHRT_MAX - 1)
#define USHRT_MAX (SHRT_MAX * 2 + 1)
#define INT_MAX __INT_MAX__
#define INT_MIN (-INT_MAX - 1)
#define UINT_MAX (INT_MAX * 2U + 1U)
#define LONG_MAX __LONG_MAX__
#define LONG_MIN (-LONG_MAX - 1L)
#define ULONG_MAX (LONG_MAX * 2UL + 1UL)
#define LLONG_MAX __LONG_LONG_MAX__
#define LLONG_MIN (-LLONG_MAX - 1LL)
#define ULLONG_MAX (LLONG_MAX * 2ULL + 1ULL)
`;

const texts = { stddef, stdarg, stdbool, stdint, limits };

export const freestandingHeaders: readonly VirtualFile[] = Object.entries(texts).map(([name, text]) => ({
  path: `${freestandingFolder}/${name}.h`,
  text,
}));
