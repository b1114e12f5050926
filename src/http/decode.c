#include "http/decode.h"
