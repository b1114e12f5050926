#include "web/link.h"
