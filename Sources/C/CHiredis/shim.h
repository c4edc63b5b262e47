#ifndef REPAZOO_CHIREDIS_SHIM_H
#define REPAZOO_CHIREDIS_SHIM_H
#include <hiredis/hiredis.h>
#endif
