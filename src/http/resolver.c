#include "http/resolver.h"
