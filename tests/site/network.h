/* network.h - a network of the test's own, in which this machine has any addresses that a test wants. */
#ifndef SITE_NETWORK_H
#define SITE_NETWORK_H

/* Moves this process and the children it starts from now on into a network where nothing is but loopback, on which
 * there are also `addresses`: numeric ones, the last followed by NULL. Returns 0, or -1 with errno set where that is
 * not permitted or not possible; the process may then have no network at all. */
int network_enter(const char *const *addresses);

#endif
