#include "web/mime.h"
