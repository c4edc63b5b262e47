import Postgres

/// A piece of a statement with its values, to be put into others: the tick and its dry run are made of the same pieces.
struct Fragment: Sendable, ExpressibleByStringInterpolation {
    fileprivate enum Part: Sendable {
        case text(String)
        case value(any PostgresEncodable)
    }

    fileprivate var parts: [Part]

    init(stringLiteral value: String) { parts = [.text(value)] }
    init(stringInterpolation: Interpolation) { parts = stringInterpolation.parts }

    /// Joined by a word, each in brackets.
    static func joined(_ fragments: [Fragment], by word: String) -> Fragment {
        var joined: Fragment = ""
        for (index, fragment) in fragments.enumerated() {
            joined.parts += [.text(index == 0 ? "(" : " \(word) (")] + fragment.parts + [.text(")")]
        }
        return joined
    }

    struct Interpolation: StringInterpolationProtocol {
        fileprivate var parts: [Part] = []

        init(literalCapacity: Int, interpolationCount: Int) {}
        mutating func appendLiteral(_ literal: String) { parts.append(.text(literal)) }
        mutating func appendInterpolation(_ value: some PostgresEncodable) { parts.append(.value(value)) }
        mutating func appendInterpolation(_ fragment: Fragment) { parts += fragment.parts }
    }
}

extension SQL.Interpolation {
    mutating func appendInterpolation(_ fragment: Fragment) {
        for part in fragment.parts {
            switch part {
            case .text(let text): appendLiteral(text)
            case .value(let value): appendInterpolation(value)
            }
        }
    }
}
