/// HTTP/1.1 and SMTP over libcurl: one thread, kept-alive connections, no blocked task.
///
/// Safe to use from anywhere at once. Cancelling the calling task ends its transfer at once. A request is never repeated
/// behind the caller's back when its repetition could have an effect.
public final class HTTPClient: Sendable {
    private let configuration: HTTPClientConfiguration
    private let driver: CurlDriver

    public init(configuration: HTTPClientConfiguration = .init()) {
        self.configuration = configuration
        driver = CurlDriver(configuration)
    }

    /// The whole answer, whatever its status.
    public func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let plan = try TransferPlan(request, configuration, decompresses: configuration.acceptsCompression)
        return try await run(try CurlTransfer(plan, configuration), plan) { .whole($0) }
    }

    /// Returns when the answer's head is there. Let go of the body, or read it to its end: until then it holds a connection.
    public func stream(_ request: HTTPRequest) async throws(HTTPError) -> HTTPStreamingResponse {
        let plan = try TransferPlan(request, configuration, decompresses: false)
        let transfer = try CurlTransfer(plan, configuration)
        let pipe = DownloadPipe(capacity: configuration.streamBufferBytes)
        let lifetime = HTTPBodyStream.Lifetime(driver: driver, transfer: transfer, pipe: pipe)
        let head = try await run(transfer, plan) { .streamed($0, pipe) }
        return HTTPStreamingResponse(
            status: head.status, headers: head.headers, body: HTTPBodyStream(lifetime: lifetime))
    }

    /// Returns when the server has taken the mail for every recipient; one refused recipient refuses the whole mail.
    public func sendMail(_ mail: MailMessage, through server: SMTPServer) async throws(HTTPError) {
        let plan = try TransferPlan(mail, server, configuration)
        _ = try await run(try CurlTransfer(plan, configuration), plan) { .whole($0) }
    }

    /// Ends every transfer with `.clientClosed` and waits for the thread to go. Later requests fail the same way.
    public func shutdown() async {
        await driver.stop()
    }

    private func run(
        _ transfer: CurlTransfer, _ plan: TransferPlan,
        _ delivery: (TransferDelivery.Promise<HTTPResponse>) -> TransferDelivery
    ) async throws(HTTPError) -> HTTPResponse {
        let span = CallSpan(plan, configuration.tracer)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { promise in
                transfer.delivery = delivery(promise)
                driver.start(transfer)
                transfer.pumpBody()
            }
        } onCancel: {
            driver.cancel(transfer)
        }
        span?.end(result, of: plan)
        return try result.get()
    }
}
