/* directory.h - the files of a directory as a site. */
#ifndef SITE_DIRECTORY_H
#define SITE_DIRECTORY_H

#include "site/answer.h"
#include "site/request.h"

/* Makes the answer of a request: the file, or that it is not modified, the index.html of a directory, a redirect to a
 * directory's path with its slash. False when there is no such file under `root`, which must be a canonical path, links
 * out of it included. The answer is owned by the caller; its text is marked as failed when it can't be read. */
bool site_directory_answer(const char *root, const struct site_head *head, struct site_answer *answer);

#endif
