/* nth_failure_internal.h - what the files of the library share. */
#ifndef SHIM_NTH_FAILURE_INTERNAL_H
#define SHIM_NTH_FAILURE_INTERNAL_H

#include "shim/nth_failure.h"

extern struct nth_record *nth_record;

/* Counts a call of `kind`. Returns 0, or the number of the error that it must fail with. */
int nth_call(enum nth_kind kind);

/* Writes where an address is to `frame`. */
void nth_frame_name(void *address, nth_frame frame);

/* Traps system calls of `kind`, or of all for NTH_KIND_COUNT, from now on. Returns 0 or -1. */
int nth_trap_calls(enum nth_kind kind);

/* Counts what is alive into nth_record. */
void nth_count_blocks(void);

#endif
