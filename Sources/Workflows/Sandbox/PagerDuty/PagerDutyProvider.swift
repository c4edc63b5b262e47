import FoundationEssentials

/// Plays PagerDuty's Events API v2 under `/pagerduty/v2/enqueue` (developer.pagerduty.com, "Send an Alert Event"). The incidents that
/// came of it: `GET /sandbox/pagerduty`.
struct PagerDutyProvider: PlayedProvider {
    let name = "pagerduty"
    let prefix = "/pagerduty"

    private static let maximumBytes = 512 * 1024

    private struct Incident {
        var status: String
        var summary: String
        var severity: String
        var triggers = 1
    }

    /// By deduplication key; a resolved one begins anew with the next trigger.
    private var incidents: [String: Incident] = [:]

    mutating func answer(_ request: SandboxRequest, now: Date) -> SandboxAnswer {
        guard request.method == "POST", request.segments(after: prefix) == ["v2", "enqueue"] else {
            return .json(404, ["error": "Not Found"])
        }
        guard request.body.count <= Self.maximumBytes else { return Self.invalid("Event object is too large") }
        guard let event = JSON(bytes: request.body), event.object != nil else { return Self.invalid("JSON is invalid") }
        guard event["routing_key"]?.string?.utf8.count == 32 else {
            return Self.invalid("Event object is invalid: 'routing_key' is missing or invalid")
        }
        let key = event["dedup_key"]?.string
        guard (key ?? "").utf8.count <= 255 else { return Self.invalid("'dedup_key' is too long (maximum 255)") }
        switch event["event_action"]?.string {
        case "trigger":
            guard let payload = event["payload"], let summary = payload["summary"]?.string,
                (1...1024).contains(summary.utf16.count), payload["source"]?.string?.isEmpty == false,
                let severity = payload["severity"]?.string, ["critical", "error", "warning", "info"].contains(severity)
            else { return Self.invalid("'payload' needs summary (at most 1024), source and a known severity") }
            let key = key ?? "sandbox-\(incidents.count)"
            trigger(key, summary, severity)
            return Self.accepted(key)
        case "acknowledge", "resolve":
            guard let key else { return Self.invalid("'dedup_key' is missing") }
            let isResolution = event["event_action"]?.string == "resolve"
            // Without an open incident it is dropped, and accepted all the same.
            if let status = incidents[key]?.status, status != "resolved" {
                incidents[key]?.status = isResolution ? "resolved" : "acknowledged"
            }
            return Self.accepted(key)
        default: return Self.invalid("'event_action' must be trigger, acknowledge or resolve")
        }
    }

    private mutating func trigger(_ key: String, _ summary: String, _ severity: String) {
        if let status = incidents[key]?.status, status != "resolved" {
            incidents[key]?.triggers += 1
        } else {
            incidents[key] = Incident(status: "triggered", summary: summary, severity: severity)
        }
    }

    func failure(_ failure: FaultFailure, now: Date) -> SandboxAnswer {
        var answer = SandboxAnswer.json(
            failure.status, ["status": "sandbox", "message": "The sandbox was told to fail", "errors": []])
        if let wait = failure.retryAfter { answer.headers.append(("retry-after", String(wait.components.seconds))) }
        return answer
    }

    mutating func control(_ request: SandboxRequest, now: Date) -> SandboxAnswer? {
        guard request.method == "GET", request.path == "/sandbox/pagerduty" else { return nil }
        return .json(
            200,
            .array(
                incidents.sorted { $0.key < $1.key }.map { key, incident in
                    [
                        "dedup_key": .string(key), "status": .string(incident.status),
                        "summary": .string(incident.summary),
                        "severity": .string(incident.severity), "triggers": .int(Int64(incident.triggers)),
                    ]
                }))
    }

    private static func accepted(_ key: String) -> SandboxAnswer {
        .json(202, ["status": "success", "message": "Event processed", "dedup_key": .string(key)])
    }

    private static func invalid(_ problem: String) -> SandboxAnswer {
        .json(400, ["status": "invalid event", "message": "Event object is invalid", "errors": [.string(problem)]])
    }
}
