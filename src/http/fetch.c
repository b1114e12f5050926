#include "http/fetch.h"
