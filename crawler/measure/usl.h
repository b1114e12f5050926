/* usl.h - the Universal Scalability Law (Gunther): X(n) = lambda n / (1 + sigma (n - 1) + kappa n (n - 1)).
 *
 * lambda is the throughput of one alone, sigma the share of the work that queues (contention), kappa what each pair
 * costs (coherency). */
#ifndef MEASURE_USL_H
#define MEASURE_USL_H

#include <stdbool.h>
#include <stddef.h>

struct usl_point {
    double n;    /* concurrency, above 0 */
    double rate; /* throughput there */
};

struct usl_fit {
    bool is_valid; /* there were at least three different concurrencies, no rate was 0, and all figures are finite */
    double lambda;
    double sigma; /* 0 or more */
    double kappa; /* 0 or more */
    double peak;  /* the concurrency, at least 1, where the fitted rate is highest; 0 when it only grows */
    double r_squared;
    double worst_residual; /* largest |measured - fitted| / measured */
};

/* Fits the law to the points by least squares of relative residuals. */
void usl_fit(struct usl_fit *fit, const struct usl_point *points, size_t count);

/* The fitted throughput at `n`. */
double usl_rate(const struct usl_fit *fit, double n);

#endif
