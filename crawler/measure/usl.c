/* The law is linear in what it divides by: n / X = (1 + sigma (n-1) + kappa n (n-1)) / lambda. With a relative error e
 * of X, n / X is off by the same e, so that least squares of the relative residuals of n / X, each point weighted by X
 * / n, fits the relative residuals of X to first order. One solution of three equations is the whole fit; where it
 * would make sigma or kappa negative, that one is 0 and the rest is fitted again. */
#include "measure/usl.h"

#include <math.h>
#include <string.h>

enum { TERMS = 3 };

/* Squares of relative residuals that differ by less are the same: a term more has to explain something. */
static const double ROUNDING = 1e-18;

/* Normal equations of the terms in use. */
struct system {
    double matrix[TERMS][TERMS + 1];
};

static void terms_of(double n, double terms[TERMS])
{
    terms[0] = 1;
    terms[1] = n - 1;
    terms[2] = n * (n - 1);
}

static void add_point(struct system *system, const struct usl_point *point, const bool used[TERMS])
{
    double terms[TERMS], weight = point->rate / point->n;
    terms_of(point->n, terms);
    for (int i = 0; i < TERMS; i++)
        terms[i] = used[i] ? terms[i] * weight : 0;
    for (int i = 0; i < TERMS; i++) {
        for (int k = 0; k < TERMS; k++)
            system->matrix[i][k] += terms[i] * terms[k];
        system->matrix[i][TERMS] += terms[i]; /* the weighted n / X is 1 */
    }
}

static void swap_rows(struct system *system, int a, int b)
{
    double row[TERMS + 1];
    memcpy(row, system->matrix[a], sizeof row);
    memcpy(system->matrix[a], system->matrix[b], sizeof row);
    memcpy(system->matrix[b], row, sizeof row);
}

/* Gauss-Jordan with row pivots; false when the points don't tell. */
static bool solve(struct system *system, double solution[TERMS])
{
    for (int i = 0; i < TERMS; i++) {
        int pivot = i;
        for (int k = i + 1; k < TERMS; k++)
            if (fabs(system->matrix[k][i]) > fabs(system->matrix[pivot][i]))
                pivot = k;
        swap_rows(system, i, pivot);
        if (fabs(system->matrix[i][i]) < 1e-12)
            return false;
        for (int k = 0; k < TERMS; k++) {
            double factor = k == i ? 0 : system->matrix[k][i] / system->matrix[i][i];
            for (int column = i; column <= TERMS; column++)
                system->matrix[k][column] -= factor * system->matrix[i][column];
        }
    }
    for (int i = 0; i < TERMS; i++)
        solution[i] = system->matrix[i][TERMS] / system->matrix[i][i];
    return true;
}

static bool solve_with(const struct usl_point *points, size_t count, const bool used[TERMS], double solution[TERMS])
{
    struct system system = {0};
    for (size_t i = 0; i < count; i++)
        add_point(&system, &points[i], used);
    for (int i = 0; i < TERMS; i++)
        if (!used[i])
            system.matrix[i][i] = 1; /* and its solution 0 */
    return solve(&system, solution);
}

/* The best of the fits that leave none, one or both of the last two terms out; of those as good, the one with
 * fewest. */
static bool solve_bounded(const struct usl_point *points, size_t count, double solution[TERMS])
{
    static const bool choices[][TERMS] = {
        {true, false, false}, {true, true, false}, {true, false, true}, {true, true, true}};
    double least = INFINITY;
    for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++) {
        double candidate[TERMS], squares = 0;
        if (!solve_with(points, count, choices[i], candidate) || candidate[0] <= 0 || candidate[1] < 0 ||
            candidate[2] < 0)
            continue;
        for (size_t k = 0; k < count; k++) {
            double terms[TERMS], sum = 0;
            terms_of(points[k].n, terms);
            for (int term = 0; term < TERMS; term++)
                sum += candidate[term] * terms[term];
            double residual = 1 - sum * points[k].rate / points[k].n;
            squares += residual * residual;
        }
        if (squares < least - ROUNDING) {
            least = squares;
            memcpy(solution, candidate, sizeof candidate);
        }
    }
    return least < INFINITY;
}

static void judge(struct usl_fit *fit, const struct usl_point *points, size_t count)
{
    double mean = 0, residuals = 0, variation = 0;
    for (size_t i = 0; i < count; i++)
        mean += points[i].rate / (double)count;
    for (size_t i = 0; i < count; i++) {
        double residual = points[i].rate - usl_rate(fit, points[i].n);
        residuals += residual * residual;
        variation += (points[i].rate - mean) * (points[i].rate - mean);
        if (fabs(residual) / points[i].rate > fit->worst_residual)
            fit->worst_residual = fabs(residual) / points[i].rate;
    }
    fit->r_squared = variation > 0 ? 1 - residuals / variation : 0;
}

/* Whether there are three concurrencies, each with a rate. */
static bool is_enough(const struct usl_point *points, size_t count)
{
    size_t different = 0;
    for (size_t i = 0; i < count; i++) {
        size_t k = 0;
        while (k < i && points[k].n != points[i].n)
            k++;
        different += k == i;
        if (!(points[i].rate > 0 && points[i].n > 0))
            return false;
    }
    return different >= TERMS;
}

static double peak_of(const struct usl_fit *fit)
{
    if (fit->sigma < 1 && fit->kappa <= 0)
        return 0;
    return fit->sigma + fit->kappa < 1 ? sqrt((1 - fit->sigma) / fit->kappa) : 1;
}

static bool is_finite(const struct usl_fit *fit)
{
    return isfinite(fit->lambda) && isfinite(fit->sigma) && isfinite(fit->kappa) && isfinite(fit->peak) &&
           isfinite(fit->r_squared) && isfinite(fit->worst_residual);
}

void usl_fit(struct usl_fit *fit, const struct usl_point *points, size_t count)
{
    double solution[TERMS] = {0};
    *fit = (struct usl_fit){0};
    if (!is_enough(points, count) || !solve_bounded(points, count, solution))
        return;
    fit->is_valid = true;
    fit->lambda = 1 / solution[0];
    fit->sigma = solution[1] / solution[0];
    fit->kappa = solution[2] / solution[0];
    fit->peak = peak_of(fit);
    judge(fit, points, count);
    if (!is_finite(fit))
        *fit = (struct usl_fit){0};
}

double usl_rate(const struct usl_fit *fit, double n)
{
    return fit->lambda * n / (1 + fit->sigma * (n - 1) + fit->kappa * n * (n - 1));
}
