/* A connection is a state machine that is driven whenever its socket is ready or its timer is due, until it can go no
 * further:
 *
 *     HANDSHAKE -> READ -> (QUEUE) -> WAIT -> SEND -> READ ...  an answer that keeps the connection
 *                                                  -> DRAIN     one that ends it: FIN is sent, and what the client
 *                                                               still says is read, since closing on
 *                                                               unread bytes would send RST
 *                                                  -> HOLD      nothing is ever said
 *
 * While it waits or holds, what arrives is stored up to the limit of a request, so that the end of the connection is
 * seen at once. */
#include "site/connection.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    INPUT_START = 1024,
    INPUT_LIMIT = 64 * 1024, /* of a request's head */
    DISCARD = 16 * 1024,
    DRAIN_MILLISECONDS = 2000,
    MOST_PACKETS = 16 * 1024 /* of an answer a byte a packet */
};

enum state { HANDSHAKE, READ, QUEUE, WAIT, SEND, HOLD, DRAIN };

enum progress { GO_ON, BLOCKED, GONE };

struct site_connection {
    struct site_source source;
    struct site_timer timer;
    struct site_hub *hub;
    struct site_connection *next, *previous; /* of all open ones */
    SSL *ssl;                                /* NULL: plain */
    enum state state;
    unsigned number;
    unsigned listener;
    bool reused;                                             /* has served before */
    bool answering;                                          /* a request is in flight */
    bool serving;                                            /* it has its turn */
    int64_t arrival;                                         /* of the request in flight */
    struct site_connection *next_waiting, *previous_waiting; /* while it is in QUEUE */
    char *input;
    size_t input_length;
    size_t input_capacity;
    uint64_t skip; /* bytes of a request's body still to be thrown away */
    struct site_answer answer;
    size_t sent;
    size_t length; /* bytes of the answer that are to be sent */
    bool is_head;
};

static void join_queue(struct site_connection *connection)
{
    struct site_hub *hub = connection->hub;
    connection->state = QUEUE;
    connection->next_waiting = NULL;
    connection->previous_waiting = hub->last_waiting;
    *(hub->last_waiting ? &hub->last_waiting->next_waiting : &hub->first_waiting) = connection;
    hub->last_waiting = connection;
}

static void leave_queue(struct site_connection *connection)
{
    struct site_hub *hub = connection->hub;
    struct site_connection *next = connection->next_waiting, *previous = connection->previous_waiting;
    *(previous ? &previous->next_waiting : &hub->first_waiting) = next;
    *(next ? &next->previous_waiting : &hub->last_waiting) = previous;
}

/* The next one waits for its delay, be it 0, so that it is driven by the loop and not from here. */
static void pass_turn_on(struct site_hub *hub)
{
    struct site_connection *next = hub->first_waiting;
    hub->serving--;
    if (!next)
        return;
    leave_queue(next);
    hub->serving++;
    next->serving = true;
    next->state = WAIT;
    site_timers_set(&hub->timers, &next->timer, next->answer.delay);
}

static void end_answer(struct site_connection *connection)
{
    if (connection->state == QUEUE)
        leave_queue(connection);
    if (connection->serving)
        pass_turn_on(connection->hub);
    connection->serving = false;
    if (connection->answering)
        site_record_answered(connection->hub->record, connection->arrival, site_now());
    connection->answering = false;
    if (connection->answer.owned)
        site_text_free(&connection->answer.text);
    connection->answer = (struct site_answer){0};
}

static void destroy(struct site_connection *connection)
{
    struct site_hub *hub = connection->hub;
    end_answer(connection);
    site_timers_clear(&hub->timers, &connection->timer);
    site_poller_remove(hub->poller, &connection->source);
    SSL_free(connection->ssl);
    close(connection->source.fd);
    if (connection->next)
        connection->next->previous = connection->previous;
    *(connection->previous ? &connection->previous->next : &hub->connections) = connection->next;
    hub->open--;
    site_record_closed(hub->record);
    free(connection->input);
    free(connection);
    if (hub->closed)
        hub->closed(hub);
}

