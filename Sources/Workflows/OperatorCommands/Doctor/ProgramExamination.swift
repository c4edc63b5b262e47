import Bootstrap

/// What each program would say of this environment when it starts.
struct ProgramExamination: Sendable {
    private let programs: [(name: String, faults: [ConfigurationFaults.Fault])]

    init(environment: [String: String]) {
        programs = RunnablePrograms.all.map { _, assembly in
            var reader = SettingsReader(environment: environment)
            _ = assembly.init(reading: &reader)
            do throws(ConfigurationFaults) {
                try reader.finish()
                return (assembly.program, [])
            } catch { return (assembly.program, error.faults) }
        }
    }

    /// What is set and cannot be meant, each once.
    func faults(besides known: [ConfigurationFaults.Fault]) -> [ConfigurationFaults.Fault] {
        programs.flatMap(\.faults).reduce(into: []) { faults, fault in
            if !fault.isMissing, !(known + faults).contains(where: { $0.variable == fault.variable }) {
                faults.append(fault)
            }
        }.sorted { $0.variable < $1.variable }
    }

    /// What is not set is no fault of an installation that does without the program.
    func findings(besides known: [ConfigurationFaults.Fault]) -> [Finding] {
        let silent = Set(known.map(\.variable))
        let warnings = programs.compactMap { name, faults -> Finding? in
            let missing = faults.filter { $0.isMissing && !silent.contains($0.variable) }.map(\.variable)
            guard !missing.isEmpty else { return nil }
            return .warning(
                "programs", "\(name) would not start: \(missing.joined(separator: ", ")) not set",
                "set what it needs, or do without it; `\(name) --help` tells more")
        }
        return warnings.isEmpty ? [.good("programs", "each has the settings it needs")] : warnings
    }
}
