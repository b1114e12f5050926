/* container.h - from an embedded node back to the structure that holds it. */
#ifndef BASE_CONTAINER_H
#define BASE_CONTAINER_H

#include <stddef.h>

/* The structure of `type` whose `member` is at `pointer`, which must not be NULL. */
#define container_of(pointer, type, member) ((type *)(void *)((char *)(pointer)-offsetof(type, member)))

#endif
