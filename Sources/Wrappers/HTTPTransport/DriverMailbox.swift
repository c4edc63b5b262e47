import CCurl
import Synchronization

/// What other threads ask of the driver's thread.
enum DriverCommand: Sendable {
    case start(CurlTransfer)
    case cancel(CurlTransfer)
    case unpause(CurlTransfer, CurlTransfer.Direction)
    /// End everything; `whenGone` runs as the thread's last act.
    case stop(whenGone: @Sendable () -> Void)
}

/// The only way to the driver's thread.
///
/// @unchecked Sendable: `multi` is used here for `curl_multi_wakeup` alone, which libcurl allows from any thread while the
/// handle lives; it is called under the lock and not after `close`, and the handle is freed only after `close`.
final class DriverMailbox: @unchecked Sendable {
    private struct State {
        var commands: [DriverCommand] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    private let multi: OpaquePointer

    init(multi: OpaquePointer) {
        self.multi = multi
    }

    /// False: the driver has ended and the command was not taken.
    @discardableResult
    func post(_ command: DriverCommand) -> Bool {
        state.withLock { state in
            guard !state.isClosed else { return false }
            state.commands.append(command)
            // One wake-up is enough for all that gather until the driver looks.
            if state.commands.count == 1 { curl_multi_wakeup(multi) }
            return true
        }
    }

    func drain() -> [DriverCommand] {
        state.withLock { state in
            guard !state.commands.isEmpty else { return [] }
            defer { state.commands = [] }
            return state.commands
        }
    }

    /// Takes no more; hands back what nobody has read.
    func close() -> [DriverCommand] {
        state.withLock { state in
            state.isClosed = true
            defer { state.commands = [] }
            return state.commands
        }
    }
}
