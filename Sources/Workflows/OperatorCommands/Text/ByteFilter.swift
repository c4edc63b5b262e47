import Privacy

/// Changes a stream of bytes that is fed piece by piece.
protocol ByteFilter: SendableMetatype {
    /// Appends what is settled, even if it then refuses what follows.
    mutating func feed(_ bytes: some Collection<UInt8>, into output: inout [UInt8]) throws(LineFilter.Refusal)
    /// Appends the rest.
    mutating func finish(into output: inout [UInt8]) throws(LineFilter.Refusal)
}

extension StreamFilter: ByteFilter {}

extension LineFilter {
    mutating func finish(into output: inout [UInt8]) throws(Refusal) { output += try finish() }
}
