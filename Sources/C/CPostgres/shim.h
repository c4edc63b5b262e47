#ifndef REPAZOO_CPOSTGRES_SHIM_H
#define REPAZOO_CPOSTGRES_SHIM_H
#include <libpq-fe.h>
#endif
