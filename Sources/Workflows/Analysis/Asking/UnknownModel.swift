import Contracts
import Postgres

/// A model of the lists that the provider does not know: people are told, by the event `alert.opened` of the analysis that another
/// model served, or at once where that analysis ends much later.
struct UnknownModel {
    static let rule = "analysis.model_unknown"
    static let severity = "warning"
    static let summary =
        "Anthropic does not know a model of ANTHROPIC_MODEL_BASIC or _PRO; the next of the list serves"

    let name: String

    /// For a transaction of one's own: repazoo-alert publishes it and opens the alert.
    var raise: SQL {
        let detail = JSONValue.object(["summary": .string(Self.summary)]).text
        return SQL(
            """
            select alert_raise(\(Self.rule), \(Self.severity), \(name), null, \(JSONText(rawValue: detail))::jsonb, now())
            """
        ).named("alert_raise_model")
    }
}
