import Bootstrap
import Contracts
import Foundation
import Testing

@testable import Alerts

@Suite struct AlertRulesTests {
    static func read(_ json: String, _ overrides: [String: String] = [:]) throws(AlertRules.Faults) -> AlertRules {
        try AlertRules.read(Array(json.utf8), override: { overrides[$0] }, duration: { Duration(setting: $0) })
    }

    static var builtIn: AlertRules {
        get throws { try AlertRules.read(AlertRules.currentJSON, duration: { Duration(setting: $0) }) }
    }

    /// The numbers of the issue, and for each rule the edge: at its threshold nothing, above it an alert.
    @Test func theBuiltInRules() throws {
        let rules = try Self.builtIn
        let known: [(name: String, threshold: Double, hours: Double, severity: AlertSeverity)] = [
            ("rate_limit_violations", 10, 1, .warning), ("token_refresh_failures", 3, 24, .warning),
            ("quota_exceeded", 5, 12, .warning), ("database_access", 1000, 5.0 / 60, .critical),
            ("prompt_validation", 0, 24, .compliance), ("audit_chain_broken", 0, 24, .compliance),
        ]
        for expected in known {
            let rule = try #require(rules[expected.name])
            #expect(rule.threshold == expected.threshold && rule.severity == expected.severity)
            #expect(rule.window == .seconds(expected.hours * 3600))
        }
        for rule in rules.rules {
            #expect(rule.sight(of: rule.threshold) != .firing(times: 1), "\(rule.name) at its threshold")
            #expect(rule.sight(of: rule.threshold + 0.001) == .firing(times: 1), "\(rule.name) above it")
            #expect(rule.sight(of: rule.clear) == .calm, "\(rule.name) at its clear")
            #expect(!rule.title.isEmpty && !rule.advice.isEmpty)
        }
        // Every measure has a rule, or nobody would be told.
        #expect(Set(rules.rules.map(\.measure)) == Set(AlertMeasure.allCases))
        #expect(rules.routing == [.warning: [.slack], .critical: [.email], .compliance: [.pagerduty]])
    }

