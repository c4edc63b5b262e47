import FoundationEssentials
import Privacy
public import Telemetry

extension SettingsReader {
    /// OpenTelemetry's own variables (https://opentelemetry.io/docs/specs/otel/protocol/exporter/): nil without an endpoint.
    ///
    /// `OTEL_EXPORTER_OTLP_ENDPOINT` is a base, to which `/v1/traces` is added; `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` is taken as it
    /// is. `OTEL_EXPORTER_OTLP_HEADERS` is `name=value,…`, percent-encoded. `OTEL_TRACES_SAMPLER_ARG` is the share of traces that
    /// are recorded of those that begin here.
    public mutating func traces() -> TraceSettings? {
        let own = text("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
        let base = text("OTEL_EXPORTER_OTLP_ENDPOINT")
        let ratio = share("OTEL_TRACES_SAMPLER_ARG")
        let headers = traceHeaders()
        let service = text("OTEL_SERVICE_NAME")
        guard let text = own ?? base else { return nil }
        guard Self.isAddress(text) else {
            fault(
                own == nil ? "OTEL_EXPORTER_OTLP_ENDPOINT" : "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
                "expected http://host:4318 or https://…, without user, ? and #")
            return nil
        }
        let endpoint = own ?? (text.hasSuffix("/") ? String(text.dropLast()) : text) + "/v1/traces"
        return TraceSettings(endpoint: endpoint, headers: headers, serviceName: service, ratio: ratio)
    }

    private static func isAddress(_ text: String) -> Bool {
        guard let parts = URLComponents(string: text) else { return false }
        return ["http", "https"].contains(parts.scheme) && parts.host?.isEmpty == false && parts.user == nil
            && parts.query == nil && parts.fragment == nil
    }

    private mutating func share(_ name: String) -> Double {
        guard let text = text(name) else { return 1 }
        guard let share = Double(text), (0...1).contains(share) else {
            fault(name, "must be a number from 0 to 1")
            return 1
        }
        return share
    }

    private mutating func traceHeaders() -> [(name: String, value: SecretString)] {
        let name = "OTEL_EXPORTER_OTLP_HEADERS"
        guard let text = text(name) else { return [] }
        return text.split(separator: ",").compactMap { pair in
            let parts = pair.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, let value = Self.decoded(parts[1]),
                parts[0].utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
                value.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
            else {
                fault(name, "expected name=value,name=value, percent-encoded")
                return nil
            }
            return (String(parts[0]), SecretString(value))
        }
    }

    /// Percent-encoded text, which is written as the query of a URL is.
    private static func decoded(_ text: Substring) -> String? {
        guard let parts = URLComponents(string: "x:?" + text), parts.fragment == nil else { return nil }
        return parts.query
    }
}
