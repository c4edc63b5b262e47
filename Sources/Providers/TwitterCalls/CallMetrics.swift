import Metrics
import RateLimits
import TwitterAPI

/// | metric | kind | labels |
/// | --- | --- | --- |
/// | `repazoo_provider_calls_total` | counter | provider, endpoint, result: ok, error, rate_limited, usage_capped, unsent |
/// | `repazoo_provider_seconds` | histogram: one call | provider, endpoint |
/// | `repazoo_provider_reads_total` | counter: posts that X charges for | provider |
/// | `repazoo_rate_fullness` | gauge: the app's window, 0…1 | provider, endpoint |
/// | `repazoo_rate_near_limit_total` | counter: calls that found their window 0.8 full or more | provider, endpoint, scope |
/// | `repazoo_rate_put_off_total` | counter: calls that our windows put off | provider, endpoint, scope |
/// | `repazoo_rate_reports_lost_total` | counter: answers that Redis was not told of | provider |
struct CallMetrics: Sendable {
    private static let provider = ("provider", "twitter")

    let reads = Counter(label: "repazoo_provider_reads_total", dimensions: [provider])
    let reportsLost = Counter(label: "repazoo_rate_reports_lost_total", dimensions: [provider])

    func granted(_ permit: RatePermit, _ endpoint: TwitterEndpoint) {
        for scope in RateScope.allCases {
            guard let fullness = permit.fullness(scope) else { continue }
            if scope == .app {
                Gauge(label: "repazoo_rate_fullness", dimensions: labels(endpoint)).record(fullness)
            }
            guard fullness >= RatePermit.nearLimit else { continue }
            Counter(
                label: "repazoo_rate_near_limit_total", dimensions: labels(endpoint) + [("scope", scope.rawValue)]
            ).increment()
        }
    }

    func putOff(_ endpoint: TwitterEndpoint, _ scope: RateScope) {
        Counter(label: "repazoo_rate_put_off_total", dimensions: labels(endpoint) + [("scope", scope.rawValue)])
            .increment()
    }

    func ended<Value>(_ endpoint: TwitterEndpoint, _ answer: TwitterAnswer<Value>, after duration: Duration) {
        Counter(
            label: "repazoo_provider_calls_total", dimensions: labels(endpoint) + [("result", Self.result(answer))]
        ).increment()
        Timer(label: "repazoo_provider_seconds", dimensions: labels(endpoint)).record(duration: duration)
    }

    private func labels(_ endpoint: TwitterEndpoint) -> [(String, String)] {
        [Self.provider, ("endpoint", endpoint.rawValue)]
    }

    private static func result<Value>(_ answer: TwitterAnswer<Value>) -> String {
        switch answer.result {
        case .success: "ok"
        case .failure where !answer.wasSent: "unsent"
        case .failure(.rateLimited): "rate_limited"
        case .failure(.usageCapped): "usage_capped"
        case .failure: "error"
        }
    }
}
