#include "site/nginx.h"

#include <check.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SIZE = 256 };

static char root[SIZE];

static struct nginx *start(const struct nginx_config *config)
{
    struct nginx *nginx = NULL;
    ck_assert_int_eq(nginx_start(config, &nginx), 0);
    return nginx;
}

static void make_root(void)
{
    char path[SIZE + 16];
    snprintf(root, sizeof root, "/tmp/nginx-test-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(root));
    snprintf(path, sizeof path, "%s/index.html", root);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    for (int i = 0; i < 1000; i++)
        fputs("a line of the page\n", file);
    fclose(file);
}

static void remove_root(void)
{
    char path[SIZE + 16];
    snprintf(path, sizeof path, "%s/index.html", root);
    remove(path);
    rmdir(root);
}

static size_t drop(const char *data, size_t size, size_t count, void *context)
{
    (void)data;
    (void)context;
    return size * count;
}

struct outcome {
    long status;
    long version;
    curl_off_t size; /* on the wire */
};

static struct outcome fetch(const struct nginx *nginx, bool tls, const char *address, const char *path)
{
    char url[SIZE];
    snprintf(url, sizeof url, "%s://%s:%u%s", tls ? "https" : "http", address,
             (unsigned)(tls ? nginx_https_port(nginx) : nginx_http_port(nginx)), path);
    CURL *curl = curl_easy_init();
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_CAINFO, nginx_ca_file(nginx));
    curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "gzip");
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop);
    struct outcome outcome = {0};
    CURLcode code = curl_easy_perform(curl);
    ck_assert_msg(code == CURLE_OK, "%s: %s", url, curl_easy_strerror(code));
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &outcome.status);
    curl_easy_getinfo(curl, CURLINFO_HTTP_VERSION, &outcome.version);
    curl_easy_getinfo(curl, CURLINFO_SIZE_DOWNLOAD_T, &outcome.size);
    curl_easy_cleanup(curl);
    return outcome;
}

START_TEST(serves_both_ways)
{
    struct nginx *nginx = start(&(struct nginx_config){.root = root, .extra = "location = /mine { return 410; }"});
    struct outcome plain = fetch(nginx, false, "127.0.0.1", "/");
    ck_assert_int_eq(plain.status, 200);
    ck_assert_int_eq(plain.version, CURL_HTTP_VERSION_1_1);
    ck_assert_int_eq(plain.size, 19000);
    struct outcome secure = fetch(nginx, true, "127.0.0.1", "/none?a=b");
    ck_assert_int_eq(secure.status, 404);
    ck_assert_int_eq(secure.version, CURL_HTTP_VERSION_2_0);
    ck_assert_int_eq(fetch(nginx, true, "localhost", "/mine").status, 410);
    ck_assert_int_eq(nginx_stop(nginx), 0);
}
END_TEST

START_TEST(logs_urls)
{
    struct nginx *nginx = start(&(struct nginx_config){.root = root});
    static const char *const paths[] = {"/", "/a%20b?c=d", "/"};
    for (size_t i = 0; i < 3; i++)
        fetch(nginx, false, "127.0.0.1", paths[i]);
    char **urls = NULL;
    long count;
    while ((count = nginx_log_urls(nginx, &urls)) < 3)
        nginx_free_urls(urls, count);
    ck_assert_int_eq(count, 3);
    for (size_t i = 0; i < 3; i++)
        ck_assert_str_eq(urls[i], paths[i]);
    nginx_free_urls(urls, count);
    char log[SIZE];
    snprintf(log, sizeof log, "%s", nginx_access_log(nginx));
    ck_assert_int_eq(nginx_stop(nginx), 0);
    ck_assert_int_ne(access(log, F_OK), 0);
}
END_TEST

START_TEST(compresses_and_speaks_ipv6)
{
    struct nginx *nginx = NULL;
    if (nginx_start(&(struct nginx_config){.root = root, .gzip = true, .ipv6 = true}, &nginx))
        return; /* a machine without IPv6 */
    ck_assert_int_lt(fetch(nginx, true, "[::1]", "/").size, 1000);
    ck_assert_int_eq(nginx_stop(nginx), 0);
}
END_TEST

START_TEST(fails_with_a_bad_config)
{
    struct nginx *nginx = NULL;
    ck_assert_int_eq(nginx_start(&(struct nginx_config){.root = root, .extra = "nonsense;"}, &nginx), -1);
    ck_assert_int_eq(nginx_stop(NULL), 0);
}
END_TEST

int main(void)
{
    struct nginx *nginx = NULL;
    int present = nginx_start(&(struct nginx_config){.root = "/"}, &nginx);
    if (present == NGINX_ABSENT)
        return NGINX_ABSENT;
    nginx_stop(nginx);
    Suite *suite = suite_create("nginx");
    TCase *tests = tcase_create("nginx");
    tcase_set_timeout(tests, 60);
    tcase_add_unchecked_fixture(tests, make_root, remove_root);
    tcase_add_test(tests, serves_both_ways);
    tcase_add_test(tests, logs_urls);
    tcase_add_test(tests, compresses_and_speaks_ipv6);
    tcase_add_test(tests, fails_with_a_bad_config);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
