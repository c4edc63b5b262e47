/// A statement and its values.
///
/// Values can enter only as parameters: `"select * from users where id = \(id)"` is sent as `… where id = $1`. Names of
/// tables and columns go in by `\(identifier: name)`, which quotes them.
public struct SQL: Sendable, ExpressibleByStringInterpolation {
    let text: String
    let parameters: PostgresParameters
    /// Shown in errors and logs in place of the text.
    public private(set) var name: String?
    /// False for text that will not come again, so that it does not push others out of the statement cache.
    private(set) var isPrepared = true
    /// Whom this statement and those behind it in its batch or transaction are about; empty = nobody in particular. Counted, never sent.
    private(set) var subject: String?

    public init(stringLiteral value: String) {
        text = value
        parameters = PostgresParameters()
    }

    public init(stringInterpolation: Interpolation) {
        text = stringInterpolation.text
        parameters = stringInterpolation.parameters
    }

    /// Text that the program itself made, such as a migration. Never anything from outside.
    public init(trusted text: String) {
        self.text = text
        parameters = PostgresParameters()
    }

    /// Gives the statement a name for errors.
    public func named(_ name: String) -> SQL {
        var copy = self
        copy.name = name
        return copy
    }

    /// Says whom this statement and those behind it in its batch or transaction are about: see `AccessCounter`.
    public func about(_ subject: String?) -> SQL {
        var copy = self
        copy.subject = subject ?? ""
        return copy
    }

    /// Runs the statement without keeping it prepared: for text that is different each time.
    public func unprepared() -> SQL {
        var copy = self
        copy.isPrepared = false
        return copy
    }

    /// The same values behind another beginning of the text.
    func prefixed(_ prefix: String) -> SQL { SQL(text: prefix + text, parameters: parameters, name: name) }

    private init(text: String, parameters: PostgresParameters, name: String?) {
        self.text = text
        self.parameters = parameters
        self.name = name
    }

    public struct Interpolation: StringInterpolationProtocol {
        var text = ""
        var parameters = PostgresParameters()

        public init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + 3 * interpolationCount)
        }

        public mutating func appendLiteral(_ literal: String) { text += literal }

        public mutating func appendInterpolation(_ value: some PostgresEncodable) {
            value.encode(into: &parameters)
            text += "$\(parameters.slots.count)"
        }

        /// A name of a table, column, …: quoted, so that it is taken by the letter, upper case included.
        public mutating func appendInterpolation(identifier: String) {
            guard !identifier.isEmpty, identifier.utf8.count <= 63, !identifier.utf8.contains(0) else {
                parameters.reject("an identifier is empty, longer than 63 bytes or holds a NUL byte")
                return
            }
            text += "\""
            for character in identifier.unicodeScalars {
                if character == "\"" { text += "\"\"" } else { text.unicodeScalars.append(character) }
            }
            text += "\""
        }
    }
}
