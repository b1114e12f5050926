/* units.h - figures as people read them: "1,234", "12.3 MB", "1.20 ms". */
#ifndef OUTPUT_UNITS_H
#define OUTPUT_UNITS_H

#include <stdint.h>

/* What a number counts. */
enum unit {
    UNIT_COUNT,        /* from 100 on, and whole numbers: "1,234"; else three digits: "12.3" */
    UNIT_BYTES,        /* decimal multiples: "999 B", "1.23 kB" */
    UNIT_BYTES_SECOND, /* "1.23 MB/s" */
    UNIT_MICROSECONDS, /* "950 µs", "1.20 ms", "1.50 s", "2 min 5 s", "1 h 2 min" */
    UNIT_SECONDS,      /* points of time: "30.5 s", "1 min 30 s"; as ticks "90 s", "5 min", "1.5 h" */
    UNIT_PERCENT       /* "99.9 %" */
};

struct figure {
    char text[40];
};

/* The text of a value; "–" for one that is not finite. With three significant digits where it is no whole number. */
struct figure figure(enum unit unit, double value);

/* The same without zeros at the end of fractions, as ticks of an axis have it. */
struct figure figure_short(enum unit unit, double value);

/* All digits, in groups of three. */
struct figure figure_count(uint64_t count);

#endif
