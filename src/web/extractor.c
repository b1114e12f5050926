#include "web/extractor.h"
