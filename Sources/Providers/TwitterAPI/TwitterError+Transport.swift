import HTTPTransport

extension TwitterError {
    init(transport error: HTTPError) {
        self =
            switch error.kind {
            case .cancelled, .clientClosed: .interrupted
            case .timeout: .unavailable(.timeout, retryAfter: nil)
            case .truncatedBody: .malformedAnswer("it was cut off")
            case .responseTooLarge: .malformedAnswer("it is over 4 MiB")
            case .protocolViolation: .malformedAnswer("it is not HTTP")
            case .invalidRequest, .requestBodyFailed: .invalidRequest("it cannot be sent: check TWITTER_API_URL")
            case .resolve, .connect, .tls, .untrustedCertificate, .sendFailed, .receiveFailed, .smtp, .library:
                .unavailable(.network, retryAfter: nil)
            }
    }
}
