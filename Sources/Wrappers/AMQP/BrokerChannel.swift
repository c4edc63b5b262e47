import CRabbitMQ
import EventLoop

/// The one channel of one connection, pumped by the event loop: frames in become events, requests go out without waiting.
///
/// librabbitmq loses frames when two channels share a connection, so a connection has exactly one. The library is entered
/// only when the socket has something, when a request is sent, and every quarter heartbeat, since it serves heartbeats only
/// inside its calls. Not Sendable: it belongs to one actor on `loop`, and every method runs on that loop's thread.
final class BrokerChannel: EventSource {
    private struct Request {
        let expected: Set<UInt32>
        let timeout: TimerToken
        let completion: (Result<Answer, AMQPError>) -> Void
    }

    let loop: EventLoop
    let socket: BrokerSocket
    let pool = WirePool()
    private let number: amqp_channel_t = 1
    private let answerTimeout: Duration
    private var watch: WatchToken?
    private var heartbeat: TimerToken?
    private var assembler = ContentAssembler()
    private var requests: [Request] = []
    private var handler: ((Event) -> Void)?
    private var lastExchange = ""
    private(set) var isOpen = true
    private let lease = Delivery.Lease()

    init(socket: BrokerSocket, configuration: AMQPConfiguration, handler: @escaping (Event) -> Void) {
        self.socket = socket
        self.handler = handler
        loop = configuration.loop
        answerTimeout = configuration.answerTimeout
        watch = loop.watch(socket.descriptor, for: .readable, source: self)
        // What was agreed on: the broker may want it shorter than we asked for.
        let heartbeat = amqp_get_heartbeat(socket.state)
        if heartbeat > 0 { scheduleHeartbeat(every: .seconds(heartbeat) / 4) }
    }

    // MARK: Out

    /// Sends a method and reports its answer later. Answers of one kind come in the order of their requests; a queue answers
    /// for itself (`cancel-ok`), and may be overtaken by the channel.
    func request(
        _ id: UInt32, _ method: UnsafeMutableRawPointer, expecting: Set<UInt32>,
        completion: @escaping (Result<Answer, AMQPError>) -> Void
    ) {
        guard isOpen else { return completion(.failure(AMQPError(.connectionLost, "the connection is closed"))) }
        let timeout = loop.schedule(after: answerTimeout) { [weak self] in
            self?.fail(AMQPError(.timeout, "the broker did not answer in time"))
        }
        requests.append(Request(expected: expecting, timeout: timeout, completion: completion))
        send(id, method)
    }

    /// Sends a method that has no answer.
    func send(_ id: UInt32, _ method: UnsafeMutableRawPointer) {
        guard isOpen else { return }
        check(amqp_send_method(socket.state, number, id, method))
    }

    func acknowledge(_ ack: AckLedger.Ack) {
        guard isOpen else { return }
        check(amqp_basic_ack(socket.state, number, ack.tag, ack.multiple ? 1 : 0))
    }

    func refuse(_ tag: UInt64, requeue: Bool) {
        guard isOpen else { return }
        check(amqp_basic_nack(socket.state, number, tag, 0, requeue ? 1 : 0))
    }

    /// Bytes that can be written now without the library waiting for the peer, which would stop the whole loop. A quarter is
    /// kept for acknowledgements and heartbeats.
    var room: Int {
        let unsent = Int(rz_unsent_bytes(socket.descriptor))
        return unsent < 0 ? socket.sendBuffer : socket.sendBuffer * 3 / 4 - unsent
    }

    func publish(_ message: Publication) {
        guard isOpen else { return }
        var properties = pool.properties(message.properties)
        let (exchange, key) = (pool.bytes(message.exchange), pool.bytes(message.routingKey))
        let status = message.body.withUnsafeBytes { body in
            // The library reads the body and never writes to it.
            let bytes = amqp_bytes_t(len: body.count, bytes: UnsafeMutableRawPointer(mutating: body.baseAddress))
            return amqp_basic_publish(
                socket.state, number, exchange, key, message.isMandatory ? 1 : 0, 0, &properties, bytes)
        }
        pool.recycle()
        check(status)
    }

    /// Closes without ceremony; whatever is unsettled goes back to its queue. No event follows.
    func drop() {
        handler = nil
        shut(AMQPError(.closed, "closed"))
    }

