// epoll, eventfd, thread names: the Glibc module leaves some out and imports epoll's constants with mismatching types.
#ifndef REPAZOO_CEVENTLOOP_SHIM_H
#define REPAZOO_CEVENTLOOP_SHIM_H

#include <errno.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

static inline int rz_eventfd(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }
static inline void rz_name_this_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }
// Of this thread alone, as 0 names a thread here (setpriority(2), "C library/kernel differences"). Lowering it takes no right.
static inline void rz_yield_to_others(void) { setpriority(PRIO_PROCESS, 0, 19); }
static inline int rz_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

// Readiness as our own two bits, so that no epoll constant crosses into Swift.
enum { RZ_READABLE = 1, RZ_WRITABLE = 2 };

static inline int rz_epoll_set(int epoll, int operation, int fd, uint64_t token, int interest) {
    struct epoll_event event = {0};
    if (interest & RZ_READABLE) event.events |= EPOLLIN | EPOLLRDHUP;
    if (interest & RZ_WRITABLE) event.events |= EPOLLOUT;
    event.data.u64 = token;
    return epoll_ctl(epoll, operation, fd, &event);
}
static inline int rz_epoll_add(int e, int fd, uint64_t t, int i) { return rz_epoll_set(e, EPOLL_CTL_ADD, fd, t, i); }
static inline int rz_epoll_change(int e, int fd, uint64_t t, int i) { return rz_epoll_set(e, EPOLL_CTL_MOD, fd, t, i); }
static inline int rz_epoll_remove(int e, int fd) { return rz_epoll_set(e, EPOLL_CTL_DEL, fd, 0, 0); }

typedef struct { uint64_t token; int readiness; } rz_event;

// Errors and hang-ups count as readable: the owner's next read meets the error itself.
static inline int rz_epoll_wait(int epoll, rz_event *out, int capacity, int timeout_ms) {
    struct epoll_event events[64];
    if (capacity > 64) capacity = 64;
    int n = epoll_wait(epoll, events, capacity, timeout_ms);
    if (n < 0) return errno == EINTR ? 0 : -1;
    for (int i = 0; i < n; i++) {
        out[i].token = events[i].data.u64;
        out[i].readiness = 0;
        if (events[i].events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) out[i].readiness |= RZ_READABLE;
        if (events[i].events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) out[i].readiness |= RZ_WRITABLE;
    }
    return n;
}

#endif