/* Ready again for what the TLS library waits for, or for reading. */
static enum progress block(struct site_connection *connection, unsigned wants)
{
    return site_poller_change(connection->hub->poller, &connection->source, wants) ? GONE : BLOCKED;
}

static enum progress block_on_tls(struct site_connection *connection, int result)
{
    switch (SSL_get_error(connection->ssl, result)) {
    case SSL_ERROR_WANT_READ:
        return block(connection, SITE_READ);
    case SSL_ERROR_WANT_WRITE:
        return block(connection, SITE_WRITE);
    default:
        return GONE;
    }
}

static enum progress block_on_socket(struct site_connection *connection, unsigned wants)
{
    if (errno == EINTR)
        return GO_ON;
    return errno == EAGAIN || errno == EWOULDBLOCK ? block(connection, wants) : GONE;
}

/* Both store the bytes moved when they GO_ON (0 after an interruption). */
static enum progress receive(struct site_connection *connection, char *data, size_t size, size_t *moved)
{
    *moved = 0;
    if (connection->ssl) {
        ERR_clear_error();
        int result = SSL_read_ex(connection->ssl, data, size, moved);
        return result == 1 ? GO_ON : block_on_tls(connection, result);
    }
    ssize_t got = recv(connection->source.fd, data, size, 0);
    if (got > 0)
        *moved = (size_t)got;
    return got > 0 ? GO_ON : got == 0 ? GONE : block_on_socket(connection, SITE_READ);
}

static enum progress transmit(struct site_connection *connection, const char *data, size_t size, size_t *moved)
{
    *moved = 0;
    if (connection->ssl) {
        ERR_clear_error();
        int result = SSL_write_ex(connection->ssl, data, size, moved);
        return result == 1 ? GO_ON : block_on_tls(connection, result);
    }
    ssize_t put = send(connection->source.fd, data, size, 0);
    if (put >= 0)
        *moved = (size_t)put;
    return put >= 0 ? GO_ON : block_on_socket(connection, SITE_WRITE);
}

static bool grow_input(struct site_connection *connection)
{
    size_t capacity = connection->input_capacity ? 2 * connection->input_capacity : INPUT_START;
    char *input = realloc(connection->input, capacity);
    if (!input)
        return false;
    connection->input = input;
    connection->input_capacity = capacity;
    return true;
}

/* Reads what there is until the input is full, or a byte of it. */
static enum progress fill_input(struct site_connection *connection)
{
    if (connection->input_length == connection->input_capacity && !grow_input(connection))
        return GONE;
    size_t moved, room = connection->hub->one_byte ? 1 : connection->input_capacity - connection->input_length;
    enum progress progress = receive(connection, connection->input + connection->input_length, room, &moved);
    connection->input_length += moved;
    return progress;
}

static void consume(struct site_connection *connection, size_t length)
{
    connection->input_length -= length;
    memmove(connection->input, connection->input + length, connection->input_length);
}

static void skip_body(struct site_connection *connection)
{
    size_t length = connection->skip < connection->input_length ? (size_t)connection->skip : connection->input_length;
    connection->skip -= length;
    if (length)
        consume(connection, length);
}

/* From the answer chosen to the state in which it waits to be sent. */
static void begin_answer(struct site_connection *connection)
{
    struct site_hub *hub = connection->hub;
    const struct site_answer *answer = &connection->answer;
    connection->sent = 0;
    connection->length = connection->is_head ? answer->head : answer->text.length;
    connection->state = answer->end == SITE_HOLD && !connection->length ? HOLD : answer->delay ? WAIT : SEND;
    if (connection->state != HOLD && hub->at_once && hub->serving == hub->at_once) {
        join_queue(connection);
        return;
    }
    connection->serving = connection->state != HOLD;
    hub->serving += connection->serving;
    if (connection->state == WAIT)
        site_timers_set(&connection->hub->timers, &connection->timer, answer->delay);
}

