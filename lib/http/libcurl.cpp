// SPDX-License-Identifier: Apache-2.0
// The functions of <curl/curl.h> that kforge calls, each of which passes the call on to libcurl.so.4. The library is
// loaded at the first call: with the thirty libraries that it needs it takes longer to load than `kforge version` or
// `kforge render` take as a whole (docs/decisions/0005).
#include "base/error.hpp"

#include <curl/curl.h>
#include <dlfcn.h>

#include <cstdarg>
#include <string>

namespace {

using kforge::Error;
using kforge::ErrorKind;

// The address of a function, as a pointer of whichever type it is given to.
struct Symbol {
  void* address;
  template <typename Function>
  operator Function*() const {
    return reinterpret_cast<Function*>(address);
  }
};

class Libcurl {
 public:
  decltype(&curl_global_init) global_init = find("curl_global_init");
  decltype(&curl_slist_append) slist_append = find("curl_slist_append");
  decltype(&curl_slist_free_all) slist_free_all = find("curl_slist_free_all");
  decltype(&curl_easy_init) easy_init = find("curl_easy_init");
  decltype(&curl_easy_reset) easy_reset = find("curl_easy_reset");
  decltype(&curl_easy_cleanup) easy_cleanup = find("curl_easy_cleanup");
  decltype(&curl_easy_pause) easy_pause = find("curl_easy_pause");
  decltype(&curl_easy_strerror) easy_strerror = find("curl_easy_strerror");
  decltype(&(curl_easy_setopt)) easy_setopt = find("curl_easy_setopt");
  decltype(&(curl_easy_getinfo)) easy_getinfo = find("curl_easy_getinfo");
  decltype(&curl_multi_init) multi_init = find("curl_multi_init");
  decltype(&curl_multi_cleanup) multi_cleanup = find("curl_multi_cleanup");
  decltype(&(curl_multi_setopt)) multi_setopt = find("curl_multi_setopt");
  decltype(&curl_multi_add_handle) multi_add_handle = find("curl_multi_add_handle");
  decltype(&curl_multi_remove_handle) multi_remove_handle = find("curl_multi_remove_handle");
  decltype(&curl_multi_socket_action) multi_socket_action = find("curl_multi_socket_action");
  decltype(&curl_multi_info_read) multi_info_read = find("curl_multi_info_read");

 private:
  // It stays loaded: libcurl and what it brings register functions that run at exit.
  static void* handle() {
    static void* const library = ::dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) fail("libcurl.so.4 cannot be loaded");
    return library;
  }

  static Symbol find(const char* name) {
    void* const address = ::dlsym(handle(), name);
    if (address == nullptr) fail("libcurl.so.4 is not a libcurl that kforge can use");
    return {address};
  }

  [[noreturn]] static void fail(const char* what) {
    const char* const reason = ::dlerror();
    throw Error(ErrorKind::internal, what)
        .why(reason == nullptr ? "" : reason)
        .hint("install it: `apt install libcurl4`, or the package of your distribution");
  }
};

const Libcurl& libcurl() {
  static const Libcurl loaded;
  return loaded;
}

// The one argument after the option: a long, a pointer or a curl_off_t, which all pass as one word on 64-bit Linux.
void* word(va_list& arguments) {
  return va_arg(arguments, void*);
}
static_assert(sizeof(long) == sizeof(void*) && sizeof(curl_off_t) == sizeof(void*));

}  // namespace

extern "C" {

CURLcode curl_global_init(long flags) {
  return libcurl().global_init(flags);
}

curl_slist* curl_slist_append(curl_slist* list, const char* text) {
  return libcurl().slist_append(list, text);
}
void curl_slist_free_all(curl_slist* list) {
  libcurl().slist_free_all(list);
}

CURL* curl_easy_init() {
  return libcurl().easy_init();
}
void curl_easy_reset(CURL* easy) {
  libcurl().easy_reset(easy);
}
void curl_easy_cleanup(CURL* easy) {
  libcurl().easy_cleanup(easy);
}
CURLcode curl_easy_pause(CURL* easy, int mask) {
  return libcurl().easy_pause(easy, mask);
}
const char* curl_easy_strerror(CURLcode code) {
  return libcurl().easy_strerror(code);
}

CURLcode(curl_easy_setopt)(CURL* easy, CURLoption option, ...) {
  va_list arguments;
  va_start(arguments, option);
  const CURLcode code = libcurl().easy_setopt(easy, option, word(arguments));
  va_end(arguments);
  return code;
}

CURLcode(curl_easy_getinfo)(CURL* easy, CURLINFO info, ...) {
  va_list arguments;
  va_start(arguments, info);
  const CURLcode code = libcurl().easy_getinfo(easy, info, word(arguments));
  va_end(arguments);
  return code;
}

CURLM* curl_multi_init() {
  return libcurl().multi_init();
}
CURLMcode curl_multi_cleanup(CURLM* multi) {
  return libcurl().multi_cleanup(multi);
}
CURLMcode curl_multi_add_handle(CURLM* multi, CURL* easy) {
  return libcurl().multi_add_handle(multi, easy);
}
CURLMcode curl_multi_remove_handle(CURLM* multi, CURL* easy) {
  return libcurl().multi_remove_handle(multi, easy);
}
CURLMsg* curl_multi_info_read(CURLM* multi, int* left) {
  return libcurl().multi_info_read(multi, left);
}

CURLMcode curl_multi_socket_action(CURLM* multi, curl_socket_t socket, int events, int* running) {
  return libcurl().multi_socket_action(multi, socket, events, running);
}

CURLMcode(curl_multi_setopt)(CURLM* multi, CURLMoption option, ...) {
  va_list arguments;
  va_start(arguments, option);
  const CURLMcode code = libcurl().multi_setopt(multi, option, word(arguments));
  va_end(arguments);
  return code;
}

}  // extern "C"
