import CRabbitMQ
import EventLoop
import Synchronization

/// A logged-in librabbitmq connection: owns the C state and closes the socket when it goes.
///
/// `@unchecked Sendable`: it is made on a blocking thread and handed over once to the actor that alone uses it from then on.
/// librabbitmq forbids sharing a connection between threads; the hand-over is ordered by the continuation's resume.
final class BrokerSocket: @unchecked Sendable {
    let state: amqp_connection_state_t
    let descriptor: Int32
    /// What the kernel takes without making a writer wait, in bytes.
    let sendBuffer: Int
    let endpoint: AMQPEndpoint
    let usesTLS: Bool

    private init(state: amqp_connection_state_t, sendBuffer: Int, endpoint: AMQPEndpoint) {
        self.state = state
        self.sendBuffer = sendBuffer
        self.endpoint = endpoint
        descriptor = amqp_get_sockfd(state)
        usesTLS = endpoint.tls != nil
    }

    deinit { amqp_destroy_connection(state) }

    /// Blocks until logged in or `timeout` is over; call it on a blocking thread.
    static func open(_ endpoint: AMQPEndpoint, _ configuration: AMQPConfiguration) throws(AMQPError) -> BrokerSocket {
        guard let state = amqp_new_connection() else { throw AMQPError(.unreachable, "no memory for a connection") }
        do {
            try connect(state, endpoint, configuration)
            try logIn(state, endpoint, configuration)
        } catch {
            amqp_destroy_connection(state)
            throw error
        }
        let sendBuffer = rz_set_send_buffer(amqp_get_sockfd(state), 1 << 20)
        return BrokerSocket(state: state, sendBuffer: Int(sendBuffer), endpoint: endpoint)
    }

    private static func connect(
        _ state: amqp_connection_state_t, _ endpoint: AMQPEndpoint, _ configuration: AMQPConfiguration
    ) throws(AMQPError) {
        var patience = timeval(configuration.connectTimeout)
        guard let socket = endpoint.tls == nil ? amqp_tcp_socket_new(state) : amqp_ssl_socket_new(state) else {
            throw AMQPError(.unreachable, "no memory for a socket")
        }
        if let tls = endpoint.tls { try secure(socket, tls) }
        amqp_set_handshake_timeout(state, &patience)
        amqp_set_rpc_timeout(state, &patience)
        let status = amqp_socket_open_noblock(socket, endpoint.host, Int32(endpoint.port), &patience)
        guard status == 0 else {
            let kind: AMQPError.Kind = (-0x0205 ... -0x0200).contains(status) ? .tls : .unreachable
            throw AMQPError(kind, "cannot connect to \(endpoint): \(text(status))", status: status)
        }
    }

    private static func secure(_ socket: OpaquePointer, _ tls: AMQPEndpoint.TLS) throws(AMQPError) {
        amqp_ssl_socket_set_ssl_versions(socket, AMQP_TLSv1_2, AMQP_TLSvLATEST)
        amqp_ssl_socket_set_verify_peer(socket, tls.verifies ? 1 : 0)
        amqp_ssl_socket_set_verify_hostname(socket, tls.verifies ? 1 : 0)
        if tls.verifies, let authority = tls.caCertificate, amqp_ssl_socket_set_cacert(socket, authority) != 0 {
            throw AMQPError(.tls, "cannot read the certificate authority file of the AMQP URL (cacertfile)")
        }
        if let certificate = tls.certificate, let key = tls.key,
            amqp_ssl_socket_set_key(socket, certificate, key) != 0
        {
            throw AMQPError(.tls, "cannot read certfile and keyfile of the AMQP URL")
        }
    }

    /// Asks for the capabilities without which a cancelled consumer or a blocked broker stays silent (librabbitmq sends only
    /// two of its own accord).
    private static func logIn(
        _ state: amqp_connection_state_t, _ endpoint: AMQPEndpoint, _ configuration: AMQPConfiguration
    ) throws(AMQPError) {
        let pool = WirePool()
        var properties = pool.table([
            "connection_name": .string(configuration.connectionName),
            "product": "repazoo-consumers",
            "capabilities": .table([
                "consumer_cancel_notify": true, "connection.blocked": true, "publisher_confirms": true,
                "basic.nack": true, "authentication_failure_close": true, "exchange_exchange_bindings": true,
            ]),
        ])
        let reply = rz_amqp_login(
            state, endpoint.virtualHost, AMQP_DEFAULT_FRAME_SIZE,
            Int32(clamping: max(1, configuration.heartbeat.components.seconds)),
            &properties, endpoint.user, endpoint.password)
        switch reply.reply_type {
        case AMQP_RESPONSE_NORMAL: return
        case AMQP_RESPONSE_SERVER_EXCEPTION:
            let code = closeCode(reply.reply)
            let kind: AMQPError.Kind = code == 403 || code == 530 ? .accessRefused : .closedByBroker(code: code)
            throw AMQPError(
                kind, "\(endpoint) refused the log-in with AMQP code \(code): check user, password and vhost")
        default:
            // A broker without authentication_failure_close just hangs up on a wrong password.
            throw AMQPError(
                .unreachable, "the log-in at \(endpoint) failed: \(text(reply.library_error))",
                status: reply.library_error)
        }
    }

    private static func closeCode(_ method: amqp_method_t) -> UInt16 {
        guard method.id == AMQP_CONNECTION_CLOSE_METHOD, let decoded = method.decoded else { return 0 }
        return decoded.assumingMemoryBound(to: amqp_connection_close_t.self).pointee.reply_code
    }

    static func text(_ status: Int32) -> String { String(cString: amqp_error_string2(status)) }
}

extension timeval {
    init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        self.init(tv_sec: Int(seconds), tv_usec: Int(attoseconds / 1_000_000_000_000))
    }
}
