import Bootstrap
import Privacy

/// Reads the policy's JSON and collects every fault with its place.
struct PolicyReader {
    let root: JSONValue
    private(set) var faults: [String] = []

    /// Ticks up to 7 days old are worked; the receipt that makes the second copy harmless must outlive them, and a message's
    /// patience, by far.
    private static let shortestReceipt = Duration.seconds(8 * 86400)

    init(_ root: JSONValue) { self.root = root }

    mutating func fault(_ text: String) { faults.append(text) }

    mutating func allow(_ names: Set<String>, in value: JSONValue, _ place: String) {
        for name in (value.members ?? []).map(\.key) where !names.contains(name) {
            fault("\(place): \"\(name)\" is not known; known are \(names.sorted().joined(separator: ", "))")
        }
    }

    mutating func duration(_ value: JSONValue?, _ place: String) -> Duration {
        guard let text = value?.string, let duration = Duration(setting: text) else {
            fault("\(place) must be a duration such as 30s, 24h or 90d")
            return .zero
        }
        return duration
    }

    mutating func integer(_ value: JSONValue?, _ place: String, _ range: ClosedRange<Int>) -> Int {
        guard let number = value?.integer, range.contains(Int(number)) else {
            fault("\(place) must be a whole number from \(range.lowerBound) to \(range.upperBound)")
            return range.lowerBound
        }
        return Int(number)
    }

    /// Read by whoever collects (the module KeptFor), which believes it to be whole.
    mutating func keptFor() {
        let place = "kept_for"
        guard let times = root[place], times.members != nil else { return fault("\(place) must be an object") }
        allow(["twitter_data", "analyses"], in: times, place)
        for table in ["twitter_data", "analyses"] where duration(times[table], "\(place).\(table)") == .zero {
            if times[table]?.string != nil { fault("\(place).\(table): nothing would be kept") }
        }
    }

    mutating func rules() -> [RetentionRule] {
        guard let entries = root["rules"]?.elements, !entries.isEmpty else {
            fault("rules must be a list of at least one rule")
            return []
        }
        var rules: [RetentionRule] = []
        for (index, entry) in entries.enumerated() {
            guard let rule = rule(entry, "rules[\(index)]") else { continue }
            if rules.contains(where: { $0.name == rule.name }) {
                fault("rules[\(index)]: the name \"\(rule.name)\" is used twice")
            }
            rules.append(rule)
        }
        return rules
    }

    private mutating func rule(_ entry: JSONValue, _ index: String) -> RetentionRule? {
        let known = faults.count
        allow(["name", "table", "condition", "age", "action", "lawful_basis"], in: entry, index)
        let name = text(entry["name"], "\(index).name")
        let place = name.map { "\(index) (\($0))" } ?? index
        if let name, !name.utf8.allSatisfy(Self.isNameByte) || name.utf8.count > 64 {
            fault("\(place): a name is up to 64 lower-case letters, digits and hyphens")
        }
        let table: RetainedTable? = choice(entry["table"], "\(place): table")
        let condition: RetentionRule.Condition? = choice(entry["condition"], "\(place): condition")
        let action: RetentionRule.Action? = choice(entry["action"], "\(place): action")
        let age = duration(entry["age"], "\(place): age")
        let basis = text(entry["lawful_basis"], "\(place): lawful_basis")
        if let table, let condition, !table.conditions.contains(condition) {
            fault("\(place): \(condition.rawValue) means nothing for \(table.rawValue)")
        }
        if let table, let action, !table.actions.contains(action) {
            fault("\(place): \(action.rawValue) cannot be done to \(table.rawValue)")
        }
        if table == .receipts, age < Self.shortestReceipt {
            fault("\(place): receipts younger than 8d still keep messages from being done twice")
        }
        guard faults.count == known, let name, let table, let condition, let action, let basis else { return nil }
        return RetentionRule(
            name: name, table: table, condition: condition, age: age, action: action, lawfulBasis: basis)
    }

    private mutating func text(_ value: JSONValue?, _ place: String) -> String? {
        guard let text = value?.string, !text.isEmpty else {
            fault("\(place) must be a text")
            return nil
        }
        return text
    }

    private mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ value: JSONValue?, _ place: String
    ) -> Choice? where Choice.RawValue == String {
        guard let choice = value?.string.flatMap({ Choice(rawValue: $0) }) else {
            fault("\(place) must be one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
            return nil
        }
        return choice
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || byte == UInt8(ascii: "-")
    }
}
