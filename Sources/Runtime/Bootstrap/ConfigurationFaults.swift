/// Everything that is wrong with the environment, at once. Names variables and says what is expected, never a value.
public struct ConfigurationFaults: Error, CustomStringConvertible, Sendable {
    public struct Fault: Equatable, Sendable {
        public let variable: String
        public let problem: String
    }

    public let faults: [Fault]

    public var description: String {
        let lines = faults.map { "  \($0.variable): \($0.problem)" }
        return "bad configuration, \(faults.count) to correct:\n" + lines.joined(separator: "\n")
    }
}
