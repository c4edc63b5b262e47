import Contracts

extension AlertRules {
    /// What is wrong with the rules: all of it.
    public struct Faults: Error, Equatable, CustomStringConvertible {
        public let problems: [String]
        public var description: String { problems.joined(separator: "; ") }
    }

    /// Reads the file's format. A threshold may be overridden by `ALERT_<NAME>_THRESHOLD`, a window by `ALERT_<NAME>_WINDOW`
    /// (the name in capitals): `override` is asked for both.
    ///
    /// - Throws: every fault at once; each names its place in the file or its variable, never a variable's value.
    public static func read(
        _ json: [UInt8], override: (String) -> String? = { _ in nil }, duration: @escaping (String) -> Duration?
    ) throws(Faults) -> AlertRules {
        var reader = Reader(duration: duration)
        let rules = reader.rules(json, override)
        guard reader.problems.isEmpty, let rules else { throw Faults(problems: reader.problems) }
        return rules
    }

    /// The variable that overrides a part of a rule.
    public static func variable(_ rule: String, _ part: String) -> String { "ALERT_\(rule.uppercased())_\(part)" }

    private struct Reader {
        let duration: (String) -> Duration?
        var problems: [String] = []

        private static let ruleFields: Set<String> = [
            "name", "measure", "of", "severity", "threshold", "clear", "window", "calm", "resolves", "title", "advice",
            "unit",
        ]

        mutating func rules(_ json: [UInt8], _ override: (String) -> String?) -> AlertRules? {
            let file: [String: JSONValue]
            do throws(InvalidMessage) { file = try JSONValue.object(parsing: json) } catch {
                problems.append("not one JSON object of at most 64 KiB: \(error)")
                return nil
            }
            for name in file.keys.sorted() where !["routing", "channels", "reopen_within", "rules"].contains(name) {
                problems.append("\(name): unknown field")
            }
            let routing = routing(file["routing"])
            let channels = channels(file["channels"])
            let reopening = time(file["reopen_within"] ?? "1h", "reopen_within")
            guard case .array(let entries) = file["rules"] else {
                problems.append("rules: a list is missing")
                return nil
            }
            var rules: [AlertRule] = []
            for (index, entry) in entries.enumerated() {
                guard let rule = rule(entry, "rules[\(index)]", override) else { continue }
                if rules.contains(where: { $0.name == rule.name }) {
                    problems.append("rules[\(index)].name: \(rule.name) is there twice")
                }
                rules.append(rule)
            }
            return AlertRules(rules: rules, routing: routing, channels: channels, reopenWithin: reopening)
        }

        private mutating func routing(_ value: JSONValue?) -> [AlertSeverity: [AlertChannel]] {
            guard case .object(let members) = value else {
                problems.append("routing: an object is missing")
                return [:]
            }
            var routing: [AlertSeverity: [AlertChannel]] = [:]
            for (name, value) in members.sorted(by: { $0.key < $1.key }) {
                guard let severity = AlertSeverity(rawValue: name) else {
                    problems.append("routing.\(name): not a severity (\(Self.words(AlertSeverity.allCases)))")
                    continue
                }
                guard case .array(let names) = value else {
                    problems.append("routing.\(name): must be a list of channels")
                    continue
                }
                routing[severity] = names.compactMap { channel($0, "routing.\(name)") }
            }
            for severity in AlertSeverity.allCases where routing[severity] == nil {
                problems.append("routing.\(severity.rawValue): is missing")
            }
            return routing
        }

        private mutating func channel(_ value: JSONValue, _ place: String) -> AlertChannel? {
            guard case .string(let name) = value, let channel = AlertChannel(rawValue: name),
                AlertChannel.toPeople.contains(channel)
            else {
                problems.append("\(place): a channel is one of \(Self.words(AlertChannel.toPeople))")
                return nil
            }
            return channel
        }

        private mutating func channels(_ value: JSONValue?) -> [AlertChannel: ChannelLimits] {
            guard case .object(let members) = value ?? [:] else {
                problems.append("channels: must be an object")
                return [:]
            }
            var limits: [AlertChannel: ChannelLimits] = [:]
            for (name, value) in members.sorted(by: { $0.key < $1.key }) {
                guard let channel = channel(.string(name), "channels.\(name)"), case .object(let fields) = value else {
                    continue
                }
                let rate = number(fields["per_minute"] ?? 60, "channels.\(name).per_minute", 1...6000)
                limits[channel] = ChannelLimits(
                    perMinute: Int(rate), quiet: time(fields["quiet"] ?? "0s", "channels.\(name).quiet"))
            }
            return limits
        }

