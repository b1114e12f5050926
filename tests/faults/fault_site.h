/* fault_site.h - what the crawls with failing calls crawl: some twenty pages that take the program to most of its
 * corners. */
#ifndef FAULTS_FAULT_SITE_H
#define FAULTS_FAULT_SITE_H

#include <stdbool.h>

#include "site/dns.h"
#include "site/site.h"

/* The name under which the site is crawled, so that the resolver has work. */
#define FAULT_HOST "coast.site.test"

/* Starts the site and the name server that knows it. Ends the process with a message where that fails. */
void fault_site_start(bool tls, struct site **site, struct dns_server **names);

#endif
