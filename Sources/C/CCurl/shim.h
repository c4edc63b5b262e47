// libcurl 7.88, and static inline stand-ins for its variadic calls and for what Swift cannot import.
#ifndef REPAZOO_CCURL_SHIM_H
#define REPAZOO_CCURL_SHIM_H

// Makes CURL and CURLM types of their own instead of void, so that they cannot be mistaken for each other.
#define CURL_STRICTER
#include <curl/curl.h>
#include <sys/prctl.h>

// For `top -H` and core dumps; at most 15 bytes count.
static inline void rz_curl_name_this_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }

static inline CURLcode rz_curl_set_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode rz_curl_set_offset(CURL *easy, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(easy, option, value);
}
// libcurl keeps its own copy of the string.
static inline CURLcode rz_curl_set_string(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}
// libcurl keeps the pointer: the list must outlive the handle.
static inline CURLcode rz_curl_set_list(CURL *easy, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(easy, option, value);
}

typedef size_t (*rz_curl_bytes)(char *bytes, size_t size, size_t count, void *context);
typedef int (*rz_curl_seek)(void *context, curl_off_t offset, int origin);

// One context for every callback; it must outlive the handle. `read` and `seek` may be null.
static inline CURLcode rz_curl_set_callbacks(CURL *easy, rz_curl_bytes header, rz_curl_bytes write, rz_curl_bytes read,
                                             rz_curl_seek seek, void *context) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, header);
    if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_HEADERDATA, context);
    if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, write);
    if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_WRITEDATA, context);
    if (code == CURLE_OK && read) code = curl_easy_setopt(easy, CURLOPT_READFUNCTION, read);
    if (code == CURLE_OK && read) code = curl_easy_setopt(easy, CURLOPT_READDATA, context);
    if (code == CURLE_OK && seek) code = curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, seek);
    if (code == CURLE_OK && seek) code = curl_easy_setopt(easy, CURLOPT_SEEKDATA, context);
    return code;
}

// Runs on every attempt, once the connection stands and before the request is sent.
static inline CURLcode rz_curl_set_before_request(CURL *easy, curl_prereq_callback before, void *context) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, before);
    return code == CURLE_OK ? curl_easy_setopt(easy, CURLOPT_PREREQDATA, context) : code;
}

// What the callbacks may answer besides a count of bytes.
static const size_t rz_curl_write_pause = CURL_WRITEFUNC_PAUSE;
static const size_t rz_curl_read_pause = CURL_READFUNC_PAUSE;
static const size_t rz_curl_read_abort = CURL_READFUNC_ABORT;

// 0 when libcurl does not know.
static inline long rz_curl_info_long(CURL *easy, CURLINFO info) {
    long value = 0;
    return curl_easy_getinfo(easy, info, &value) == CURLE_OK ? value : 0;
}
static inline curl_off_t rz_curl_info_offset(CURL *easy, CURLINFO info) {
    curl_off_t value = 0;
    return curl_easy_getinfo(easy, info, &value) == CURLE_OK ? value : 0;
}

static inline CURLMcode rz_curl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

// The next finished handle and its result; null when there is none.
static inline CURL *rz_curl_multi_next_finished(CURLM *multi, CURLcode *result) {
    int left = 0;
    CURLMsg *message;
    while ((message = curl_multi_info_read(multi, &left))) {
        if (message->msg != CURLMSG_DONE) continue;
        *result = message->data.result;
        return message->easy_handle;
    }
    return NULL;
}

#endif
