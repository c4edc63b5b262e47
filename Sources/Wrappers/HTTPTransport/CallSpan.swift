import Tracing

/// The span of one call: from its start until the answer is there, or its head for a streamed one. A child of whatever span the
/// calling task is in.
///
/// | span | kind | attributes |
/// | --- | --- | --- |
/// | `GET`, `POST` … | client | `http.request.method`, `http.response.status_code`, `server.address`, `server.port`, `error.type` |
/// | `SMTP` | client | `network.protocol.name`, `server.address`, `server.port`, `error.type` |
///
/// The names are OpenTelemetry's (https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-client), and so is the rule
/// that a status from 400 on is an error. Nothing else is told: path and query name people, and of a webhook they are the secret.
/// No trace headers go out either: at a provider, our traces are nobody's business.
struct CallSpan: Sendable {
    private let span: any Span

    /// Nil when nothing is traced.
    init?(_ plan: TransferPlan, _ tracer: (any Tracer)?) {
        guard let tracer else { return nil }
        span = tracer.startSpan(plan.spanName, ofKind: .client)
        guard span.isRecording else { return }
        switch plan.kind {
        case .http(let http): span.attributes["http.request.method"] = http.method.rawValue
        case .mail: span.attributes["network.protocol.name"] = "smtp"
        }
        span.attributes["server.address"] = plan.host
        span.attributes["server.port"] = Int64(plan.port)
    }

    func end(_ result: Result<HTTPResponse, HTTPError>, of plan: TransferPlan) {
        defer { span.end() }
        guard span.isRecording else { return }
        switch (result, plan.kind) {
        case (.success(let answer), .http):
            span.attributes["http.response.status_code"] = Int64(answer.status)
            if answer.status >= 400 { fail("\(answer.status)") }
        case (.success, .mail): break
        case (.failure(let error), _): fail(error.kind.name)
        }
    }

    private func fail(_ type: String) {
        span.attributes["error.type"] = type
        span.setStatus(SpanStatus(code: .error))
    }
}

extension TransferPlan {
    fileprivate var spanName: String {
        switch kind {
        case .http(let http): http.method.rawValue
        case .mail: "SMTP"
        }
    }
}

extension HTTPError.Kind {
    /// One of few words; a mail server's refusal is its code.
    fileprivate var name: String {
        switch self {
        case .timeout: "timeout"
        case .smtp(let code): "\(code)"
        default: "\(self)"
        }
    }
}
