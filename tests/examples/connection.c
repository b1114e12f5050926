#include "examples/connection.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"

int connection_open(const char *address, const char *port)
{
    struct sockaddr_in peer = {.sin_family = AF_INET, .sin_port = htons((uint16_t)strtoul(port, NULL, 10))};
    if (inet_pton(AF_INET, address, &peer.sin_addr) != 1)
        return ERR_INVALID;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0)
        return error_from_errno(errno);
    if (fcntl(fd, F_SETFL, O_NONBLOCK) == 0 &&
        (connect(fd, (struct sockaddr *)&peer, sizeof peer) == 0 || errno == EINPROGRESS))
        return fd;
    int err = error_from_errno(errno);
    close(fd);
    return err;
}

int connection_result(int fd)
{
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
        error = errno;
    return error ? error_from_errno(error) : 0;
}

int connection_send_request(int fd, const char *address, const char *path)
{
    struct buf request;
    buf_init(&request, 8192);
    int err = buf_printf(&request, "GET %s HTTP/1.0\r\nHost: %s\r\n\r\n", path, address);
    /* So few bytes always fit into the empty buffer of a new connection. */
    if (!err && send(fd, request.data, request.length, 0) != (ssize_t)request.length)
        err = ERR_CONNECTION_RESET;
    buf_free(&request);
    return err;
}

ssize_t connection_read(int fd, struct buf *response)
{
    char chunk[4096];
    ssize_t count = recv(fd, chunk, sizeof chunk, 0);
    if (count < 0)
        return error_from_errno(errno);
    int err = buf_append(response, chunk, (size_t)count);
    return err ? err : count;
}
