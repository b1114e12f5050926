#include "e2e/failing_call.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

enum { FAILED = 1, CONFIG_UNREAD = 3, FINISHED_BEFORE = 2 /* exit codes */ };

bool calls_can_fail(void)
{
    return NTH_FAILURE_LIBRARY[0];
}

static void set_number(const char *name, int number)
{
    char text[16];
    snprintf(text, sizeof text, "%d", number);
    setenv(name, text, 1);
}

void let_call_fail(const char *kind, int nth, int number)
{
    setenv("NTH_FAILURE_KIND", kind, 1);
    set_number("NTH_FAILURE_NTH", nth);
    if (number)
        set_number("NTH_FAILURE_ERRNO", number);
    setenv("LD_PRELOAD", NTH_FAILURE_LIBRARY, 1);
}

void let_no_call_fail(void)
{
    unsetenv("LD_PRELOAD");
}

void check_clean_end(const struct run *run, const char *kind, int nth)
{
    bool is_told = (run->exit_code == FAILED || run->exit_code == CONFIG_UNREAD) && run->err[0];
    ck_assert_msg(run->exit_code == 0 || is_told, "%s %d: exit code %d\n%s", kind, nth, run->exit_code, run->err);
}

void check_gone_on(const struct run *first, const struct run *second, const char *kind, int nth)
{
    ck_assert_msg(second->exit_code == 0 || second->exit_code == FINISHED_BEFORE, "%s %d:\n%sthen exit code %d\n%s",
                  kind, nth, first->err, second->exit_code, second->err);
}
