/// Cuts a stream of bytes into lines and changes each; memory is bound by the longest line allowed. A struct that is fed, so
/// that reading and writing stay outside.
struct LineFilter: ByteFilter {
    struct Refusal: Error, Equatable {
        let line: Int
        let problem: String
    }

    static let maximumLineBytes = 1 << 20

    private var pending: [UInt8] = []
    private var line = 1
    private let change: (String) throws(Refusal.Cause) -> String

    init(_ change: @escaping (String) throws(Refusal.Cause) -> String) { self.change = change }

    /// Appends the finished lines, those before a refused one too. Bytes that are no UTF-8 become U+FFFD: what cannot be read
    /// cannot be checked.
    mutating func feed(_ bytes: some Collection<UInt8>, into output: inout [UInt8]) throws(Refusal) {
        var rest = bytes[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            try take(rest[..<end])
            output += try changed() + [UInt8(ascii: "\n")]
            line += 1
            rest = rest[rest.index(after: end)...]
        }
        try take(rest)
    }

    /// The last line, if it has no end of its own.
    mutating func finish() throws(Refusal) -> [UInt8] { pending.isEmpty ? [] : try changed() }

    private mutating func take(_ bytes: some Collection<UInt8>) throws(Refusal) {
        guard pending.count + bytes.count <= Self.maximumLineBytes else {
            throw Refusal(line: line, problem: "is longer than 1 MiB")
        }
        pending.append(contentsOf: bytes)
    }

    private mutating func changed() throws(Refusal) -> [UInt8] {
        defer { pending.removeAll(keepingCapacity: true) }
        do throws(Refusal.Cause) { return Array(try change(String(decoding: pending, as: UTF8.self)).utf8) } catch {
            throw Refusal(line: line, problem: error.problem)
        }
    }
}

extension LineFilter.Refusal {
    struct Cause: Error { let problem: String }
}
