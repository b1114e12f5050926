#include "async/coroutine.h"
