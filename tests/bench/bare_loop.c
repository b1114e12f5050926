/* bare_loop - fetches a list of URLs with libcurl's multi_socket interface on epoll and throws the bodies away.
 *
 * No links are read and nothing is decided: what it costs is the least that a crawler on libcurl can cost.
 * bare_loop FILE [IN-FLIGHT]: FILE holds one URL a line; 100 in flight unless said otherwise. */
#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>

enum { EVENTS = 256, LINE_LENGTH = 8192, NO_TIMER = -1 };

struct loop {
    int epoll;
    CURLM *multi;
    FILE *urls;
    long long timer; /* milliseconds on the monotonic clock; NO_TIMER for none */
    int running;
    unsigned long done, failed;
    unsigned long long bytes;
};

static long long now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000LL + time.tv_nsec / 1000000;
}

static size_t take_body(const char *data, size_t size, size_t count, void *context)
{
    struct loop *loop = context;
    (void)data;
    loop->bytes += size * count;
    return size * count;
}

static int want_timer(CURLM *multi, long milliseconds, void *context)
{
    struct loop *loop = context;
    (void)multi;
    loop->timer = milliseconds < 0 ? NO_TIMER : now() + milliseconds;
    return 0;
}

static int want_socket(CURL *easy, curl_socket_t fd, int what, void *context, void *of_socket)
{
    struct loop *loop = context;
    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        epoll_ctl(loop->epoll, EPOLL_CTL_DEL, fd, NULL); /* it may be closed by now */
        curl_multi_assign(loop->multi, fd, NULL);
        return 0;
    }
    struct epoll_event event = {.data.fd = fd};
    event.events = (what & CURL_POLL_IN ? (uint32_t)EPOLLIN : 0) | (what & CURL_POLL_OUT ? (uint32_t)EPOLLOUT : 0);
    if (epoll_ctl(loop->epoll, of_socket ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event) != 0)
        return -1;
    if (!of_socket)
        curl_multi_assign(loop->multi, fd, loop);
    return 0;
}

/* Gives the handle the next URL of the list; frees it when there is none. */
static void start_next(struct loop *loop, CURL *easy)
{
    char line[LINE_LENGTH];
    if (!fgets(line, sizeof line, loop->urls)) {
        curl_easy_cleanup(easy);
        return;
    }
    line[strcspn(line, "\n")] = '\0';
    curl_easy_setopt(easy, CURLOPT_URL, line);
    curl_multi_add_handle(loop->multi, easy);
    loop->running++;
}

static void collect(struct loop *loop)
{
    const CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(loop->multi, &left))) {
        CURL *easy = message->easy_handle;
        loop->done++;
        loop->failed += message->data.result != CURLE_OK;
        curl_multi_remove_handle(loop->multi, easy);
        loop->running--;
        start_next(loop, easy);
    }
}

static int events_of(const struct epoll_event *event)
{
    return (event->events & EPOLLIN ? CURL_CSELECT_IN : 0) | (event->events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
           (event->events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);
}

static void run_once(struct loop *loop)
{
    struct epoll_event events[EVENTS];
    int ignored, timeout = -1;
    if (loop->timer != NO_TIMER) {
        long long left = loop->timer - now();
        timeout = left > 0 ? (int)left : 0;
    }
    int count = epoll_wait(loop->epoll, events, EVENTS, timeout);
    for (int i = 0; i < count; i++)
        curl_multi_socket_action(loop->multi, events[i].data.fd, events_of(&events[i]), &ignored);
    if (loop->timer != NO_TIMER && loop->timer <= now()) {
        loop->timer = NO_TIMER;
        curl_multi_socket_action(loop->multi, CURL_SOCKET_TIMEOUT, 0, &ignored);
    }
    collect(loop);
}

static void start_all(struct loop *loop, int in_flight)
{
    for (int i = 0; i < in_flight; i++) {
        CURL *easy = curl_easy_init();
        if (!easy)
            return;
        curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
        curl_easy_setopt(easy, CURLOPT_WRITEDATA, loop);
        curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
        start_next(loop, easy);
    }
}

int main(int argc, char **argv)
{
    struct loop loop = {.timer = NO_TIMER};
    int in_flight = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 100;
    loop.urls = argc > 1 ? fopen(argv[1], "re") : NULL;
    if (!loop.urls) {
        fprintf(stderr, "usage: bare_loop FILE [IN-FLIGHT]: %s\n", argc > 1 ? strerror(errno) : "no file");
        return 2;
    }
    curl_global_init(CURL_GLOBAL_DEFAULT);
    loop.epoll = epoll_create1(EPOLL_CLOEXEC);
    loop.multi = curl_multi_init();
    if (loop.epoll < 0 || !loop.multi)
        return 1;
    curl_multi_setopt(loop.multi, CURLMOPT_SOCKETFUNCTION, want_socket);
    curl_multi_setopt(loop.multi, CURLMOPT_SOCKETDATA, &loop);
    curl_multi_setopt(loop.multi, CURLMOPT_TIMERFUNCTION, want_timer);
    curl_multi_setopt(loop.multi, CURLMOPT_TIMERDATA, &loop);
    curl_multi_setopt(loop.multi, CURLMOPT_MAXCONNECTS, (long)in_flight);
    start_all(&loop, in_flight);
    while (loop.running > 0)
        run_once(&loop);
    printf("%lu done, %lu failed, %llu bytes\n", loop.done, loop.failed, loop.bytes);
    curl_multi_cleanup(loop.multi);
    curl_global_cleanup();
    fclose(loop.urls);
    return loop.failed != 0;
}
