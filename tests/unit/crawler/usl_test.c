#include "measure/usl.h"

#include <math.h>
#include <stdlib.h>

#include "unit/suite.h"

static double law(double lambda, double sigma, double kappa, double n)
{
    return lambda * n / (1 + sigma * (n - 1) + kappa * n * (n - 1));
}

enum { POINTS = 12 };

static void points_of(struct usl_point points[POINTS], double lambda, double sigma, double kappa)
{
    for (int i = 0; i < POINTS; i++)
        points[i] = (struct usl_point){1 << i, law(lambda, sigma, kappa, 1 << i)};
}

static const struct {
    double lambda, sigma, kappa;
    double peak; /* sqrt((1 - sigma) / kappa), if that is above 1 */
} LAWS[] = {
    {1000, 0.02, 0.0001, 98.99494936611666},
    {995.6, 0.5, 0.000769, 25.498922693273833},
    {0.25, 0.01, 0.01, 9.9498743710662},
    {3e6, 0, 0.0004, 50},
    {50, 0.1, 0, 0}, /* it grows for ever, ever slower */
    {50, 3, 0, 1},   /* it only falls */
    {50, 0.5, 2, 1}, /* the same */
    {33.3, 0, 0, 0},
};

START_TEST(the_laws_own_points_give_it_back)
{
    struct usl_point points[POINTS];
    struct usl_fit fit;
    points_of(points, LAWS[_i].lambda, LAWS[_i].sigma, LAWS[_i].kappa);
    usl_fit(&fit, points, POINTS);
    ck_assert(fit.is_valid);
    ck_assert_double_eq_tol(fit.lambda / LAWS[_i].lambda, 1, 1e-9);
    ck_assert_double_eq_tol(fit.sigma, LAWS[_i].sigma, 1e-9);
    ck_assert_double_eq_tol(fit.kappa, LAWS[_i].kappa, 1e-12);
    ck_assert_double_eq_tol(fit.peak, LAWS[_i].peak, 1e-5);
    ck_assert_double_eq_tol(fit.r_squared, 1, 1e-9);
    ck_assert_double_le(fit.worst_residual, 1e-9);
    for (int i = 0; i < POINTS; i++)
        ck_assert_double_eq_tol(usl_rate(&fit, points[i].n) / points[i].rate, 1, 1e-9);
}
END_TEST

/* Neither sigma nor kappa may be made up of rounding: the peak would be at billions. */
START_TEST(what_grows_in_proportion_has_no_peak)
{
    int wrong = 0;
    for (int i = 0; i < 1000; i++) {
        struct usl_point points[POINTS];
        struct usl_fit fit;
        for (int k = 0; k < POINTS; k++)
            points[k] = (struct usl_point){1 + k * (1 + i % 7), 0.777 * (i + 1) * (1 + k * (1 + i % 7))};
        usl_fit(&fit, points, POINTS);
        wrong += !fit.is_valid || fit.sigma != 0 || fit.kappa != 0 || fit.peak != 0;
    }
    ck_assert_int_eq(wrong, 0);
}
END_TEST

/* What grows faster than in proportion can't be had with a sigma of 0 or more: the bound holds. */
START_TEST(more_than_linear_is_taken_for_linear)
{
    struct usl_point points[POINTS];
    struct usl_fit fit;
    points_of(points, 100, -0.0001, 0);
    usl_fit(&fit, points, POINTS);
    ck_assert(fit.is_valid);
    ck_assert_double_eq(fit.sigma, 0);
    ck_assert_double_eq(fit.kappa, 0);
    ck_assert_double_eq(fit.peak, 0);
    ck_assert_double_gt(fit.lambda, 100);
}
END_TEST

/* Percent by which each point is off; they sum to nothing. */
static const double NOISE[POINTS] = {1.2, -0.8, 2.1, -1.9, 0.4, -2.2, 1.7, -0.3, -1.1, 2.4, -2.0, 0.5};

START_TEST(noisy_points_come_near)
{
    struct usl_point points[POINTS];
    struct usl_fit fit;
    points_of(points, 1000, 0.02, 0.0001);
    for (int i = 0; i < POINTS; i++)
        points[i].rate *= 1 + NOISE[i] / 100;
    usl_fit(&fit, points, POINTS);
    ck_assert(fit.is_valid);
    ck_assert_double_eq_tol(fit.lambda, 1000, 20);
    ck_assert_double_eq_tol(fit.sigma, 0.02, 0.002);
    ck_assert_double_eq_tol(fit.kappa, 0.0001, 0.000005);
    ck_assert_double_eq_tol(fit.peak, 99, 5);
    ck_assert_double_gt(fit.r_squared, 0.99);
    ck_assert_double_lt(fit.r_squared, 1);
    ck_assert_double_gt(fit.worst_residual, 0.01);
    ck_assert_double_lt(fit.worst_residual, 0.05);
}
END_TEST

