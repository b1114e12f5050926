#include "async/selector.h"