    /// The operator's table of the rules: all of them, with what they say.
    @Test func theReadmeTellsTheRules() throws {
        let readme = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../README.md")
        let lines = try String(contentsOf: readme, encoding: .utf8).split(separator: "\n")
        for rule in try Self.builtIn.rules {
            let line = lines.first { $0.hasPrefix("| `\(rule.name)` | ") }.map(String.init) ?? ""
            #expect(line.hasPrefix("| `\(rule.name)` | \(Self.text(rule.threshold)) "), "\(rule.name)")
            #expect(line.hasSuffix(" | \(rule.severity.rawValue) |"), "\(rule.name)")
            if rule.clear < rule.threshold { #expect(line.contains("over at \(Self.text(rule.clear)) ")) }
            let window = rule.window / .seconds(1)
            let words = window >= 3600 ? "in \(Self.text(window / 3600)) h" : "in \(Self.text(window / 60)) min"
            if window > 0 { #expect(line.contains(words), "\(rule.name): \(words)") }
        }
    }

    private static func text(_ number: Double) -> String {
        number == number.rounded() ? "\(Int(number))" : "\(number)"
    }

    @Test func betweenClearAndThresholdNothingChanges() {
        let rule = AlertRule(name: "depth", measure: .queueDepth, severity: .warning, threshold: 100, clear: 80)
        #expect(rule.sight(of: 101) == .firing(times: 1))
        #expect(rule.sight(of: 100) == .near)
        #expect(rule.sight(of: 81) == .near)
        #expect(rule.sight(of: 80) == .calm)
    }

    @Test func allFaultsAreToldAtOnce() {
        let json = """
            {"routing": {"warning": ["fax"], "critical": ["email"]}, "channels": {"slack": {"per_minute": 0}}, "colour": 1,
             "rules": [
              {"name": "one", "measure": "moods", "severity": "warning", "threshold": 1, "title": "t", "advice": "a"},
              {"name": "two", "measure": "queue_depth", "severity": "bad", "threshold": "many", "title": "t", "advice": "a"},
              {"name": "three", "measure": "quota_exceeded", "severity": "warning", "threshold": 5, "title": "t", "advice": "a"},
              {"name": "three", "measure": "queue_depth", "severity": "warning", "threshold": 5, "clear": 6, "title": "t"},
              {"name": "Four!", "measure": "queue_depth", "severity": "warning", "threshold": 5, "title": "t", "advice": "a"}]}
            """
        #expect {
            _ = try Self.read(json, ["ALERT_THREE_THRESHOLD": "lots", "ALERT_THREE_WINDOW": "soon"])
        } throws: { error in
            guard let faults = error as? AlertRules.Faults else { return false }
            let found = faults.problems.joined(separator: "\n")
            let expected = [
                "colour: unknown field", "routing.warning: a channel is one of", "routing.compliance: is missing",
                "channels.slack.per_minute: must be a number from 1", "rules[0].measure: must be one of",
                "rules[1].severity: must be one of", "rules[1].threshold: must be a number",
                "rules[2].window: quota_exceeded",
                "rules[3].name: three is there twice", "rules[3].clear: must not be above",
                "rules[3].advice: is missing",
                "rules[4].name: lower-case", "ALERT_THREE_THRESHOLD: must be a number",
                "ALERT_THREE_WINDOW: is no duration",
            ]
            for text in expected where !found.contains(text) {
                Issue.record("not told: \(text)")
                return false
            }
            return !found.contains("lots") && !found.contains("soon")
        }
    }

    @Test(arguments: ["", "[]", "{", "{\"rules\": 3}", "{\"rules\": [3]}", "null", String(repeating: "[", count: 5000)])
    func nonsenseIsAFault(_ json: String) {
        #expect(throws: AlertRules.Faults.self) { _ = try Self.read(json) }
    }

    @Test func theEnvironmentOverridesThresholdsAndWindows() throws {
        var reader = SettingsReader(environment: [
            "ALERT_QUEUE_DEPTH_THRESHOLD": "500", "ALERT_DATABASE_ACCESS_WINDOW": "1m",
            "ALERT_DATABASE_ACCESS_THRESHOLD": "7",
        ])
        let read = reader.alertRules()
        let rules = try #require(read)
        try reader.finish()
        #expect(rules["queue_depth"]?.threshold == 500)
        // In proportion, so that the hysteresis stays.
        #expect(rules["queue_depth"]?.clear == 400)
        #expect(rules["database_access"]?.window == .seconds(60) && rules["database_access"]?.threshold == 7)
    }

    @Test func whatIsWrongInTheEnvironmentIsNamedByVariable() {
        var reader = SettingsReader(environment: [
            "ALERT_QUEUE_DEPTH_THRESHOLD": "-5", "ALERT_QUOTA_EXCEEDED_WINDOW": "tomorrow",
        ])
        #expect(reader.alertRules() == nil)
        #expect {
            try reader.finish()
        } throws: { error in
            let faults = (error as? ConfigurationFaults)?.faults.map(\.variable) ?? []
            return faults == ["ALERT_QUEUE_DEPTH_THRESHOLD", "ALERT_QUOTA_EXCEEDED_WINDOW"]
                && !"\(error)".contains("tomorrow")
        }
    }

    @Test func anAlertGoesToItsChannelsOrToTheFirstThatIsThere() throws {
        let rules = try Self.builtIn
        #expect(rules.channels(for: .critical, of: [.email, .slack, .pagerduty]) == [.email])
        #expect(rules.channels(for: .compliance, of: [.slack, .pagerduty]) == [.pagerduty])
        #expect(rules.channels(for: .compliance, of: [.slack, .email]) == [.email])
        #expect(rules.channels(for: .warning, of: [.pagerduty]) == [.pagerduty])
        #expect(rules.channels(for: .warning, of: []) == [])
    }
}