static double squares(const struct usl_point *points, double lambda, double sigma, double kappa)
{
    double sum = 0;
    for (int i = 0; i < POINTS; i++) {
        double residual = 1 - points[i].rate / law(lambda, sigma, kappa, points[i].n);
        sum += residual * residual;
    }
    return sum;
}

START_TEST(no_law_nearby_is_better)
{
    struct usl_point points[POINTS];
    struct usl_fit fit;
    points_of(points, 1000, 0.02, 0.0001);
    for (int i = 0; i < POINTS; i++)
        points[i].rate *= 1 + NOISE[i] / 10;
    usl_fit(&fit, points, POINTS);
    double least = squares(points, fit.lambda, fit.sigma, fit.kappa);
    int better = 0;
    for (int step = 0; step < 27; step++) {
        int a = step % 3 - 1, b = step / 3 % 3 - 1, c = step / 9 - 1; /* a little less, the same, a little more */
        double lambda = fit.lambda * (1 + a * 0.001), sigma = fit.sigma * (1 + b * 0.001);
        double kappa = fit.kappa * (1 + c * 0.001);
        better += squares(points, lambda, sigma, kappa) < least * (1 - 1e-9);
    }
    ck_assert_int_eq(better, 0);
}
END_TEST

START_TEST(order_and_repetition_do_no_harm)
{
    static const double ns[] = {16, 1, 4, 4, 64, 1, 16, 64};
    struct usl_point points[8];
    struct usl_fit fit;
    for (int i = 0; i < 8; i++)
        points[i] = (struct usl_point){ns[i], law(70, 0.03, 0.001, ns[i])};
    usl_fit(&fit, points, 8);
    ck_assert(fit.is_valid);
    ck_assert_double_eq_tol(fit.lambda, 70, 1e-7);
    ck_assert_double_eq_tol(fit.sigma, 0.03, 1e-9);
    ck_assert_double_eq_tol(fit.kappa, 0.001, 1e-12);
}
END_TEST

static const struct {
    size_t count;
    struct usl_point points[4];
} TOO_LITTLE[] = {
    {0, {{0}}},
    {1, {{1, 10}}},
    {2, {{1, 10}, {2, 20}}},
    {4, {{1, 10}, {2, 20}, {1, 11}, {2, 19}}}, /* two concurrencies only */
    {4, {{1, 0}, {2, 0}, {4, 0}, {8, 0}}},
    {4, {{1, 10}, {2, 20}, {4, 35}, {8, 0}}},
    {4, {{0, 10}, {2, 20}, {4, 35}, {8, 50}}},
};

START_TEST(too_little_is_no_fit)
{
    struct usl_fit fit;
    usl_fit(&fit, TOO_LITTLE[_i].points, TOO_LITTLE[_i].count);
    ck_assert(!fit.is_valid);
    ck_assert_double_eq(fit.lambda, 0);
    ck_assert_double_eq(fit.sigma, 0);
    ck_assert_double_eq(fit.kappa, 0);
    ck_assert_double_eq(fit.peak, 0);
    ck_assert_double_eq(fit.r_squared, 0);
    ck_assert_double_eq(fit.worst_residual, 0);
}
END_TEST

/* Whatever is measured, no figure is NaN or infinite. */
START_TEST(figures_are_finite)
{
    static const double rates[] = {1e-300, 1e-150, 1e-9, 1e-3, 1, 1e3, 1e9, 1e150, 1e300};
    enum { RATES = sizeof rates / sizeof rates[0] };
    int wrong = 0;
    for (int i = 0; i < RATES * RATES * RATES * RATES; i++) {
        const struct usl_point points[] = {{1, rates[i % RATES]},
                                           {2, rates[i / RATES % RATES]},
                                           {300, rates[i / RATES / RATES % RATES]},
                                           {301, rates[i / RATES / RATES / RATES]}};
        struct usl_fit fit;
        usl_fit(&fit, points, 4);
        wrong += !isfinite(fit.lambda) || !isfinite(fit.sigma) || !isfinite(fit.kappa) || !isfinite(fit.peak) ||
                 !isfinite(fit.r_squared) || !isfinite(fit.worst_residual) || fit.sigma < 0 || fit.kappa < 0;
    }
    ck_assert_int_eq(wrong, 0);
}
END_TEST

int main(void)
{
    int failed =
        RUN_TESTS("usl", what_grows_in_proportion_has_no_peak, more_than_linear_is_taken_for_linear,
                  noisy_points_come_near, no_law_nearby_is_better, order_and_repetition_do_no_harm, figures_are_finite);
    failed |= RUN_TESTS_TIMES("usl's laws", sizeof LAWS / sizeof LAWS[0], the_laws_own_points_give_it_back);
    failed |= RUN_TESTS_TIMES("usl's limits", sizeof TOO_LITTLE / sizeof TOO_LITTLE[0], too_little_is_no_fit);
    return failed;
}