static void refuse(struct site_connection *connection, int status)
{
    connection->is_head = false;
    site_catalogue_refuse(connection->hub->catalogue, status, &connection->answer);
    begin_answer(connection);
}

/* Has the answer go out in smaller pieces where all answers do. */
static void divide(struct site_answer *answer, const struct site_hub *hub)
{
    if (hub->drip && !answer->drip_bytes) {
        answer->drip_bytes = 1;
        answer->drip_delay = hub->drip;
        answer->drip_from = hub->drip_body ? answer->head : 0;
    }
    if (hub->one_byte && answer->drip_bytes != 1) { /* else it pauses after each byte as it is */
        answer->drip_bytes = 1 + (unsigned)(answer->text.length / MOST_PACKETS);
        answer->drip_delay = 0;
    }
}

static void take_request(struct site_connection *connection, size_t length)
{
    static struct site_head head; /* too large for the stack, and used up before this returns */
    struct site_hub *hub = connection->hub;
    int status = site_head_parse(&head, connection->input, length);
    if (status) {
        refuse(connection, status);
        return;
    }
    const struct site_sender sender = {connection->number, connection->listener,
                                       connection->ssl && SSL_get0_peer_certificate(connection->ssl)};
    site_record_request(hub->record, &sender, &head, connection->input, length);
    connection->answering = true;
    connection->arrival = site_now();
    connection->skip = head.body;
    consume(connection, length);
    site_catalogue_find(hub->catalogue, &head, connection->reused, &connection->answer);
    connection->is_head = head.is_head;
    if (!head.keep_alive && connection->answer.end == SITE_KEEP)
        connection->answer.end = SITE_CLOSE;
    divide(&connection->answer, hub);
    connection->reused = true;
    begin_answer(connection);
}

static enum progress step_handshake(struct site_connection *connection)
{
    ERR_clear_error();
    int result = SSL_accept(connection->ssl);
    if (result != 1)
        return block_on_tls(connection, result);
    connection->state = READ;
    return GO_ON;
}

static enum progress step_read(struct site_connection *connection)
{
    skip_body(connection);
    size_t length = connection->input ? site_head_length(connection->input, connection->input_length) : 0;
    if (length && length <= INPUT_LIMIT)
        take_request(connection, length);
    else if (connection->input_length >= INPUT_LIMIT)
        refuse(connection, 431);
    else
        return fill_input(connection);
    return GO_ON;
}

/* A client that sends a full input while it should wait for its answer is cut off. */
static enum progress step_wait(struct site_connection *connection)
{
    skip_body(connection);
    return connection->input_length < INPUT_LIMIT ? fill_input(connection) : GONE;
}

static enum progress finish(struct site_connection *connection)
{
    enum site_end end = connection->answer.end;
    end_answer(connection);
    if (end == SITE_KEEP || end == SITE_HOLD) {
        connection->state = end == SITE_KEEP ? READ : HOLD;
        return GO_ON;
    }
    if (end == SITE_RESET) {
        setsockopt(connection->source.fd, SOL_SOCKET, SO_LINGER, &(struct linger){.l_onoff = 1}, sizeof(struct linger));
        return GONE;
    }
    if (connection->ssl)
        SSL_shutdown(connection->ssl);
    shutdown(connection->source.fd, SHUT_WR);
    connection->state = DRAIN;
    site_timers_set(&connection->hub->timers, &connection->timer, DRAIN_MILLISECONDS);
    return GO_ON;
}

static bool loops(const struct site_connection *connection)
{
    return !connection->is_head && connection->answer.loop_from != SITE_NO_LOOP;
}

/* Between two pieces of an answer: until the drip's delay is over, or until all others have had their turn. */
static enum progress pause_sending(struct site_connection *connection)
{
    if (!connection->answer.drip_delay || connection->sent <= connection->answer.drip_from)
        return block(connection, SITE_WRITE);
    connection->state = WAIT;
    site_timers_set(&connection->hub->timers, &connection->timer, connection->answer.drip_delay);
    return GO_ON;
}