    /// Says goodbye, so that what was sent before is taken in: a socket closed with unread bytes in it resets the connection,
    /// and the broker may then never read the last acknowledgements. No event follows.
    func close(then done: @escaping () -> Void) {
        handler = nil
        guard isOpen else { return done() }
        let timeout = loop.schedule(after: min(answerTimeout, .seconds(3))) { [weak self] in self?.drop() }
        var method = amqp_connection_close_t(
            reply_code: UInt16(AMQP_REPLY_SUCCESS), reply_text: amqp_bytes_t(), class_id: 0, method_id: 0)
        let status = amqp_send_method(socket.state, 0, AMQP_CONNECTION_CLOSE_METHOD, &method)
        requests.append(
            Request(expected: [AMQP_CONNECTION_CLOSE_OK_METHOD], timeout: timeout) { [weak self] _ in
                self?.drop()
                done()
            })
        check(status)
    }

    // MARK: In

    func ready(_ readiness: Readiness) { pump() }

    /// The library may read while it publishes; what it then holds, the socket no longer shows.
    func takeInWhatWasRead() {
        if isOpen, amqp_frames_enqueued(socket.state) != 0 || amqp_data_in_buffer(socket.state) != 0 { pump() }
    }

    private func pump() {
        var frame = amqp_frame_t()
        var noWait = timeval()
        let state = socket.state
        repeat {
            let status = amqp_simple_wait_frame_noblock(state, &frame, &noWait)
            if status == AMQP_STATUS_TIMEOUT.rawValue { return }
            guard check(status) else { return }
            do {
                try receive(&frame)
            } catch {
                fail(AMQPError(.protocolViolation, "frames came in an order that AMQP does not know"))
            }
            amqp_maybe_release_buffers(state)
            // TLS may hold bytes that the socket no longer shows: ask until it is dry.
        } while isOpen && (socket.usesTLS || amqp_data_in_buffer(state) != 0 || amqp_frames_enqueued(state) != 0)
    }

    private func receive(_ frame: inout amqp_frame_t) throws {
        switch Int32(frame.frame_type) {
        case AMQP_FRAME_METHOD: try receiveMethod(rz_method_id(&frame), rz_method(&frame))
        case AMQP_FRAME_HEADER:
            guard let properties = rz_properties(&frame) else { return }
            try deliver(assembler.header(AMQPProperties(properties.pointee), bodySize: rz_body_size(&frame)))
        case AMQP_FRAME_BODY:
            let body = rz_body(&frame)
            try deliver(assembler.fragment(UnsafeRawBufferPointer(start: body.bytes, count: body.len)))
        default: break
        }
    }

    private func deliver(_ content: ContentAssembler.Content?) {
        guard let content else { return }
        switch content.origin {
        case .delivery(let tag, let isRedelivered, let exchange, let key):
            handler?(.delivery(delivery(content, tag, isRedelivered, exchange, key)))
        case .got(let tag, let isRedelivered, let exchange, let key):
            answer(AMQP_BASIC_GET_OK_METHOD, .message(delivery(content, tag, isRedelivered, exchange, key)))
        case .returned(let code, let exchange, let key):
            handler?(
                .returned(code: code, exchange: exchange, routingKey: key, messageID: content.properties.messageID))
        }
    }

    private func delivery(
        _ content: ContentAssembler.Content, _ tag: UInt64, _ isRedelivered: Bool, _ exchange: String, _ key: String
    ) -> Delivery {
        Delivery(
            tag: tag, isRedelivered: isRedelivered, exchange: exchange, routingKey: key, properties: content.properties,
            body: content.body, lease: lease)
    }

