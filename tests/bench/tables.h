/* tables.h - the figures as text on standard output. */
#ifndef BENCH_TABLES_H
#define BENCH_TABLES_H

#include "goals.h"

void tables_print(const struct figures *figures, enum part part);
void tables_print_goal(const struct goal *goal);

#endif
