import CCurl
import Glibc

/// Runs every transfer of a client on one thread of its own, so that no thread of Swift's pool waits for the network.
///
/// The thread ends when the last owner lets go, or on `stop`.
final class CurlDriver: Sendable {
    private let mailbox: DriverMailbox

    init(_ configuration: HTTPClientConfiguration) {
        CurlLibrary.prepare()
        guard let multi = curl_multi_init() else { preconditionFailure("libcurl has no memory for its first handle") }
        rz_curl_multi_set_long(multi, CURLMOPT_MAX_HOST_CONNECTIONS, max(1, configuration.maxConnectionsPerHost))
        rz_curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, max(1, configuration.maxConnectionsPerHost))
        let mailbox = DriverMailbox(multi: multi)
        self.mailbox = mailbox
        DriverLoop(multi: multi, mailbox: mailbox).startThread()
    }

    deinit { mailbox.post(.stop {}) }

    func start(_ transfer: CurlTransfer) {
        transfer.upload?.connect { [mailbox] in mailbox.post(.unpause(transfer, .send)) }
        if case .streamed(_, let pipe) = transfer.delivery {
            pipe.connect { [mailbox] in mailbox.post(.unpause(transfer, .receive)) }
        }
        if !mailbox.post(.start(transfer)) { transfer.settle(.stopped(.clientClosed)) }
    }

    /// From any thread, at any time, any number of times; also before `start`.
    func cancel(_ transfer: CurlTransfer) {
        transfer.isCancelled.store(true, ordering: .releasing)
        mailbox.post(.cancel(transfer))
    }

    func stop() async {
        await withCheckedContinuation { continuation in
            if !mailbox.post(.stop { continuation.resume() }) { continuation.resume() }
        }
    }
}