    private func receiveMethod(_ id: UInt32, _ raw: UnsafeMutableRawPointer?) throws {
        guard let raw else { return }
        func read<Method>(_: Method.Type) -> Method { raw.assumingMemoryBound(to: Method.self).pointee }
        switch id {
        case AMQP_BASIC_DELIVER_METHOD:
            let method = read(amqp_basic_deliver_t.self)
            try assembler.begin(
                .delivery(
                    tag: method.delivery_tag, isRedelivered: method.redelivered != 0,
                    exchange: reused(method.exchange), routingKey: String(method.routing_key)))
        case AMQP_BASIC_GET_OK_METHOD:
            let method = read(amqp_basic_get_ok_t.self)
            try assembler.begin(
                .got(
                    tag: method.delivery_tag, isRedelivered: method.redelivered != 0,
                    exchange: reused(method.exchange), routingKey: String(method.routing_key)))
        case AMQP_BASIC_RETURN_METHOD:
            let method = read(amqp_basic_return_t.self)
            try assembler.begin(
                .returned(
                    code: method.reply_code, exchange: String(method.exchange), routingKey: String(method.routing_key)))
        case AMQP_BASIC_ACK_METHOD:
            let method = read(amqp_basic_ack_t.self)
            handler?(.confirmed(tag: method.delivery_tag, multiple: method.multiple != 0, isAck: true))
        case AMQP_BASIC_NACK_METHOD:
            let method = read(amqp_basic_nack_t.self)
            handler?(.confirmed(tag: method.delivery_tag, multiple: method.multiple != 0, isAck: false))
        case AMQP_BASIC_CANCEL_METHOD: handler?(.consumerCancelled)
        case AMQP_CONNECTION_BLOCKED_METHOD: handler?(.blocked)
        case AMQP_CONNECTION_UNBLOCKED_METHOD: handler?(.unblocked)
        case AMQP_CHANNEL_CLOSE_METHOD:
            let method = read(amqp_channel_close_t.self)
            var done = amqp_channel_close_ok_t()
            send(AMQP_CHANNEL_CLOSE_OK_METHOD, &done)
            fail(AMQPError(closeCode: method.reply_code, method.class_id, method.method_id))
        case AMQP_CONNECTION_CLOSE_METHOD:
            let method = read(amqp_connection_close_t.self)
            var done = amqp_connection_close_ok_t()
            check(amqp_send_method(socket.state, 0, AMQP_CONNECTION_CLOSE_OK_METHOD, &done))
            fail(AMQPError(closeCode: method.reply_code, method.class_id, method.method_id))
        case AMQP_QUEUE_DECLARE_OK_METHOD:
            let method = read(amqp_queue_declare_ok_t.self)
            let name = String(method.queue)
            answer(id, .queue(name: name, messages: method.message_count, consumers: method.consumer_count))
        case AMQP_QUEUE_PURGE_OK_METHOD: answer(id, .count(read(amqp_queue_purge_ok_t.self).message_count))
        case AMQP_QUEUE_DELETE_OK_METHOD: answer(id, .count(read(amqp_queue_delete_ok_t.self).message_count))
        case AMQP_BASIC_GET_EMPTY_METHOD: answer(id, .message(nil))
        default: answer(id, .done)
        }
    }

    private func answer(_ id: UInt32, _ answer: Answer) {
        guard let index = requests.firstIndex(where: { $0.expected.contains(id) }) else {
            return fail(AMQPError(.protocolViolation, "the broker sent method \(id) that nobody asked for"))
        }
        let request = requests.remove(at: index)
        loop.cancel(request.timeout)
        request.completion(.success(answer))
    }

    /// Most deliveries come from the same exchange: no new string for each.
    private func reused(_ bytes: amqp_bytes_t) -> String {
        let raw = UnsafeRawBufferPointer(start: bytes.bytes, count: bytes.len)
        if !lastExchange.utf8.elementsEqual(raw) { lastExchange = String(bytes) }
        return lastExchange
    }

    // MARK: Life

    private func scheduleHeartbeat(every interval: Duration) {
        heartbeat = loop.schedule(after: interval) { [weak self] in
            guard let self, self.isOpen else { return }
            self.pump()
            if self.isOpen { self.scheduleHeartbeat(every: interval) }
        }
    }

    @discardableResult
    private func check(_ status: Int32) -> Bool {
        switch status {
        case 0: return true
        case AMQP_STATUS_TABLE_TOO_BIG.rawValue:
            fail(AMQPError(.invalidMessage, "a table is larger than an AMQP frame", status: status))
        case AMQP_STATUS_BAD_AMQP_DATA.rawValue:
            fail(
                AMQPError(
                    .protocolViolation, "a name is longer than 255 bytes, or the broker sent no AMQP", status: status))
        default: fail(AMQPError(.connectionLost, "the connection to \(socket.endpoint) is lost", status: status))
        }
        return false
    }

    /// Ends the connection for a reason that the owner found.
    func abort(_ error: AMQPError) { fail(error) }

    private func fail(_ error: AMQPError) {
        guard isOpen else { return }
        let report = handler
        handler = nil
        shut(error)
        report?(.closed(error))
    }

    private func shut(_ error: AMQPError) {
        guard isOpen else { return }
        isOpen = false
        lease.end()
        if let watch { loop.unwatch(watch) }
        if let heartbeat { loop.cancel(heartbeat) }
        let orphans = requests
        requests = []
        for request in orphans {
            loop.cancel(request.timeout)
            request.completion(.failure(error))
        }
    }
}
