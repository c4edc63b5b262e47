import Synchronization

/// Carries a body from the driver's thread to one asynchronous consumer, holding at most about `capacity` bytes.
final class DownloadPipe: Sendable {
    private typealias Waiter = CheckedContinuation<Result<[UInt8]?, HTTPError>, Never>

    private struct State {
        var buffer: [UInt8] = []
        /// The producer met a full buffer and waits for `onRoom`.
        var isPaused = false
        var end: Result<Void, HTTPError>?
        var onRoom: (@Sendable () -> Void)?
        var waiter: Waiter?

        mutating func take() -> (result: Result<[UInt8]?, HTTPError>, onRoom: (@Sendable () -> Void)?)? {
            if !buffer.isEmpty {
                let bytes = buffer
                buffer = []
                let call = isPaused ? onRoom : nil
                isPaused = false
                return (.success(bytes), call)
            }
            return end.map { ($0.map { nil }, nil) }
        }
    }

    private let state = Mutex(State())
    private let capacity: Int

    init(capacity: Int) {
        self.capacity = max(1, capacity)
    }

    /// Called once, before the first byte: what wakes a paused producer.
    func connect(onRoom: @escaping @Sendable () -> Void) {
        state.withLock { $0.onRoom = onRoom }
    }

    /// False: the buffer is full, the bytes were not taken, and `onRoom` will be called once it has been emptied.
    func offer(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let (taken, waiter, early): (Bool, Waiter?, [UInt8]) = state.withLock { state in
            if let waiter = state.waiter {
                state.waiter = nil
                return (true, waiter, [UInt8](bytes))
            }
            guard state.buffer.count < capacity else {
                state.isPaused = true
                return (false, nil, [])
            }
            state.buffer.append(contentsOf: bytes)
            return (true, nil, [])
        }
        waiter?.resume(returning: .success(early))
        return taken
    }

    /// The first end stays; bytes already taken are still delivered before it, unless the end is the consumer's own wish.
    func finish(_ error: HTTPError?) {
        let waiter = state.withLock { state -> Waiter? in
            guard state.end == nil else { return nil }
            state.end = error.map { .failure($0) } ?? .success(())
            if error?.kind == .cancelled { state.buffer = [] }
            state.onRoom = nil
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(returning: error.map { .failure($0) } ?? .success(nil))
    }

    /// Everything buffered; waits while there is nothing; `nil` after the end.
    func next() async -> Result<[UInt8]?, HTTPError> {
        await withCheckedContinuation { (continuation: Waiter) in
            let (ready, onRoom): (Result<[UInt8]?, HTTPError>?, (@Sendable () -> Void)?) = state.withLock { state in
                if let taken = state.take() { return (taken.result, taken.onRoom) }
                guard state.waiter == nil else {
                    return (.failure(HTTPError(.invalidRequest, reason: "a body has one consumer")), nil)
                }
                state.waiter = continuation
                return (nil, nil)
            }
            if let ready { continuation.resume(returning: ready) }
            onRoom?()
        }
    }
}
