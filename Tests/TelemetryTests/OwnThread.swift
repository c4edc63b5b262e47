import Glibc

/// Runs what blocks on a thread of its own: blocking a thread of the cooperative pool could stop the server under test.
enum OwnThread {
    static func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await start(body).value
    }

    /// The thread runs from here on, whether or not the pool has a thread left to wait for it.
    static func start<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) -> Running<Value> {
        let (results, continuation) = AsyncStream.makeStream(of: Result<Value, any Error>.self)
        let job = Job {
            continuation.yield(Result(catching: body))
            continuation.finish()
        }
        var thread = pthread_t()
        let failure = pthread_create(
            &thread, nil,
            { context in
                if let context { Unmanaged<Job>.fromOpaque(context).takeRetainedValue().body() }
                return nil
            }, Unmanaged.passRetained(job).toOpaque())
        precondition(failure == 0, "no thread left for a test")
        pthread_detach(thread)
        return Running(results: results)
    }

    struct Running<Value: Sendable>: Sendable {
        fileprivate let results: AsyncStream<Result<Value, any Error>>

        var value: Value {
            get async throws {
                for await result in results { return try result.get() }
                throw CancellationError()
            }
        }
    }

    private final class Job {
        let body: () -> Void
        init(_ body: @escaping () -> Void) { self.body = body }
    }
}

/// Everything until the other side closes.
func readAll(_ descriptor: Int32) -> [UInt8] {
    var all: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
        let count = read(descriptor, &buffer, buffer.count)
        if count < 0, errno == EINTR { continue }
        if count <= 0 { return all }
        all += buffer[..<count]
    }
}
