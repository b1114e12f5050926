#include "web/domain.h"
