#include "web/header_links.h"
