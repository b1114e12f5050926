#include "http/failure.h"

#include <errno.h>

#include "base/error.h"

static int os_error(CURL *easy)
{
    long number = 0;
    curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &number);
    return (int)number;
}

static bool has_status(CURL *easy)
{
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    return status != 0;
}

static int failure_to_connect(CURL *easy)
{
    switch (os_error(easy)) {
    case ECONNREFUSED:
        return ERR_CONNECT_REFUSED;
    case ETIMEDOUT:
        return ERR_CONNECT_TIMED_OUT;
    case EMFILE:
    case ENFILE:
        return ERR_TOO_MANY_FILES;
    default:
        return ERR_CONNECT_FAILED;
    }
}

/* Whether a proxy has answered CONNECT with anything but success. */
static bool tunnel_was_refused(CURL *easy)
{
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_HTTP_CONNECTCODE, &status);
    return status != 0 && status / 100 != 2;
}

/* A connection that broke while something was read or written, or libcurl disliked what it read: then there is no
 * errno, or that of an address that was tried before. */
static int failure_to_transfer(CURL *easy)
{
    if (tunnel_was_refused(easy))
        return ERR_PROXY;
    switch (os_error(easy)) {
    case ECONNRESET:
    case ECONNABORTED:
    case EPIPE:
    case ETIMEDOUT:
    case ENETRESET:
    case ENETDOWN:
    case ENETUNREACH:
    case EHOSTDOWN:
    case EHOSTUNREACH:
        return ERR_CONNECTION_RESET;
    default:
        return ERR_PROTOCOL;
    }
}

int failure_of(CURL *easy, CURLcode result, bool begun)
{
    switch (result) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
        return ERR_NAME_FAILED;
    case CURLE_COULDNT_CONNECT:
        return failure_to_connect(easy);
    case CURLE_OPERATION_TIMEDOUT:
        return ERR_TOO_SLOW;
    case CURLE_GOT_NOTHING:
        return ERR_NO_ANSWER;
    case CURLE_PARTIAL_FILE: /* with HTTP/2 also what has not even begun */
        return has_status(easy) ? ERR_TRUNCATED : ERR_NO_ANSWER;
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
        return failure_to_transfer(easy);
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
        return ERR_CERTIFICATE;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CLIENTCERT:
    case CURLE_USE_SSL_FAILED:
        return ERR_TLS;
    case CURLE_PROXY:
        return ERR_PROXY;
    case CURLE_URL_MALFORMAT:
        return ERR_INVALID;
    case CURLE_OUT_OF_MEMORY:
        /* libcurl 7.88 calls a header line beyond its own limit that, too. */
        return has_status(easy) && !begun ? ERR_HEADERS_TOO_LARGE : ERR_NO_MEMORY;
    default:
        return ERR_PROTOCOL;
    }
}

/* A stream that was reset (CURLE_HTTP2_STREAM) is not among them: its connection lives, and the server has said no. */
bool failure_is_of_connection(CURLcode result)
{
    switch (result) {
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_UNSUPPORTED_PROTOCOL: /* the rest of another answer */
    case CURLE_HTTP2:                /* GOAWAY */
    case CURLE_PARTIAL_FILE:         /* HTTP/2 */
        return true;
    default:
        return false;
    }
}

bool failure_is_of_answer(CURLcode result)
{
    return result == CURLE_UNSUPPORTED_PROTOCOL || result == CURLE_WEIRD_SERVER_REPLY;
}

bool failure_clings(CURL *easy)
{
    return os_error(easy) != 0;
}

bool failure_needs_detail(int error)
{
    switch (error) {
    case ERR_ADDRESS_REFUSED:
    case ERR_CONNECT_FAILED:
    case ERR_TLS:
    case ERR_CERTIFICATE:
    case ERR_PROXY:
    case ERR_PROTOCOL:
    case ERR_INVALID:
        return true;
    default:
        return false;
    }
}
