/* server.h - a site in the process that calls: listeners and the loop that serves them. */
#ifndef SITE_SERVER_H
#define SITE_SERVER_H

#include <sys/types.h>

#include "site/record.h"
#include "site/site.h"

struct site_server;

/* Listens, and prepares all answers. `record` is the caller's. Returns 0, or -1 with errno set. */
int site_server_open(struct site_server **out, const struct site_config *config, struct site_record *record);

/* Serves until site_server_stop, or until this process is no child of `parent` any more (0: whoever it is of). Returns
 * 0, or -1 with errno set. */
int site_server_run(struct site_server *server, pid_t parent);

/* Ends the running loop; may be called in a signal handler. */
void site_server_stop(struct site_server *server);

size_t site_server_listeners(const struct site_server *server);
uint16_t site_server_port(const struct site_server *server, size_t index);

/* Writes "scheme://address:port" of a listener to `url`. */
void site_server_origin(const struct site_server *server, size_t index, char *url, size_t size);

/* Whether some listener speaks TLS. */
bool site_server_has_tls(const struct site_server *server);

void site_server_close(struct site_server *server);

/* Lets this process hold as many connections as the system grants. */
void site_server_raise_limit(void);

#endif
