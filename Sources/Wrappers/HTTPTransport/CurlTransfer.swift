import CCurl
import Synchronization

/// One transfer on its way through libcurl: the easy handle, what its callbacks need, and whom to tell.
///
/// 1. The caller makes it (all options set, nothing sent), gives it a delivery and posts it to the driver.
/// 2. The driver's thread adds it to the multi handle; callbacks fill the answer and drain the body.
/// 3. The driver settles it exactly once, on its end, its cancellation, its deadline or the driver's own end.
///
/// @unchecked Sendable: the caller touches the mutable fields only before it posts the transfer, the driver's thread only
/// after it took it from the mailbox, whose lock orders the two. `isCancelled` is atomic, the pipes have locks.
final class CurlTransfer: @unchecked Sendable {
    let plan: TransferPlan
    let isCancelled = Atomic(false)
    let upload: UploadPipe?
    let deadline: ContinuousClock.Instant?
    private(set) var easy: OpaquePointer?
    var delivery: TransferDelivery?

    // For the callbacks and the driver alone.
    var response: ResponseAssembly
    var body: [UInt8] = []
    /// Why a callback told libcurl to stop; it says more than libcurl's code for it.
    var refusal: HTTPError.Kind?
    var isReceivePaused = false
    var isSendPaused = false
    var attempts = 0
    var requestBody: [UInt8] = []
    var bodyBytesRead = 0
    private var lists: [UnsafeMutablePointer<curl_slist>] = []

    init(_ plan: TransferPlan, _ configuration: HTTPClientConfiguration) throws(HTTPError) {
        CurlLibrary.prepare()
        guard let easy = curl_easy_init() else { throw HTTPError(.library, host: plan.host, reason: "no handle") }
        self.easy = easy
        self.plan = plan
        var expectsBody = true
        if case .http(let http) = plan.kind, http.method == .head { expectsBody = false }
        response = ResponseAssembly(limits: plan.limits, expectsBody: expectsBody)
        deadline = plan.timeouts.total.map { ContinuousClock.now + $0 }
        switch plan.body {
        case .none: upload = nil
        case .bytes(let bytes):
            upload = nil
            requestBody = bytes
        case .stream(let length, _): upload = UploadPipe(length: length)
        }
        try CurlOptions(easy, plan.host).apply(plan, configuration, to: self)
    }

    deinit { release() }

    /// Only before the transfer is posted.
    func keep(_ list: UnsafeMutablePointer<curl_slist>) { lists.append(list) }

    /// Frees the handle. It must not be in a multi handle any more.
    func release() {
        if let easy { curl_easy_cleanup(easy) }
        easy = nil
        // The handle pointed to these: they go after it.
        lists.forEach { curl_slist_free_all($0) }
        lists = []
    }
}
