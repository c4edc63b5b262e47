import Configuration
import FoundationEssentials
public import Privacy

/// Reads a program's settings from the environment and remembers every fault, so that all are told at once.
///
/// Any variable `X` may come as `X_FILE`, the path of a file that holds the value (as container secrets do); a final newline
/// of the file is dropped. Both set is a fault. An empty value counts as not set.
public struct SettingsReader {
    private let configuration: ConfigReader
    private var faults: [ConfigurationFaults.Fault] = []

    /// Reads the process's own environment.
    public init() { self.init(environment: ProcessInfo.processInfo.environment) }

    public init(environment: [String: String]) {
        configuration = ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: environment))
    }

    // MARK: Values

    public mutating func text(_ name: String) -> String? {
        let (direct, path) = (value(name), value(name + "_FILE"))
        guard let path else { return direct }
        guard direct == nil else {
            fault(name, "is set together with \(name)_FILE; keep one of them")
            return nil
        }
        guard let data = try? Data(contentsOf: URL(filePath: path)), data.count <= 1 << 20,
            let text = String(validating: data, as: UTF8.self)
        else {
            fault(name + "_FILE", "names no readable text file")
            return nil
        }
        let trimmed = text.hasSuffix("\n") ? String(text.dropLast()) : text
        return trimmed.isEmpty ? nil : trimmed
    }

    /// Nil only together with a fault. `expected` completes the sentence "is not set; …".
    public mutating func required(_ name: String, _ expected: String) -> String? {
        let text = text(name)
        if text == nil, !faults.contains(where: { [name, name + "_FILE"].contains($0.variable) }) {
            add(.init(variable: name, problem: "is not set; \(expected)", isMissing: true))
        }
        return text
    }

    public mutating func secret(_ name: String, _ expected: String) -> SecretString? {
        required(name, expected).map { SecretString($0) }
    }

    /// `500ms`, `30s`, `15m`, `24h`, `90d`.
    public mutating func duration(_ name: String, default standard: Duration) -> Duration {
        guard let text = text(name) else { return standard }
        guard let duration = Duration(setting: text) else {
            fault(name, "is no duration; write 500ms, 30s, 15m, 24h or 90d")
            return standard
        }
        return duration
    }

    public mutating func integer(_ name: String, default standard: Int, in range: ClosedRange<Int>) -> Int {
        optionalInteger(name, in: range) ?? standard
    }

    public mutating func optionalInteger(_ name: String, in range: ClosedRange<Int>) -> Int? {
        guard let text = text(name) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            fault(name, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return number
    }

    public mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, default standard: Choice
    ) -> Choice where Choice.RawValue == String {
        guard let text = text(name) else { return standard }
        guard let choice = Choice(rawValue: text) else {
            fault(name, "must be one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
            return standard
        }
        return choice
    }

    // MARK: Faults

    /// A problem that begins with "is not set" says that the variable is missing.
    public mutating func fault(_ name: String, _ problem: String) {
        add(.init(variable: name, problem: problem, isMissing: problem.hasPrefix("is not set")))
    }

    /// Once, where several programs in one process read the same variable.
    private mutating func add(_ fault: ConfigurationFaults.Fault) {
        if !faults.contains(fault) { faults.append(fault) }
    }

    /// Throws what was found, ordered by variable.
    public func finish() throws(ConfigurationFaults) {
        guard !faults.isEmpty else { return }
        throw ConfigurationFaults(faults: faults.sorted { $0.variable < $1.variable })
    }

    private func value(_ name: String) -> String? {
        let key = ConfigKey(name.lowercased().split(separator: "_").map(String.init))
        let value = configuration.string(forKey: key, isSecret: true)
        return value?.isEmpty == true ? nil : value
    }
}

extension Duration {
    /// Reads `500ms`, `30s`, `15m`, `24h`, `90d`; nil for anything else.
    public init?(setting text: String) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int64(digits), number <= 1_000_000_000 else { return nil }
        switch text.dropFirst(digits.count) {
        case "ms": self = .milliseconds(number)
        case "s": self = .seconds(number)
        case "m": self = .seconds(number * 60)
        case "h": self = .seconds(number * 3600)
        case "d": self = .seconds(number * 86400)
        default: return nil
        }
    }
}
