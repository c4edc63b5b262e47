/// Everything that is wrong with the environment, at once. Names variables and says what is expected, never a value.
public struct ConfigurationFaults: Error, CustomStringConvertible, Sendable {
    public struct Fault: Equatable, Sendable {
        public let variable: String
        public let problem: String
        /// Nothing is set, which is no fault where the program is not wanted.
        public let isMissing: Bool

        public init(variable: String, problem: String, isMissing: Bool = false) {
            self.variable = variable
            self.problem = problem
            self.isMissing = isMissing
        }
    }

    public let faults: [Fault]

    public init(faults: [Fault]) { self.faults = faults }

    public var description: String {
        let lines = faults.map { "  \($0.variable): \($0.problem)" }
        return "bad configuration, \(faults.count) to correct:\n" + lines.joined(separator: "\n")
    }
}
