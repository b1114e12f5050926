/* directory.h - the files of a directory as a site. */
#ifndef SITE_DIRECTORY_H
#define SITE_DIRECTORY_H

#include "site/answer.h"

/* Makes the answer of `target`: the file, the index.html of a directory, a redirect to a directory's path with its slash.
 * False when there is no such file under `root`, which must be a canonical path, links out of it included. The answer is
 * owned by the caller; its text is marked as failed when it can't be read. */
bool site_directory_answer(const char *root, const char *target, struct site_answer *answer);

#endif
