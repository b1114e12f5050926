#include "http/resolver_hosts.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "unit/suite.h"

static struct resolver_hosts hosts;

/* Reads `text` as a hosts file. */
static void read_text(struct slice text)
{
    char path[] = "/tmp/hosts-XXXXXX";
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, text.data, text.length), (ssize_t)text.length);
    close(fd);
    ck_assert_int_eq(resolver_hosts_read(&hosts, path), 0);
    unlink(path);
}

/* The addresses of `host`, separated by blanks; "" for none. */
static const char *find_family(const char *host, enum resolver_family family)
{
    static char text[RESOLVER_MAX_ADDRESSES * (INET6_ADDRSTRLEN + 1)];
    text[0] = '\0';
    struct resolver_name name;
    struct resolver_answer answer;
    ck_assert_int_eq(resolver_name_read(&name, slice_of(host)), 0);
    ck_assert(resolver_hosts_find(&hosts, &name, family, &answer) == (answer.count > 0));
    for (size_t i = 0; i < answer.count; i++) {
        size_t length = strlen(text);
        if (i > 0)
            text[length++] = ' ';
        inet_ntop(answer.addresses[i].family, answer.addresses[i].bytes, text + length,
                  (socklen_t)(sizeof text - length));
    }
    return text;
}

static const char *find_any(const char *host)
{
    return find_family(host, RESOLVER_ANY);
}

START_TEST(lines_are_read)
{
    read_text(SLICE("# a comment\n"
                    "192.0.2.1 one.test\n"
                    "  192.0.2.2\ttwo.test  Alias.TEST\tthird. # fourth.test\n"
                    "2001:db8::1 one.test\r\n"
                    "\n"
                    "192.0.2.3 one.test#five.test\n"
                    "192.0.2.4 last.test"));
    ck_assert_str_eq(find_any("one.test"), "192.0.2.1 2001:db8::1 192.0.2.3");
    ck_assert_str_eq(find_any("two.test"), "192.0.2.2");
    ck_assert_str_eq(find_any("alias.test"), "192.0.2.2");
    ck_assert_str_eq(find_any("third"), "192.0.2.2");
    ck_assert_str_eq(find_any("last.test"), "192.0.2.4");
    ck_assert_str_eq(find_any("fourth.test"), "");
    ck_assert_str_eq(find_any("five.test"), "");
    ck_assert_str_eq(find_any("absent.test"), "");
    resolver_hosts_free(&hosts);
}
END_TEST

START_TEST(families_are_told_apart)
{
    read_text(SLICE("192.0.2.1 both.test four.test\n2001:db8::1 both.test\n"));
    ck_assert_str_eq(find_family("both.test", RESOLVER_IPV4), "192.0.2.1");
    ck_assert_str_eq(find_family("both.test", RESOLVER_IPV6), "2001:db8::1");
    ck_assert_str_eq(find_family("four.test", RESOLVER_IPV6), "");
    resolver_hosts_free(&hosts);
}
END_TEST

START_TEST(lines_of_no_use_are_skipped)
{
    read_text(SLICE("nonsense\n"
                    "not-an-address a.test\n"
                    "192.0.2.1\n"
                    "192.0.2.1.1 a.test\n"
                    "fe80::1%lo0 a.test\n"
                    "192.0.2.2 a..test 192.0.2.3 \x01 good.test\n"
                    "\0 a.test\n"
                    "192.0.2.9 #a.test\n"));
    ck_assert_str_eq(find_any("a.test"), "");
    ck_assert_str_eq(find_any("good.test"), "192.0.2.2");
    resolver_hosts_free(&hosts);
}
END_TEST

START_TEST(answer_is_complete_and_bounded)
{
    char text[32 * 24];
    size_t length = 0;
    for (int i = 0; i < 24; i++)
        length += (size_t)snprintf(text + length, sizeof text - length, "192.0.2.%d many.test\n", i);
    read_text((struct slice){text, length});
    struct resolver_name name;
    struct resolver_answer answer;
    ck_assert_int_eq(resolver_name_read(&name, SLICE("many.test")), 0);
    ck_assert(resolver_hosts_find(&hosts, &name, RESOLVER_ANY, &answer));
    ck_assert_uint_eq(answer.count, RESOLVER_MAX_ADDRESSES);
    ck_assert_uint_eq(answer.addresses[RESOLVER_MAX_ADDRESSES - 1].bytes[3], RESOLVER_MAX_ADDRESSES - 1);
    ck_assert_uint_eq(answer.serial, 0);
    ck_assert_int_eq(answer.expires, NEVER);
    resolver_hosts_free(&hosts);
}
END_TEST

START_TEST(large_file_and_long_line)
{
    enum { NAMES = 100000 };
    struct buf text;
    buf_init(&text, 16 << 20);
    ck_assert_int_eq(buf_append_slice(&text, SLICE("192.0.2.1")), 0);
    for (int i = 0; i < NAMES; i++)
        ck_assert_int_eq(buf_printf(&text, " long%d.test", i), 0);
    for (int i = 0; i < NAMES; i++)
        ck_assert_int_eq(buf_printf(&text, "\n0.0.0.0 ad%d.test", i), 0);
    read_text(buf_slice(&text));
    buf_free(&text);
    ck_assert_str_eq(find_any("long0.test"), "192.0.2.1");
    ck_assert_str_eq(find_any("long99999.test"), "192.0.2.1");
    ck_assert_str_eq(find_any("ad99999.test"), "0.0.0.0");
    resolver_hosts_free(&hosts);
}
END_TEST

START_TEST(unreadable_files_are_errors)
{
    ck_assert_int_eq(resolver_hosts_read(&hosts, "/nowhere/hosts"), ERR_NOT_FOUND);
    ck_assert_int_eq(resolver_hosts_read(&hosts, "/"), ERR_IS_FOLDER); /* a directory opens, but can't be read */
}
END_TEST

int main(void)
{
    return RUN_TESTS("resolver_hosts", lines_are_read, families_are_told_apart, lines_of_no_use_are_skipped,
                     answer_is_complete_and_bounded, large_file_and_long_line, unreadable_files_are_errors);
}
