#ifndef REPAZOO_CCURL_SHIM_H
#define REPAZOO_CCURL_SHIM_H
#include <curl/curl.h>
#endif
