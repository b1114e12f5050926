/* failure.h - libcurl's codes in our words. */
#ifndef HTTP_FAILURE_H
#define HTTP_FAILURE_H

#include <curl/curl.h>
#include <stdbool.h>

/* The negative error for a transfer that libcurl ended with `result`, not CURLE_OK. `begun`: some of the body came. */
int failure_of(CURL *easy, CURLcode result, bool begun);

/* Whether libcurl may end a transfer so when its connection broke off. */
bool failure_is_of_connection(CURLcode result);

/* Whether it ends one so when what came is no answer, or none that it can make out. */
bool failure_is_of_answer(CURLcode result);

/* Whether the handle remembers an errno. libcurl never forgets one, so that it would be taken for that of a later
 * failure: such a handle should not be used again. */
bool failure_clings(CURL *easy);

/* Whether there are words that say more than the error's text: libcurl's or ours. */
bool failure_needs_detail(int error);

#endif
