#include "async/task.h"
