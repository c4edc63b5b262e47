import Privacy

/// Machine-readable answers: the members of an object keep their order.
typealias JSON = Privacy.JSONValue

extension JSON {
    init(count: Int) { self = .integer(Int64(count)) }
}
