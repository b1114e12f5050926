/* failure.h - libcurl's codes in our words. */
#ifndef HTTP_FAILURE_H
#define HTTP_FAILURE_H

#include <curl/curl.h>
#include <stdbool.h>

/* The negative error for a transfer that libcurl ended with `result`, not CURLE_OK. `begun`: some of the body came. */
int failure_of(CURL *easy, CURLcode result, bool begun);

/* Whether libcurl's own words say more than the error's text. */
bool failure_needs_detail(int error);

#endif
