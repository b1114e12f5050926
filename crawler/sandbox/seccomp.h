/* seccomp.h - system calls that a crawler never makes are refused, by Linux's seccomp filters (seccomp(2)).
 *
 * A refused call fails with EPERM and nothing is ever killed: what tries one without need goes on without. The filter
 * is for x86-64 and aarch64. Calls by the numbers of another architecture (32-bit ones, x32) are all refused. */
#ifndef SANDBOX_SECCOMP_H
#define SANDBOX_SECCOMP_H

#include "sandbox/refusal.h"

/* From now on, for the calling thread and for ever: no processes, threads or programs are started; no other process is
 * signalled, traced or read; no memory becomes executable but that of files, as libraries are; sockets are for TCP, UDP
 * and this machine, and nobody listens; nothing is asked of the kernel that manages the system or that few programs
 * use. PR_SET_NO_NEW_PRIVS must be set. Errors, with `*why`, nothing having changed: ERR_UNSUPPORTED, ERR_SYSTEM. */
int seccomp_confine(struct refusal *why);

#endif
