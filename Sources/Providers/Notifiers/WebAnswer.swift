public import HTTPTransport

/// How an answer, or none, is to be taken, for channels over HTTP.
enum WebAnswer {
    static func delivery(_ response: HTTPResponse) -> SendOutcome {
        switch response.status {
        case 200..<300: .delivered
        // 408, 425 and 429 say "later"; every other 4xx says that it will not change.
        case 408, 425, 429: .later(retryAfter(response), problem: "status_\(response.status)")
        case 400..<500: .refused(problem: "status_\(response.status)")
        default: .later(retryAfter(response), problem: "status_\(response.status)")
        }
    }

    static func delivery(_ error: HTTPError) -> SendOutcome {
        switch error.kind {
        case .invalidRequest, .responseTooLarge: .refused(problem: "invalid_request")
        case .timeout: .later(nil, problem: "timeout")
        case .untrustedCertificate, .tls: .later(nil, problem: "tls")
        case .resolve, .connect: .later(nil, problem: "unreachable")
        default: .later(nil, problem: "connection_lost")
        }
    }

    /// Seconds (RFC 9110 §10.2.3), bounded by an hour; dates are not used by these services.
    private static func retryAfter(_ response: HTTPResponse) -> Duration? {
        response.headers["retry-after"].flatMap { Int($0) }.map { .seconds(min(max($0, 0), 3600)) }
    }
}

extension HTTPTimeouts {
    /// For a channel that may take so long for one notification.
    public static func notification(within total: Duration) -> HTTPTimeouts {
        HTTPTimeouts(connect: min(.seconds(5), total), total: total, stall: total * 3 / 4)
    }
}
