/* Serves one page to one of the example programs, and checks that the program prints it.
 *
 *     serve_once PROGRAM    runs PROGRAM 127.0.0.1 PORT /page, where PORT is one that this program listens on
 *
 * The page is larger than the buffers of a socket and comes in pieces, so that the program has to wait in the
 * middle. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGE_SIZE = 8 * 1024 * 1024, PIECE = 100 * 1000, PATIENCE = 60 /* seconds */ };

static const char REQUEST[] = "GET /page HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n";
static char page[PAGE_SIZE];

static void die(const char *what)
{
    perror(what);
    exit(EXIT_FAILURE);
}

static void write_page(void)
{
    int length = snprintf(page, sizeof page, "HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n");
    for (size_t i = (size_t)length; i < sizeof page; i++)
        page[i] = (char)('a' + i % 23);
}

/* Listens on a free port and returns the socket; `*port` is the port as text. */
static int listen_somewhere(char port[16])
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, size) != 0 || listen(listener, 1) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &size) != 0)
        die("listen");
    snprintf(port, 16, "%d", ntohs(address.sin_port));
    return listener;
}

/* Starts the program with its output in a pipe; returns the end to read. */
static int start_program(const char *program, const char *port, int listener, pid_t *child)
{
    int ends[2];
    if (pipe(ends) != 0 || (*child = fork()) < 0)
        die("fork");
    if (*child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        close(listener);
        execl(program, program, "127.0.0.1", port, "/page", (char *)NULL);
        die(program);
    }
    close(ends[1]);
    return ends[0];
}

static void read_request(int fd)
{
    char request[sizeof REQUEST] = "";
    size_t length = 0;
    while (length < sizeof REQUEST - 1) {
        ssize_t count = recv(fd, request + length, sizeof REQUEST - 1 - length, 0);
        if (count <= 0)
            die("request cut short");
        length += (size_t)count;
    }
    if (strcmp(request, REQUEST) != 0)
        die("not the request that was expected");
}

static void send_page(int fd)
{
    for (size_t sent = 0; sent < sizeof page;) {
        size_t left = sizeof page - sent;
        ssize_t count = send(fd, page + sent, left < PIECE ? left : PIECE, MSG_NOSIGNAL);
        if (count <= 0)
            die("send");
        sent += (size_t)count;
    }
}

/* Waits for the program to connect; one that ends before it does can't any more. */
static void wait_for_program(int listener, int output)
{
    struct pollfd fds[] = {{.fd = listener, .events = POLLIN}, {.fd = output, .events = POLLIN}};
    if (poll(fds, 2, -1) < 0)
        die("poll");
    if (fds[0].revents == 0) {
        fputs("the program ended without connecting\n", stderr);
        exit(EXIT_FAILURE);
    }
}

static void serve(int listener)
{
    int fd = accept(listener, NULL, NULL);
    if (fd < 0)
        die("accept");
    read_request(fd);
    send_page(fd);
    close(fd);
}

/* Whether what comes out of the pipe is the page, and nothing else. */
static int prints_the_page(int output)
{
    static char printed[PAGE_SIZE + 1];
    size_t length = 0;
    for (ssize_t count; (count = read(output, printed + length, sizeof printed - length)) > 0;)
        length += (size_t)count;
    return length == sizeof page && memcmp(printed, page, sizeof page) == 0;
}

int main(int argc, char *argv[])
{
    if (argc != 2) {
        fprintf(stderr, "usage: %s PROGRAM\n", argv[0]);
        return EXIT_FAILURE;
    }
    alarm(PATIENCE); /* a program that hangs must not keep us */
    write_page();
    char port[16];
    pid_t child;
    int status;
    int listener = listen_somewhere(port);
    int output = start_program(argv[1], port, listener, &child);
    wait_for_program(listener, output);
    serve(listener);
    close(listener);
    int same = prints_the_page(output);
    close(output);
    if (waitpid(child, &status, 0) != child)
        die("waitpid");
    printf("%s: %s\n", argv[1], same ? "prints the page" : "prints something else");
    return same && status == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
