/* error.h - every way in which something can fail, and its text.
 *
 * A function that can fail returns an int: 0 for success, else one of these negative codes. No other negative value is
 * ever returned. Codes for the outside world (names, sockets, TLS, HTTP) each say one thing that a user can act on. */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

/* code, short machine-readable kind (stable: reports and outputs use it), text for people */
#define ERROR_TABLE(X)                                                                       \
    X(ERR_NO_MEMORY, "no-memory", "out of memory")                                           \
    X(ERR_INVALID, "invalid", "invalid argument")                                            \
    X(ERR_SYSTEM, "system", "system call failed")                                            \
    X(ERR_CANCELLED, "cancelled", "cancelled")                                               \
    X(ERR_TIMED_OUT, "timed-out", "timed out")                                               \
    X(ERR_FINISHED, "finished", "coroutine has already finished")                            \
    X(ERR_RUNNING, "running", "coroutine is already running")                                \
    X(ERR_NOT_REGISTERED, "not-registered", "file descriptor is not registered")             \
    X(ERR_ALREADY_REGISTERED, "already-registered", "file descriptor is already registered") \
    X(ERR_TOO_LARGE, "too-large", "size limit exceeded")                                     \
    X(ERR_UNSUPPORTED, "unsupported", "not supported on this system")                        \
    X(ERR_LIBRARY, "library", "a library is missing")                                        \
    X(ERR_NOT_FOUND, "not-found", "not found")                                               \
    X(ERR_CLOSED, "closed", "closed")                                                        \
    X(ERR_SYNTAX, "syntax", "malformed input")                                               \
    X(ERR_EXISTS, "exists", "exists already")                                                \
    X(ERR_PERMISSION, "permission", "permission denied")                                     \
    X(ERR_IO, "io", "input/output error")                                                    \
    X(ERR_NO_SPACE, "no-space", "no space left on device")                                   \
    X(ERR_TOO_MANY_FILES, "too-many-files", "too many open files")                           \
    X(ERR_READ_ONLY, "read-only", "file system is read-only")                                \
    X(ERR_IS_FOLDER, "is-folder", "is a folder")                                             \
    X(ERR_NO_FOLDER, "no-folder", "part of the path is no folder")                           \
    X(ERR_SYMBOLIC_LINK, "symbolic-link", "symbolic link that is not followed")              \
    X(ERR_IN_USE, "in-use", "in use by another output or process")                           \
    X(ERR_READER_GONE, "reader-gone", "reader has gone away")                                \
    X(ERR_NAME_NOT_FOUND, "name-not-found", "host name does not exist")                      \
    X(ERR_NAME_FAILED, "name-failed", "name server failed")                                  \
    X(ERR_NAME_TIMED_OUT, "name-timed-out", "name server did not answer")                    \
    X(ERR_ADDRESS_REFUSED, "address-refused", "address is not allowed")                      \
    X(ERR_CONNECT_REFUSED, "connect-refused", "connection refused")                          \
    X(ERR_CONNECT_FAILED, "connect-failed", "could not connect")                             \
    X(ERR_CONNECT_TIMED_OUT, "connect-timed-out", "connecting took too long")                \
    X(ERR_CONNECTION_RESET, "connection-reset", "connection reset by server")                \
    X(ERR_NO_ANSWER, "no-answer", "connection closed before an answer")                      \
    X(ERR_TLS, "tls", "TLS handshake failed")                                                \
    X(ERR_CERTIFICATE, "certificate", "certificate verification failed")                     \
    X(ERR_PROXY, "proxy", "proxy failed")                                                    \
    X(ERR_PROTOCOL, "protocol", "server broke the protocol")                                 \
    X(ERR_HEADERS_TOO_LARGE, "headers-too-large", "response headers too large")              \
    X(ERR_IDLE, "idle", "server sent nothing for too long")                                  \
    X(ERR_TOO_SLOW, "too-slow", "transfer below the minimum rate")                           \
    X(ERR_TRUNCATED, "truncated", "body shorter than announced")                             \
    X(ERR_DECODE, "decode", "corrupt content coding")                                        \
    X(ERR_CODING_UNKNOWN, "coding-unknown", "unknown content coding")                        \
    X(ERR_DECODED_TOO_LARGE, "decoded-too-large", "decoded body over its limit")             \
    X(ERR_BODY_TOO_LARGE, "body-too-large", "body over its limit")                           \
    X(ERR_URL_RELATIVE, "url-relative", "relative URL without a base")                       \
    X(ERR_URL_HOST, "url-host", "invalid host in URL")                                       \
    X(ERR_URL_ADDRESS, "url-address", "invalid IP address in URL")                           \
    X(ERR_URL_NAME, "url-name", "invalid internationalised name in URL")                     \
    X(ERR_URL_PORT, "url-port", "invalid port in URL")

enum error {
    ERROR_NONE = 0,
    ERROR_BEFORE_FIRST = -100, /* so that codes are never mistaken for -1 of a system call */
#define X(code, kind, text) code,
    ERROR_TABLE(X)
#undef X
};

/* The text of a code for people ("connection refused"); "success" for 0. Static, never NULL. */
const char *error_text(int code);

/* The machine-readable kind of a code ("connect-refused"); "none" for 0. Static, never NULL. */
const char *error_kind(int code);

/* The code of a kind; 0 for "" and unknown ones. */
int error_of_kind(const char *kind);

/* The code that stands for a value of errno; ERR_SYSTEM for those without one of their own. Never 0. */
int error_from_errno(int number);

#endif
