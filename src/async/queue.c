#include "async/queue.h"
