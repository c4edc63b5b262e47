import CCurl
import Glibc

/// The driver's thread: commands in, libcurl's turn, ends out, wait.
///
/// @unchecked Sendable: made on one thread and handed to its own before the first use; touched by that one alone.
final class DriverLoop: @unchecked Sendable {
    private let multi: OpaquePointer
    private let mailbox: DriverMailbox
    private var transfers: [OpaquePointer: CurlTransfer] = [:]
    private var nextDeadline: ContinuousClock.Instant?
    private var farewells: [@Sendable () -> Void] = []
    private var isStopping = false

    init(multi: OpaquePointer, mailbox: DriverMailbox) {
        self.multi = multi
        self.mailbox = mailbox
    }

    func startThread() {
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                var all = sigset_t()
                sigfillset(&all)
                // Signals belong to the program's own threads; a broken TLS connection must not raise SIGPIPE here.
                pthread_sigmask(SIG_BLOCK, &all, nil)
                rz_curl_name_this_thread("repazoo-http")
                Unmanaged<DriverLoop>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, Unmanaged.passRetained(self).toOpaque())
        precondition(code == 0, "pthread_create failed with \(code)")
        pthread_detach(thread)
    }

    private func run() {
        while true {
            mailbox.drain().forEach(obey)
            if isStopping { break }
            perform()
            settleFinished()
            settleOverdue()
            wait()
        }
        end()
    }

    private func obey(_ command: DriverCommand) {
        switch command {
        case .start(let transfer): start(transfer)
        case .cancel(let transfer): stop(transfer, .cancelled)
        case .unpause(let transfer, let direction): unpause(transfer, direction)
        case .stop(let whenGone):
            farewells.append(whenGone)
            isStopping = true
        }
    }

    private func start(_ transfer: CurlTransfer) {
        guard !transfer.isCancelled.load(ordering: .acquiring) else { return transfer.settle(.stopped(.cancelled)) }
        guard let easy = transfer.easy, curl_multi_add_handle(multi, easy) == CURLM_OK else {
            return transfer.settle(.stopped(.library))
        }
        transfers[easy] = transfer
        if let deadline = transfer.deadline { nextDeadline = min(nextDeadline ?? deadline, deadline) }
    }

    private func unpause(_ transfer: CurlTransfer, _ direction: CurlTransfer.Direction) {
        guard let easy = transfer.easy, transfers[easy] === transfer else { return }
        let code = transfer.unpause(direction)
        if code != CURLE_OK { remove(transfer, .finished(code)) }
    }

    private func perform() {
        var running: Int32 = 0
        guard curl_multi_perform(multi, &running) != CURLM_OK else { return }
        // Only a lack of memory or a bug leads here; no transfer can be trusted any more.
        transfers.values.forEach { stop($0, .library) }
    }

    private func settleFinished() {
        var result = CURLE_OK
        while let easy = rz_curl_multi_next_finished(multi, &result) {
            if let transfer = transfers[easy] { remove(transfer, .finished(result)) }
        }
    }

    /// libcurl does not watch the time of a transfer that waits for a free connection.
    private func settleOverdue() {
        guard let due = nextDeadline, ContinuousClock.now >= due else { return }
        let now = ContinuousClock.now
        nextDeadline = nil
        for transfer in transfers.values {
            guard let deadline = transfer.deadline else { continue }
            if deadline <= now {
                stop(transfer, .timeout(.total))
            } else {
                nextDeadline = min(nextDeadline ?? deadline, deadline)
            }
        }
    }

    private func stop(_ transfer: CurlTransfer, _ kind: HTTPError.Kind) {
        guard let easy = transfer.easy, transfers[easy] === transfer else { return }
        // Half an answer is still on its way through this connection.
        rz_curl_set_long(easy, CURLOPT_FORBID_REUSE, 1)
        remove(transfer, .stopped(kind))
    }

    private func remove(_ transfer: CurlTransfer, _ end: CurlTransfer.End) {
        guard let easy = transfer.easy else { return }
        transfers[easy] = nil
        curl_multi_remove_handle(multi, easy)
        transfer.settle(end)
        transfer.release()
    }

    /// A wake-up, a socket, libcurl's own timers or the next deadline end the wait.
    private func wait() {
        var milliseconds = 60_000
        if let nextDeadline { milliseconds = min(milliseconds, max(0, (nextDeadline - .now).wholeMilliseconds)) }
        if curl_multi_poll(multi, nil, 0, Int32(milliseconds), nil) != CURLM_OK {
            // Never seen; without a pause the loop would spin.
            usleep(10_000)
        }
    }

    private func end() {
        transfers.values.forEach { stop($0, .clientClosed) }
        for command in mailbox.close() {
            if case .start(let transfer) = command { transfer.settle(.stopped(.clientClosed)) }
            if case .stop(let whenGone) = command { farewells.append(whenGone) }
        }
        curl_multi_cleanup(multi)
        farewells.forEach { $0() }
    }
}
