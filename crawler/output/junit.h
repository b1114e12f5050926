/* junit.h - test results as JUnit writes them and Jenkins, GitLab and others read them.
 *
 *     <testsuites name="crawler" tests failures errors time>     seconds that the crawl took
 *       <testsuite name="HOST" tests failures errors skipped="0" time>     one a host, in ascending order; time: sum
 *         <testcase classname="HOST" name="URL" time/>     one a URL that was fetched, in ascending order
 *
 * HOST has its port where the URL has one. Times are of the last try, in seconds with three digits. A URL is broken
 * (record/fetch_statistic.h) in one of two ways, each with the page that links to it as text:
 *
 *     <failure type="404" message="status 404">linked from http://a/</failure>     a status of 400 and above
 *     <error type="connect-refused" message="connection refused: DETAIL">linked from http://a/</error>     no answer
 *
 * URLs that were not fetched are no test cases. Text is cleaned (clean_text.h). */
#ifndef OUTPUT_JUNIT_H
#define OUTPUT_JUNIT_H

#include "output/output.h"

extern const struct output_format OUTPUT_JUNIT;

#endif
