import CEventLoop
import Glibc

/// A thread of its own for a C call that blocks: name look-up, connecting, a TLS handshake inside a library.
///
/// Swift's cooperative pool has one thread per core; one blocked call there stops half of this machine's tasks.
public enum BlockingThread {
    /// Runs `work` on a fresh thread and hands back what it returns or throws. Cancelling the task does not interrupt `work`:
    /// give the C call a time-out.
    public static func run<T: Sendable>(
        name: String = "repazoo-block", _ work: @escaping @Sendable () throws -> T
    ) async throws -> T {
        try await withUnsafeThrowingContinuation { continuation in
            start(name: name) { continuation.resume(with: Result { try work() }) }
        }
    }

    /// The same with a typed error.
    public static func result<T: Sendable, E: Error>(
        name: String = "repazoo-block", _ work: @escaping @Sendable () throws(E) -> T
    ) async -> Result<T, E> {
        await withUnsafeContinuation { continuation in
            start(name: name) {
                do throws(E) { continuation.resume(returning: .success(try work())) } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
    }

    /// Starts a detached thread. Traps when the system has no thread left to give.
    public static func start(name: String, _ body: @escaping @Sendable () -> Void) {
        let box = Unmanaged.passRetained(Body(name: name, run: body))
        var thread = pthread_t()
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        defer { pthread_attr_destroy(&attributes) }
        let code = pthread_create(
            &thread, &attributes,
            { argument in
                let body = Unmanaged<Body>.fromOpaque(argument!).takeRetainedValue()
                rz_name_this_thread(String(body.name.prefix(15)))
                body.run()
                return nil
            }, box.toOpaque())
        precondition(code == 0, "pthread_create failed with \(code)")
    }

    private final class Body: Sendable {
        let name: String
        let run: @Sendable () -> Void

        init(name: String, run: @escaping @Sendable () -> Void) {
            self.name = name
            self.run = run
        }
    }
}
