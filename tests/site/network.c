#include "site/network.h"

#include <errno.h>

#ifdef __linux__

#include <arpa/inet.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A request to the kernel (rtnetlink(7)) and its answer. */
struct message {
    struct nlmsghdr header;
    union {
        struct ifinfomsg link;
        struct {
            struct ifaddrmsg address;
            struct rtattr attribute;
            unsigned char bytes[sizeof(struct in6_addr)];
        };
        struct nlmsgerr answer; /* with the header that it answers */
    };
};

/* Sends the request, which has `length` bytes behind its header, and reads the answer. Returns 0, or -1 with errno. */
static int ask(int fd, struct message *message, size_t length)
{
    message->header.nlmsg_len = (unsigned)NLMSG_LENGTH(length);
    message->header.nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
    if (send(fd, message, message->header.nlmsg_len, 0) < 0 || recv(fd, message, sizeof *message, 0) < 0)
        return -1;
    errno = message->header.nlmsg_type == NLMSG_ERROR ? -message->answer.error : EPROTO;
    return errno ? -1 : 0;
}

static int bring_up(int fd, int index)
{
    struct message message = {.header.nlmsg_type = RTM_NEWLINK,
                              .link = {.ifi_index = index, .ifi_flags = IFF_UP, .ifi_change = IFF_UP}};
    return ask(fd, &message, sizeof message.link);
}

static int add_address(int fd, int index, const char *text)
{
    int family = strchr(text, ':') ? AF_INET6 : AF_INET;
    size_t size = family == AF_INET6 ? sizeof(struct in6_addr) : sizeof(struct in_addr);
    struct message message = {.header = {.nlmsg_type = RTM_NEWADDR, .nlmsg_flags = NLM_F_CREATE | NLM_F_REPLACE},
                              .address = {.ifa_family = (unsigned char)family,
                                          .ifa_prefixlen = (unsigned char)(size * 8),
                                          .ifa_flags = family == AF_INET6 ? IFA_F_NODAD : 0, /* of use at once */
                                          .ifa_index = (unsigned)index},
                              .attribute = {.rta_len = (unsigned short)RTA_LENGTH(size), .rta_type = IFA_LOCAL}};
    if (inet_pton(family, text, message.bytes) != 1) {
        errno = EINVAL;
        return -1;
    }
    return ask(fd, &message, sizeof message.address + RTA_LENGTH(size));
}

static int furnish(int fd, const char *const *addresses)
{
    int index = (int)if_nametoindex("lo");
    if (!index || bring_up(fd, index))
        return -1;
    for (; *addresses; addresses++)
        if (add_address(fd, index, *addresses))
            return -1;
    return 0;
}

int network_enter(const char *const *addresses)
{
    if (unshare(CLONE_NEWNET) && unshare(CLONE_NEWUSER | CLONE_NEWNET)) /* as root; as anybody, where that is allowed */
        return -1;
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (fd < 0)
        return -1;
    int result = furnish(fd, addresses);
    int number = errno;
    close(fd);
    errno = number;
    return result;
}

#else

int network_enter(const char *const *addresses)
{
    (void)addresses;
    errno = ENOSYS;
    return -1;
}

#endif
