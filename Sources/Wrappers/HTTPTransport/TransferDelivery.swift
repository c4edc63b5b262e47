/// Where an answer goes.
enum TransferDelivery {
    typealias Promise<Value> = CheckedContinuation<Result<Value, HTTPError>, Never>

    case whole(Promise<HTTPResponse>)
    /// The head as soon as it is there, then the body by the pipe.
    case streamed(Promise<HTTPResponse>, DownloadPipe)
    /// What is left of `streamed` once the head is out.
    case streamedBody(DownloadPipe)
}
