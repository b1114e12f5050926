/* sanitizer.h - whether the address sanitizer is built in: it searches for leaks from a process of its own that traces
 * us, and may ask a program for the names in its reports. So it keeps the calls for these. */
#ifndef SANDBOX_SANITIZER_H
#define SANDBOX_SANITIZER_H

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

#endif