/* Bytes to send at once. */
static size_t next_piece(const struct site_connection *connection)
{
    const struct site_answer *answer = &connection->answer;
    bool drips = connection->sent >= answer->drip_from;
    size_t left = (drips ? connection->length : answer->drip_from) - connection->sent;
    size_t most = drips || connection->hub->one_byte ? answer->drip_bytes : 0;
    return most && left > most ? most : left;
}

static enum progress step_send(struct site_connection *connection)
{
    const struct site_answer *answer = &connection->answer;
    if (connection->sent == connection->length && !loops(connection))
        return finish(connection);
    if (connection->sent == connection->length)
        connection->sent = answer->loop_from;
    size_t moved;
    enum progress progress = transmit(connection, answer->text.data + connection->sent, next_piece(connection), &moved);
    connection->sent += moved;
    bool in_pieces = answer->drip_bytes && connection->sent < connection->length;
    return progress == GO_ON && (in_pieces || loops(connection)) ? pause_sending(connection) : progress;
}

/* The raw bytes, TLS or not: nobody looks at them. */
static enum progress step_drain(struct site_connection *connection)
{
    char discarded[DISCARD];
    ssize_t got = recv(connection->source.fd, discarded, sizeof discarded, 0);
    return got > 0 ? GO_ON : got == 0 ? GONE : block_on_socket(connection, SITE_READ);
}

static void drive(struct site_connection *connection)
{
    static enum progress (*const steps[])(struct site_connection *) = {
        [HANDSHAKE] = step_handshake, [READ] = step_read, [QUEUE] = step_wait, [WAIT] = step_wait,
        [SEND] = step_send,           [HOLD] = step_wait, [DRAIN] = step_drain};
    enum progress progress;
    do
        progress = steps[connection->state](connection);
    while (progress == GO_ON);
    if (progress == GONE)
        destroy(connection);
}

static void on_ready(struct site_source *source)
{
    drive((struct site_connection *)source); /* its first member */
}

void site_connection_due(struct site_timer *timer)
{
    struct site_connection *connection =
        (struct site_connection *)(void *)((char *)timer - offsetof(struct site_connection, timer));
    if (connection->state == DRAIN) {
        destroy(connection);
        return;
    }
    connection->state = SEND;
    drive(connection);
}

/* False when the connection can't be spoken to at all. */
static bool set_manner(struct site_connection *connection, const struct site_manner *manner)
{
    connection->listener = manner->listener;
    connection->state = manner->stalled ? HOLD : manner->tls ? HANDSHAKE : READ;
    if (manner->stalled || !manner->tls)
        return true;
    connection->ssl = SSL_new(manner->tls);
    if (!connection->ssl || SSL_set_fd(connection->ssl, connection->source.fd) != 1) {
        SSL_free(connection->ssl);
        return false;
    }
    return true;
}

void site_connection_open(struct site_hub *hub, int fd, const struct site_manner *manner)
{
    struct site_connection *connection = calloc(1, sizeof *connection);
    if (!connection || !site_timers_reserve(&hub->timers, hub->open + 1))
        goto give_up;
    connection->source = (struct site_source){.fd = fd, .ready = on_ready};
    connection->hub = hub;
    connection->number = hub->accepted;
    if (!set_manner(connection, manner))
        goto give_up;
    if (site_poller_add(hub->poller, &connection->source, SITE_READ))
        goto free_tls;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    connection->next = hub->connections;
    if (connection->next)
        connection->next->previous = connection;
    hub->connections = connection;
    hub->open++;
    hub->accepted++;
    site_record_opened(hub->record);
    return;

free_tls:
    SSL_free(connection->ssl);
give_up:
    free(connection);
    close(fd);
}

void site_connection_close_all(struct site_hub *hub)
{
    for (struct site_connection *connection = hub->connections, *next; connection; connection = next) {
        next = connection->next;
        destroy(connection);
    }
}
