// librabbitmq 0.11, and static inline stand-ins for what Swift cannot import: the variadic login and a few macros.
#ifndef REPAZOO_CRABBITMQ_SHIM_H
#define REPAZOO_CRABBITMQ_SHIM_H

#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>
#include <linux/sockios.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

static inline amqp_rpc_reply_t rz_amqp_login(amqp_connection_state_t state, const char *vhost, int frame_max,
                                             int heartbeat, const amqp_table_t *properties, const char *user,
                                             const char *password) {
    return amqp_login_with_properties(state, vhost, 0, frame_max, heartbeat, properties, AMQP_SASL_METHOD_PLAIN, user,
                                      password);
}

// Bytes written to the socket that the peer has not yet taken; -1 when the kernel does not tell.
static inline int rz_unsent_bytes(int fd) {
    int queued = 0;
    return ioctl(fd, SIOCOUTQ, &queued) == 0 ? queued : -1;
}

// The kernel doubles the size for its own book-keeping; about half of what getsockopt tells is room for payload.
static inline int rz_set_send_buffer(int fd, int bytes) {
    int got = 0;
    socklen_t length = sizeof got;
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
    return getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &got, &length) == 0 ? got / 2 : bytes;
}

// A frame's parts live in a union that Swift imports as computed properties over the whole struct; these take pointers.
static inline amqp_method_number_t rz_method_id(const amqp_frame_t *f) { return f->payload.method.id; }
static inline void *rz_method(const amqp_frame_t *f) { return f->payload.method.decoded; }
static inline uint64_t rz_body_size(const amqp_frame_t *f) { return f->payload.properties.body_size; }
static inline amqp_basic_properties_t *rz_properties(const amqp_frame_t *f) {
    return (amqp_basic_properties_t *)f->payload.properties.decoded;
}
static inline amqp_bytes_t rz_body(const amqp_frame_t *f) { return f->payload.body_fragment; }

#endif
