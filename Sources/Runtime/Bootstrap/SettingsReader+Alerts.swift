public import Alerts

extension SettingsReader {
    /// Reads `ALERT_RULES` (the text of a rules file; as `ALERT_RULES_FILE` its path), by default those that are built in, and for
    /// each rule `ALERT_<NAME>_THRESHOLD` and `ALERT_<NAME>_WINDOW`. Nil only together with a fault for each thing that is wrong.
    public mutating func alertRules() -> AlertRules? {
        let given = text("ALERT_RULES")
        var overrides: [String: String] = [:]
        // Asked beforehand, as the reader cannot be changed while it is asked.
        for name in Self.ruleNames(in: given) {
            for part in ["THRESHOLD", "WINDOW"] {
                let variable = AlertRules.variable(name, part)
                overrides[variable] = text(variable)
            }
        }
        do throws(AlertRules.Faults) {
            return try AlertRules.read(
                given.map { Array($0.utf8) } ?? AlertRules.currentJSON, override: { overrides[$0] },
                duration: { Duration(setting: $0) })
        } catch {
            for problem in error.problems {
                let variable = overrides.keys.first { problem.hasPrefix($0 + ": ") }
                fault(
                    variable ?? "ALERT_RULES", variable.map { String(problem.dropFirst($0.count + 2)) } ?? problem)
            }
            return nil
        }
    }

    private static func ruleNames(in given: String?) -> [String] {
        let json = given.map { Array($0.utf8) } ?? AlertRules.currentJSON
        return AlertRules.names(in: json)
    }
}
