// SPDX-License-Identifier: MIT
#ifndef POSTSTELLE_CCURL_SHIM_H
#define POSTSTELLE_CCURL_SHIM_H

#include <curl/curl.h>

// Swift cannot call C functions with "..." arguments. libcurl configures a transfer, and is asked about it,
// only through such functions, so each argument *type* we use gets one function here. Nothing else belongs in
// this file: no defaults, no policy. The parentheses around a function's name keep curl's type-checking macros
// away, which accept only a literal option.

#if LIBCURL_VERSION_NUM < 0x075700
#error "libcurl 7.87.0 or newer is required (CURLOPT_PROTOCOLS_STR, CURLOPT_QUICK_EXIT)"
#endif

static inline CURLcode ccurl_set_long(CURL *handle, CURLoption option, long value) {
    return (curl_easy_setopt)(handle, option, value);
}

/// For the options whose name ends in `_LARGE`.
static inline CURLcode ccurl_set_offset(CURL *handle, CURLoption option, curl_off_t value) {
    return (curl_easy_setopt)(handle, option, value);
}

/// Copies `value`: libcurl keeps its own duplicate of every string option.
static inline CURLcode ccurl_set_string(CURL *handle, CURLoption option, const char *value) {
    return (curl_easy_setopt)(handle, option, value);
}

/// Does NOT copy: `value` must outlive the transfer.
static inline CURLcode ccurl_set_pointer(CURL *handle, CURLoption option, void *value) {
    return (curl_easy_setopt)(handle, option, value);
}

/// Does NOT copy: the list must outlive the transfer, and remains the caller's to free.
static inline CURLcode ccurl_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
    return (curl_easy_setopt)(handle, option, value);
}

/// The type of CURLOPT_WRITEFUNCTION and CURLOPT_HEADERFUNCTION.
typedef size_t (*ccurl_sink)(char *bytes, size_t one, size_t count, void *context);

static inline CURLcode ccurl_set_sink(CURL *handle, CURLoption option, ccurl_sink value) {
    return (curl_easy_setopt)(handle, option, value);
}

static inline CURLcode ccurl_get_long(CURL *handle, CURLINFO info, long *value) {
    return (curl_easy_getinfo)(handle, info, value);
}

/// For the times whose name ends in `_T`: microseconds.
static inline CURLcode ccurl_get_offset(CURL *handle, CURLINFO info, curl_off_t *value) {
    return (curl_easy_getinfo)(handle, info, value);
}

static inline CURLcode ccurl_get_socket(CURL *handle, CURLINFO info, curl_socket_t *value) {
    return (curl_easy_getinfo)(handle, info, value);
}

/// The string belongs to libcurl: it lives until the next transfer or the end of `handle`.
static inline CURLcode ccurl_get_string(CURL *handle, CURLINFO info, const char **value) {
    return (curl_easy_getinfo)(handle, info, (char **)value);
}

static inline CURLMcode ccurl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return (curl_multi_setopt)(multi, option, value);
}

/// The result a finished transfer left behind (`data` of a CURLMsg is a union, which Swift reads as bytes).
static inline CURLcode ccurl_message_result(const CURLMsg *message) {
    return message->data.result;
}

#endif
