#include "async/stack.h"
