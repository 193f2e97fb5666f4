#include "CSqueezeKernels.h"
