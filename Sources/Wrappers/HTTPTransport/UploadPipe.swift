import Synchronization

/// Carries a body from one asynchronous producer to the driver's thread, holding at most `capacity` bytes and one piece more.
final class UploadPipe: Sendable {
    enum Read: Equatable {
        case bytes(Int)
        /// Nothing there yet: pause, and `onBytes` will be called.
        case starved
        case end
        /// The producer failed, or what it gave has not the promised length.
        case failed
    }

    private struct State {
        var buffer: [UInt8] = []
        var offset = 0
        var sent = 0
        var isStarved = false
        var isEnded = false
        var isClosed = false
        var failure: HTTPError?
        var onBytes: (@Sendable () -> Void)?
        var onClose: (@Sendable () -> Void)?
        var producer: CheckedContinuation<Void, Never>?

        var waiting: Int { buffer.count - offset }
    }

    private let state = Mutex(State())
    private let capacity: Int
    private let length: Int?

    init(length: Int?, capacity: Int = 256 * 1024) {
        self.length = length
        self.capacity = capacity
    }

    func connect(onBytes: @escaping @Sendable () -> Void) {
        state.withLock { $0.onBytes = onBytes }
    }

    /// Runs `action` when the transfer is over, at once if it already is: a producer that waits for its own source must learn it.
    func whenClosed(_ action: @escaping @Sendable () -> Void) {
        let isClosed = state.withLock { state in
            if !state.isClosed { state.onClose = action }
            return state.isClosed
        }
        if isClosed { action() }
    }

    var failure: HTTPError? { state.withLock { $0.failure } }

    /// Returns when there is room for more; false when the transfer is over and nobody will read.
    func push(_ bytes: [UInt8]) async -> Bool {
        guard !bytes.isEmpty else { return !state.withLock { $0.isClosed } }
        let onBytes = state.withLock { state -> (@Sendable () -> Void)? in
            guard !state.isClosed else { return nil }
            state.buffer.append(contentsOf: bytes)
            defer { state.isStarved = false }
            return state.isStarved ? state.onBytes : nil
        }
        onBytes?()
        await withCheckedContinuation { continuation in
            let goesOn = state.withLock { state in
                guard !state.isClosed, state.waiting >= capacity else { return true }
                state.producer = continuation
                return false
            }
            if goesOn { continuation.resume() }
        }
        return !state.withLock { $0.isClosed }
    }

    /// The producer has no more, or failed.
    func end(_ error: (any Error)?) {
        let onBytes = state.withLock { state -> (@Sendable () -> Void)? in
            state.isEnded = true
            if let error {
                state.failure = HTTPError(.requestBodyFailed, reason: "the body stream threw", underlying: error)
            }
            defer { state.isStarved = false }
            return state.isStarved ? state.onBytes : nil
        }
        onBytes?()
    }

    /// The transfer is over.
    func close() {
        let (producer, onClose) = state.withLock { state in
            defer {
                state.isClosed = true
                state.buffer = []
                state.offset = 0
                state.onBytes = nil
                state.onClose = nil
                state.producer = nil
            }
            return (state.producer, state.onClose)
        }
        onClose?()
        producer?.resume()
    }

    /// On the driver's thread, never waits.
    func read(into room: UnsafeMutableRawBufferPointer) -> Read {
        let (read, producer): (Read, CheckedContinuation<Void, Never>?) = state.withLock { state in
            if state.failure != nil { return (.failed, nil) }
            guard state.waiting > 0 else { return (endOrStarve(&state), nil) }
            let count = min(room.count, state.waiting)
            // A byte beyond the promised length would be read by the server as the start of another request.
            if let length, state.sent + count > length { return (fail(&state, "is longer than promised"), nil) }
            state.buffer.withUnsafeBytes {
                room.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[state.offset..<state.offset + count]))
            }
            state.offset += count
            state.sent += count
            if state.waiting == 0 {
                state.buffer.removeAll(keepingCapacity: true)
                state.offset = 0
            }
            guard state.waiting < capacity / 2 else { return (.bytes(count), nil) }
            defer { state.producer = nil }
            return (.bytes(count), state.producer)
        }
        producer?.resume()
        return read
    }

    private func endOrStarve(_ state: inout State) -> Read {
        guard state.isEnded else {
            state.isStarved = true
            return .starved
        }
        if let length, state.sent != length { return fail(&state, "is shorter than promised") }
        return .end
    }

    private func fail(_ state: inout State, _ what: String) -> Read {
        state.failure = HTTPError(.requestBodyFailed, reason: "the body stream \(what)")
        return .failed
    }
}
