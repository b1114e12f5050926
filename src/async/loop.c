#include "async/loop.h"
