/// The five characters by which PostgreSQL names a condition (its manual, Appendix A); the first two are the class.
///
/// Matches in `switch` by `~=`: `case .uniqueViolation`, or a whole class by `case .class("40")`.
public struct SQLState: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    public var classCode: String { String(rawValue.prefix(2)) }
    public var description: String { rawValue }

    /// Stands for every state of a class, in patterns only.
    public static func `class`(_ code: String) -> SQLState { SQLState(rawValue: code) }

    public static func ~= (pattern: SQLState, state: SQLState?) -> Bool {
        guard let state else { return false }
        return pattern == state || (pattern.rawValue.utf8.count == 2 && pattern.rawValue == state.classCode)
    }
}

extension SQLState {
    public static let featureNotSupported = SQLState(rawValue: "0A000")
    public static let notNullViolation = SQLState(rawValue: "23502")
    public static let foreignKeyViolation = SQLState(rawValue: "23503")
    public static let uniqueViolation = SQLState(rawValue: "23505")
    public static let checkViolation = SQLState(rawValue: "23514")
    public static let exclusionViolation = SQLState(rawValue: "23P01")
    public static let inFailedTransaction = SQLState(rawValue: "25P02")
    public static let invalidStatementName = SQLState(rawValue: "26000")
    public static let invalidPassword = SQLState(rawValue: "28P01")
    public static let serializationFailure = SQLState(rawValue: "40001")
    public static let deadlockDetected = SQLState(rawValue: "40P01")
    public static let syntaxError = SQLState(rawValue: "42601")
    public static let undefinedTable = SQLState(rawValue: "42P01")
    public static let undefinedColumn = SQLState(rawValue: "42703")
    public static let insufficientPrivilege = SQLState(rawValue: "42501")
    public static let tooManyConnections = SQLState(rawValue: "53300")
    public static let lockNotAvailable = SQLState(rawValue: "55P03")
    /// A cancel request or `statement_timeout`.
    public static let queryCanceled = SQLState(rawValue: "57014")
    public static let adminShutdown = SQLState(rawValue: "57P01")
    public static let crashShutdown = SQLState(rawValue: "57P02")
    public static let cannotConnectNow = SQLState(rawValue: "57P03")

    /// A class worth running again: serialization and deadlock, resources, a server that is going down, lock waits, time-outs.
    var isTransient: Bool {
        switch self {
        case .lockNotAvailable, .queryCanceled, .adminShutdown, .crashShutdown, .cannotConnectNow,
            .invalidStatementName:
            true
        default: ["08", "40", "53"].contains(classCode)
        }
    }

    /// Classes whose primary message names objects of the schema but quotes no row value.
    /// Others may: 22 and 23 quote values, P0 is whatever a function raises, XX may print a tuple.
    var hasHarmlessMessage: Bool {
        ["08", "0A", "21", "25", "26", "28", "34", "3D", "3F", "40", "42", "53", "54", "55", "57", "58"].contains(
            classCode)
    }

    /// A name of our own for states whose server message is withheld.
    var conditionName: String {
        switch rawValue {
        case "22001": "string data right truncation"
        case "22003": "numeric value out of range"
        case "22007": "invalid datetime format"
        case "22008": "datetime field overflow"
        case "22012": "division by zero"
        case "22021": "character not in repertoire"
        case "22P02": "invalid text representation"
        case "22P03": "invalid binary representation"
        case "22P04": "bad copy file format"
        case "23000": "integrity constraint violation"
        case "23001": "restrict violation"
        case "23502": "not null violation"
        case "23503": "foreign key violation"
        case "23505": "unique violation"
        case "23514": "check violation"
        case "23P01": "exclusion violation"
        default:
            switch classCode {
            case "22": "data exception"
            case "23": "integrity constraint violation"
            case "P0": "error raised by a function"
            case "XX": "internal error of the server"
            default: "error"
            }
        }
    }
}
