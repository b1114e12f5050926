#include "async/future.h"
