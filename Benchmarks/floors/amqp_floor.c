// The floor under a consumer that is built on librabbitmq: one connection, one channel, no copy, an acknowledgement every so
// many deliveries. Nothing is decoded and nothing can fail on its own: what a consumer costs beyond this is what it does for us.
//
//   amqp_floor fill|consume QUEUE COUNT [PREFETCH EVERY]      the broker: AMQP_HOST, AMQP_PORT (guest)
//
// `fill` declares a quorum queue and publishes COUNT persistent messages with confirms, at most 1,000 unconfirmed; `consume` takes
// COUNT from it. Prints seconds.
#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_tcp_socket.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const amqp_channel_t channel = 1;

static double seconds(void) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static void must(int fine, const char *what) {
    if (fine) return;
    fprintf(stderr, "amqp_floor: %s failed\n", what);
    exit(1);
}

static void answered(amqp_connection_state_t broker, const char *what) {
    must(amqp_get_rpc_reply(broker).reply_type == AMQP_RESPONSE_NORMAL, what);
}

static amqp_connection_state_t connected(void) {
    const char *host = getenv("AMQP_HOST"), *port = getenv("AMQP_PORT");
    must(host && port, "reading AMQP_HOST and AMQP_PORT");
    amqp_connection_state_t broker = amqp_new_connection();
    amqp_socket_t *socket = amqp_tcp_socket_new(broker);
    must(amqp_socket_open(socket, host, atoi(port)) == AMQP_STATUS_OK, "connecting");
    amqp_rpc_reply_t login = amqp_login(broker, "/", 0, 131072, 0, AMQP_SASL_METHOD_PLAIN, "guest", "guest");
    must(login.reply_type == AMQP_RESPONSE_NORMAL, "logging in");
    amqp_channel_open(broker, channel);
    answered(broker, "opening the channel");
    return broker;
}

// The queue as the consumers have theirs: a quorum queue.
static void declare(amqp_connection_state_t broker, amqp_bytes_t queue) {
    amqp_table_entry_t type = {
        .key = amqp_cstring_bytes("x-queue-type"),
        .value = {.kind = AMQP_FIELD_KIND_UTF8, .value.bytes = amqp_cstring_bytes("quorum")}};
    amqp_table_t arguments = {.num_entries = 1, .entries = &type};
    amqp_queue_declare(broker, channel, queue, 0, 1, 0, 0, arguments);
    answered(broker, "declaring the queue");
}

// Waits for one confirmation: how many messages are confirmed from here on.
static long confirmed(amqp_connection_state_t broker, long before) {
    amqp_frame_t frame;
    amqp_maybe_release_buffers(broker);
    must(amqp_simple_wait_frame(broker, &frame) == AMQP_STATUS_OK, "waiting for a confirmation");
    if (frame.frame_type != AMQP_FRAME_METHOD || frame.payload.method.id != AMQP_BASIC_ACK_METHOD) return before;
    amqp_basic_ack_t *ack = frame.payload.method.decoded;
    return ack->multiple ? (long)ack->delivery_tag : before + 1;
}

// Messages of the size and with the properties of the product's own.
static void fill(amqp_connection_state_t broker, amqp_bytes_t queue, long count) {
    declare(broker, queue);
    amqp_confirm_select(broker, channel);
    answered(broker, "asking for confirms");
    amqp_basic_properties_t properties = {
        ._flags = AMQP_BASIC_DELIVERY_MODE_FLAG | AMQP_BASIC_CONTENT_TYPE_FLAG | AMQP_BASIC_MESSAGE_ID_FLAG | AMQP_BASIC_TYPE_FLAG,
        .delivery_mode = 2,
        .content_type = amqp_cstring_bytes("application/json"),
        .message_id = amqp_cstring_bytes("01890a5d-ac96-774b-bcce-b302099a8057"),
        .type = amqp_cstring_bytes("repazoo.ingest.v1")};
    amqp_bytes_t body = amqp_cstring_bytes("{\"user_id\":\"user-1000\",\"analyze\":false}");
    for (long sent = 0, done = 0; done < count;) {
        for (; sent < count && sent - done < 1000; sent++) {
            must(amqp_basic_publish(broker, channel, amqp_empty_bytes, queue, 0, 0, &properties, body) == AMQP_STATUS_OK, "publishing");
        }
        done = confirmed(broker, done);
    }
}

static void consume(amqp_connection_state_t broker, amqp_bytes_t queue, long count, int prefetch, long every) {
    amqp_basic_qos(broker, channel, 0, (uint16_t)prefetch, 0);
    answered(broker, "setting the prefetch");
    amqp_basic_consume(broker, channel, queue, amqp_empty_bytes, 0, 0, 0, amqp_empty_table);
    answered(broker, "consuming");
    for (long number = 1; number <= count; number++) {
        amqp_envelope_t envelope;
        amqp_maybe_release_buffers(broker);
        must(amqp_consume_message(broker, &envelope, NULL, 0).reply_type == AMQP_RESPONSE_NORMAL, "taking a delivery");
        if (number % every == 0 || number == count) amqp_basic_ack(broker, channel, envelope.delivery_tag, 1);
        amqp_destroy_envelope(&envelope);
    }
}

int main(int argc, char **argv) {
    must(argc >= 4, "reading the arguments");
    amqp_connection_state_t broker = connected();
    amqp_bytes_t queue = amqp_cstring_bytes(argv[2]);
    long count = atol(argv[3]);
    double start = seconds();
    if (strcmp(argv[1], "fill") == 0) {
        fill(broker, queue, count);
    } else {
        consume(broker, queue, count, argc > 4 ? atoi(argv[4]) : 500, argc > 5 ? atol(argv[5]) : 50);
    }
    printf("%.6f\n", seconds() - start);
    amqp_connection_close(broker, AMQP_REPLY_SUCCESS);
    amqp_destroy_connection(broker);
    return 0;
}
