/* config.h - options from INI files: the config file and profiles.
 *
 * Keys are the long names of the options; sections only order them. A key that takes a list may stand several times.
 * One that does not serve the command (option_serves) is checked and has no effect. A value ends with its line, or with
 * a ';' behind white space, which begins a comment; only comments may be indented. */
#ifndef CRAWLER_CONFIG_H
#define CRAWLER_CONFIG_H

#include <stdio.h>

#include "options.h"

/* Applies the config file (options->config; else the first of $XDG_CONFIG_HOME or ~/.config, crawler/crawler.ini, and
 * the system's crawler.ini, where one exists) and then the profile (options->profile): a path when it holds a '/', else
 * NAME.ini in "profiles" beside the config file, in the user's or in the system's folder. Errors: ERR_SYNTAX (a line
 * that is wrong), ERR_NOT_FOUND (a file that was asked for), ERR_PERMISSION..., each explained on `errors` with file
 * and line; ERR_NO_MEMORY. */
int config_apply(struct options *options, FILE *errors);

#endif