        private mutating func rule(_ value: JSONValue, _ place: String, _ override: (String) -> String?) -> AlertRule? {
            guard case .object(let fields) = value else {
                problems.append("\(place): must be an object")
                return nil
            }
            for name in fields.keys.sorted() where !Self.ruleFields.contains(name) {
                problems.append("\(place).\(name): unknown field")
            }
            let name = text(fields["name"], "\(place).name") ?? ""
            if !name.isEmpty, !Self.isWord(name) {
                problems.append("\(place).name: lower-case letters, digits and _, at most 64")
                return nil
            }
            let measure = choice(fields["measure"], AlertMeasure.self, "\(place).measure")
            let severity = choice(fields["severity"], AlertSeverity.self, "\(place).severity")
            var threshold = number(fields["threshold"], "\(place).threshold", 0...1e12)
            var window = fields["window"].map { time($0, "\(place).window") } ?? .zero
            var clear = fields["clear"].map { number($0, "\(place).clear", 0...1e12) } ?? threshold
            if clear > threshold { problems.append("\(place).clear: must not be above the threshold") }
            if let given = override(AlertRules.variable(name, "THRESHOLD")) {
                let known = threshold
                threshold =
                    Double(given).flatMap { (0...1e12).contains($0) ? $0 : nil }
                    ?? {
                        problems.append("\(AlertRules.variable(name, "THRESHOLD")): must be a number from 0")
                        return known
                    }()
                clear = known > 0 ? clear * (threshold / known) : threshold
            }
            if let given = override(AlertRules.variable(name, "WINDOW")) {
                window =
                    duration(given)
                    ?? {
                        problems.append("\(AlertRules.variable(name, "WINDOW")): is no duration; write 30s, 15m or 24h")
                        return window
                    }()
            }
            let calm = number(fields["calm"] ?? 2, "\(place).calm", 1...100)
            let resolves = text(fields["resolves"] ?? "by itself", "\(place).resolves")
            if let resolves, !["by itself", "by hand"].contains(resolves) {
                problems.append("\(place).resolves: must be \"by itself\" or \"by hand\"")
            }
            let title = text(fields["title"], "\(place).title") ?? ""
            let advice = text(fields["advice"], "\(place).advice") ?? ""
            guard let measure, let severity else { return nil }
            if measure.needsWindow, window <= .zero {
                problems.append("\(place).window: \(measure.rawValue) needs one")
            }
            let of = fields["of"].flatMap { text($0, "\(place).of") }
            if measure == .tickAge, of == nil { problems.append("\(place).of: the schedule's name is missing") }
            return AlertRule(
                name: name, measure: measure, of: of, severity: severity, threshold: threshold, clear: clear,
                window: window,
                calm: Int(calm), resolvesItself: resolves != "by hand", title: title, advice: advice,
                unit: fields["unit"].flatMap { text($0, "\(place).unit") } ?? "")
        }

        // MARK: Values

        private mutating func text(_ value: JSONValue?, _ place: String) -> String? {
            guard case .string(let text) = value, (1...500).contains(text.utf8.count) else {
                problems.append("\(place): \(value == nil ? "is missing" : "must be text of 1 to 500 bytes")")
                return nil
            }
            return text
        }

        private mutating func number(_ value: JSONValue?, _ place: String, _ range: ClosedRange<Double>) -> Double {
            let number: Double? =
                switch value {
                case .integer(let number): Double(number)
                case .number(let number): number
                default: nil
                }
            guard let number, range.contains(number) else {
                problems.append(
                    "\(place): \(value == nil ? "is missing" : "must be a number from \(Int(range.lowerBound)) to \(Int(range.upperBound))")"
                )
                return range.lowerBound
            }
            return number
        }

        private mutating func time(_ value: JSONValue, _ place: String) -> Duration {
            guard case .string(let text) = value, let duration = duration(text) else {
                problems.append("\(place): is no duration; write \"30s\", \"15m\" or \"24h\"")
                return .zero
            }
            return duration
        }

        private mutating func choice<Choice: RawRepresentable & CaseIterable>(
            _ value: JSONValue?, _ type: Choice.Type, _ place: String
        ) -> Choice? where Choice.RawValue == String {
            guard case .string(let text) = value, let choice = Choice(rawValue: text) else {
                problems.append("\(place): must be one of \(Self.words(Choice.allCases))")
                return nil
            }
            return choice
        }

        private static func words<Choice: RawRepresentable>(_ choices: some Collection<Choice>) -> String
        where Choice.RawValue == String { choices.map(\.rawValue).joined(separator: ", ") }

        private static func isWord(_ name: String) -> Bool {
            name.utf8.count <= 64
                && name.utf8.allSatisfy {
                    (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "_")
                }
        }
    }
}

extension AlertRules {
    /// The names in a rules file, also in one that is otherwise wrong.
    public static func names(in json: [UInt8]) -> [String] {
        guard let file = try? JSONValue.object(parsing: json), case .array(let rules) = file["rules"] else { return [] }
        return rules.compactMap { rule in
            guard case .object(let fields) = rule, case .string(let name) = fields["name"], name.utf8.count <= 64 else {
                return nil
            }
            return name
        }
    }
}
