/* power_world.h - a folder as a power cut would leave it.
 *
 * What was synced is there: the bytes of a file when it was synced, names when the folder was. Of later writes there is
 * an arbitrary part, sector by sector; of later changes of names the first few. */
#ifndef E2E_POWER_WORLD_H
#define E2E_POWER_WORLD_H

#include <stddef.h>

struct power_world;

/* Takes note of what is in `folder` and makes a library note what happens there from now on (tests/shim/power_cut.h),
 * in the children of this process. Both end with power_world_record. Failures end the test. */
struct power_world *power_world_begin(const char *folder, const char *library);
void power_world_record(struct power_world *world);
void power_world_free(struct power_world *world);

/* Calls that were noted; and how many of the first `events` there are up to the last sync of a file. */
size_t power_world_events(const struct power_world *world);
size_t power_world_synced(const struct power_world *world, size_t events);

enum { POWER_ALL_KEPT = 0 };

/* Makes `folder`, which must not exist, and in it what a cut behind the first `events` calls leaves; `seed` decides
 * what of that which was not synced. Nothing is lost for POWER_ALL_KEPT. */
void power_world_cut(const struct power_world *world, size_t events, unsigned seed, const char *folder);

#endif
